"""A visitor without a browser: speaks to the app's server over the same websocket, in Streamlit's own messages."""

import asyncio
import json
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 30.0  # seconds that a visitor waits for anything


class Trouble(Exception):
    """What a visitor must never see: an exception on the page, or silence."""


@dataclass
class Visitor:
    """One open page. What it needs to know of the page is kept as the server tells it."""

    socket: ClientConnection
    page: str = ""  # the script's hash, by which the server knows it
    canvas: str = ""  # the canvas' id, and the fragment that it stands in
    fragment: str = ""
    again: dict[str, float] = field(default_factory=dict)  # fragments to be run again, after so many seconds

    async def open(self, page: str) -> None:
        """Ask for the page of this name, and wait until all of it is there."""
        asked = BackMsg()
        asked.rerun_script.page_name = page
        await self._ask(asked)
        await self._until(_is_whole)

    async def draw(self, strokes: Sequence[np.ndarray], *, side: int) -> float:
        """Have these on the canvas, float (points, 2) each; returns the seconds until the answer came."""
        drawn = {"version": "7.4.0", "objects": [_fabric(stroke) for stroke in strokes], "background": "#000000"}
        asked = self._rerun(self.fragment)
        widget = asked.rerun_script.widget_states.widgets.add()
        widget.id = self.canvas
        widget.json_value = json.dumps({"drawing": {"raw": drawn, "data": None}, "side": side})
        started = time.perf_counter()
        await self._ask(asked)
        answered: list[float] = []

        def done(message: ForwardMsg) -> bool:
            if 'class="answer"' in message.delta.new_element.html.body:
                answered.append(time.perf_counter() - started)
            return message.WhichOneof("type") == "script_finished" and bool(answered)

        await self._until(done)
        return answered[0]

    async def watch(self) -> None:
        """Keep a page open that refreshes itself, as often as it asks for that."""
        while True:
            fragment, seconds = next(iter(self.again.items()))
            await asyncio.sleep(seconds)
            asked = self._rerun(fragment)
            asked.rerun_script.is_auto_rerun = True
            await self._ask(asked)
            await self._until(lambda message: message.WhichOneof("type") == "script_finished")

    def _rerun(self, fragment: str) -> BackMsg:
        asked = BackMsg()
        asked.rerun_script.page_script_hash = self.page
        asked.rerun_script.fragment_id = fragment
        return asked

    async def _ask(self, message: BackMsg) -> None:
        await self.socket.send(message.SerializeToString())

    async def _until(self, done: Callable[[ForwardMsg], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                message = ForwardMsg.FromString(await self.socket.recv())
                self._note(message)
                if done(message):
                    return

    def _note(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.page = message.new_session.page_script_hash
        elif kind == "auto_rerun":
            self.again[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "delta":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                raise Trouble(element.exception.message)
            if element.bidi_component.component_name.endswith("drawable_canvas"):
                self.canvas, self.fragment = element.bidi_component.id, message.delta.fragment_id


@asynccontextmanager
async def visitor(url: str) -> AsyncIterator[Visitor]:
    """Somebody new at the app's ``url``, with a key of their own."""
    with await asyncio.to_thread(urllib.request.urlopen, f"{url}/_stcore/health") as answer:
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
    async with connect(
        f"{url.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=["streamlit"],
        origin=url,
        max_size=None,
        additional_headers={"Cookie": cookie},
    ) as socket:
        yield Visitor(socket)


def _fabric(stroke: np.ndarray) -> dict:
    """A stroke as the canvas tells it: curves through the middles of neighbouring points."""
    points = stroke.tolist()
    middles = ((stroke[:-1] + stroke[1:]) / 2).tolist()
    curves = [["Q", *point, *middle] for point, middle in zip(points[:-1], middles, strict=True)]
    return {"type": "Path", "path": [["M", *points[0]], *curves, ["L", *points[-1]]], "strokeWidth": 20}


def _is_whole(message: ForwardMsg) -> bool:
    """Whether a script has come to its end; one that was sent on to another page has not."""
    return message.HasField("script_finished") and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
