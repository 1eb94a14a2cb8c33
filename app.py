"""Digit Lab's web server: ``streamlit run app.py``. The script that draws the pages is pages/_shared/app_frame.py."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import streamlit as st

from mnist_core.errors import LabError
from pages._shared.services import engine, ensure_home


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start the engine together with the server, so that it is ready when the first person draws."""

    def start() -> None:
        with suppress(LabError):  # each page shows the error
            ensure_home()
            engine().ensure_started()

    await asyncio.to_thread(start)
    yield


app = st.App("pages/_shared/app_frame.py", lifespan=lifespan)
