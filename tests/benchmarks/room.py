"""Load test: many people draw at the same time, with two trainings and one open board.

Usage: python -m tests.benchmarks.room [--people 30 60 100] [--seconds 120] [--trainings 2] [--left 150]
A new server is started for each number of people. Each person has a session and draws a stroke every two seconds, at
times spread evenly, over the websocket that a browser would use. Prints the milliseconds from sending a stroke to its
prediction (median, 95 %, largest), the errors, and the memory of the web process before, at most and after.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mnist_core.config import RunConfig
from mnist_core.digits.drawing import CANVAS
from mnist_core.digits.handwriting import drawings
from mnist_core.engine.client import EngineClient
from mnist_core.recipes import RECIPES
from mnist_core.runs.status import RUNNING
from tests.benchmarks.visitor import VisitorError, visitor
from tests.browser.serving import Server, serve
from tests.waiting import wait_for

STROKE_INTERVAL_SECONDS = 2.0  # between two strokes of a person
BOARD = "workshop"


@dataclass
class Measurements:
    """The measurements: seconds to a prediction, errors, and bytes of memory."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    late: int = 0  # strokes drawn after their time, as the previous one was not finished
    memory: list[int] = field(default_factory=list)


def main() -> None:
    """Run the load tests and print them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, nargs="+", default=[30])
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--trainings", type=int, default=2)
    parser.add_argument("--left", type=float, default=150, help="seconds until Streamlit has forgotten who left")
    arguments = parser.parse_args()
    for people in arguments.people:
        with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server:
            result, before = measure(server, people=people, seconds=arguments.seconds, trainings=arguments.trainings)
            time.sleep(arguments.left)
            print_measurements(result, people, before=before, after=server.process.memory_info().rss)


def measure(server: Server, *, people: int, seconds: float, trainings: int) -> tuple[Measurements, int]:
    """The measurements of this room, and the bytes of the web process before anyone connected."""
    engine = EngineClient(server.home)
    engine.wait()
    asyncio.run(_run_sessions(server, Measurements(), people=1, seconds=3 * STROKE_INTERVAL_SECONDS))  # warm-up
    before = server.process.memory_info().rss
    recipe = RECIPES["distorted"]
    runs = [
        engine.train(RunConfig(name=f"busy {number}", model=recipe.model, training=recipe.training))
        for number in range(trainings)
    ]
    if runs:
        wait_for(lambda: any(run.read_status().state == RUNNING and len(run.read_batches()["step"]) for run in runs))
    result = Measurements()
    asyncio.run(_run_sessions(server, result, people=people, seconds=seconds))
    for run in runs:
        run.cancel()
    wait_for(lambda: not any(run.read_status().active for run in runs))
    engine.close()
    return result, before


async def _run_sessions(server: Server, result: Measurements, *, people: int, seconds: float) -> None:
    """Run the sessions of the people and of the board, and record the memory."""
    end = time.perf_counter() + seconds
    tasks = [asyncio.create_task(_board(server, result)), asyncio.create_task(_record_memory(server, result))]
    await asyncio.gather(*(_person(server, result, number, end, people=people) for number in range(people)))
    for task in tasks:
        task.cancel()


async def _person(server: Server, result: Measurements, number: int, end: float, *, people: int) -> None:
    """Draw digits stroke by stroke until ``end``."""
    try:
        async with visitor(server.url) as person:
            await person.open("draw")
            due = time.perf_counter() + STROKE_INTERVAL_SECONDS * number / people
            for strokes in _strokes(number):
                due += STROKE_INTERVAL_SECONDS
                if due > end:
                    return
                result.late += time.perf_counter() > due
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                result.seconds.append(await person.draw(strokes, side=CANVAS))
    except (VisitorError, OSError, TimeoutError, EOFError) as error:
        result.errors.append(f"person {number}: {type(error).__name__} {error}")


def _strokes(seed: int) -> Sequence[Sequence[np.ndarray]]:
    """The strokes on the canvas after each stroke of fifty synthetic digits."""
    return [
        drawing.strokes[: count + 1] for drawing in drawings(50, seed=seed) for count in range(len(drawing.strokes))
    ]


async def _board(server: Server, result: Measurements) -> None:
    try:
        async with visitor(server.url) as board:
            await board.open(BOARD)
            await board.watch()
    except (VisitorError, OSError, TimeoutError, EOFError) as error:
        result.errors.append(f"the board: {type(error).__name__} {error}")


async def _record_memory(server: Server, result: Measurements) -> None:
    while True:
        result.memory.append(server.process.memory_info().rss)
        await asyncio.sleep(1)


def print_measurements(result: Measurements, people: int, *, before: int, after: int) -> None:
    """Print the measurements."""
    median, p95 = 1e3 * np.percentile(result.seconds, [50, 95]) if result.seconds else (np.nan, np.nan)
    print(
        f"{people:4} people: {len(result.seconds)} strokes, median {median:.0f} ms, 95 % {p95:.0f} ms, largest "
        f"{1e3 * max(result.seconds, default=np.nan):.0f} ms, {result.late} late, {len(result.errors)} troubles; web "
        f"process {before / 1e6:.0f} MB before, {max(result.memory) / 1e6:.0f} MB at most, {after / 1e6:.0f} MB after",
        flush=True,
    )
    for error_text in result.errors[:5]:
        print(f"  {error_text}")


if __name__ == "__main__":
    main()
