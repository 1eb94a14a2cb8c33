"""Digit Lab: the frame around every page. Start it with ``streamlit run app.py``."""

from pathlib import Path

import streamlit as st

from mnist_core.digits import mnist
from mnist_core.errors import LabError
from pages._parts import frame
from pages._parts.host_watch import offer_to_watch
from pages._parts.lab import engine
from pages._parts.messages import show_message
from pages._parts.model_picker import choose_model
from pages._parts.presence import be_seen
from pages._parts.yours import offer_yours

ICON = Path(__file__).parent / "pages/_parts/icon.png"  # a named icon would be fetched from outside
PAGES = [
    st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
    st.Page("pages/draw.py", title="Draw", icon=":material/draw:"),
    st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
    st.Page("pages/errors.py", title="Errors", icon=":material/error:"),
    st.Page("pages/dataset.py", title="Dataset", icon=":material/grid_view:"),
    st.Page("pages/workshop.py", title="Workshop", icon=":material/groups:"),
]

st.set_page_config(page_title="Digit Lab", page_icon=str(ICON), layout="wide")
st.html("<style>[data-testid=stMainBlockContainer] {padding-top: 3.5rem;}</style>")
page = st.navigation(PAGES)
frame.enter()
try:
    choose_model()
    offer_yours()
    show_message()
    offer_to_watch()
    page.run()
    # Last, as they would keep the first page waiting.
    mnist.load()
    engine().wake()
    be_seen()
except LabError as error:
    st.error(str(error), icon=":material/build:")
