"""A client without a browser that sends and receives Streamlit's messages over the app's websocket."""

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

TIMEOUT_SECONDS = 30.0


class VisitorError(Exception):
    """The page shows an exception."""


@dataclass
class Visitor:
    """One open page with the ids that the server has sent."""

    socket: ClientConnection
    timeout: float | None  # seconds for every response
    page: str = ""  # hash of the page script
    canvas: str = ""  # id of the canvas widget, and of its fragment
    fragment: str = ""
    auto_reruns: dict[str, float] = field(default_factory=dict)  # fragment id: seconds until its next automatic rerun

    async def open(self, page: str) -> None:
        """Request the page of this name and wait until its script has finished."""
        request = BackMsg()
        request.rerun_script.page_name = page
        await self._send(request)
        await self._until(_has_finished)

    async def draw(self, strokes: Sequence[np.ndarray], *, side: int) -> float:
        """Send these strokes, float (points, 2) each; returns the seconds until the prediction was received."""
        canvas_data = {"version": "7.4.0", "objects": [_fabric(stroke) for stroke in strokes], "background": "#000000"}
        request = self._rerun(self.fragment)
        widget = request.rerun_script.widget_states.widgets.add()
        widget.id = self.canvas
        widget.json_value = json.dumps({"drawing": {"raw": canvas_data, "data": None}, "side": side})
        started = time.perf_counter()
        await self._send(request)
        received: list[float] = []

        def done(message: ForwardMsg) -> bool:
            if 'class="answer"' in message.delta.new_element.html.body:
                received.append(time.perf_counter() - started)
            return message.WhichOneof("type") == "script_finished" and bool(received)

        await self._until(done)
        return received[0]

    async def watch(self) -> None:
        """Keep a page open and rerun its first polling fragment at the interval that it requests."""
        while True:
            fragment, seconds = next(iter(self.auto_reruns.items()))
            await asyncio.sleep(seconds)
            request = self._rerun(fragment)
            request.rerun_script.is_auto_rerun = True
            await self._send(request)
            await self._until(lambda message: message.WhichOneof("type") == "script_finished")

    def _rerun(self, fragment: str) -> BackMsg:
        request = BackMsg()
        request.rerun_script.page_script_hash = self.page
        request.rerun_script.fragment_id = fragment
        return request

    async def _send(self, message: BackMsg) -> None:
        await self.socket.send(message.SerializeToString())

    async def _until(self, done: Callable[[ForwardMsg], bool]) -> None:
        async with asyncio.timeout(self.timeout):
            while True:
                message = ForwardMsg.FromString(await self.socket.recv())
                self._store_ids(message)
                if done(message):
                    return

    def _store_ids(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.page = message.new_session.page_script_hash
        elif kind == "auto_rerun":
            self.auto_reruns[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "delta":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                raise VisitorError(element.exception.message)
            if element.bidi_component.component_name.endswith("drawable_canvas"):
                self.canvas, self.fragment = element.bidi_component.id, message.delta.fragment_id


@asynccontextmanager
async def visitor(url: str, *, timeout: float | None = TIMEOUT_SECONDS) -> AsyncIterator[Visitor]:
    """A new visitor of the app at ``url``, with its own cookie; ``timeout``: seconds for every response."""
    with await asyncio.to_thread(urllib.request.urlopen, f"{url}/_stcore/health") as answer:
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
    async with connect(
        f"{url.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=["streamlit"],
        origin=url,
        max_size=None,
        additional_headers={"Cookie": cookie},
    ) as socket:
        yield Visitor(socket, timeout)


def _fabric(stroke: np.ndarray) -> dict:
    """A stroke as the Fabric path of the canvas: curves through the midpoints of neighbouring points."""
    points = stroke.tolist()
    midpoints = ((stroke[:-1] + stroke[1:]) / 2).tolist()
    curves = [["Q", *point, *middle] for point, middle in zip(points[:-1], midpoints, strict=True)]
    return {"type": "Path", "path": [["M", *points[0]], *curves, ["L", *points[-1]]], "strokeWidth": 20}


def _has_finished(message: ForwardMsg) -> bool:
    """Whether a script run has finished; a run that was redirected to another page has not."""
    return message.HasField("script_finished") and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
