"""What a room costs: so many people drawing at once, two trainings, and the board on the projector.

Usage: python -m tests.benchmarks.room [--people 30 60 100] [--seconds 120] [--trainings 2] [--left 150]
For each number of people a new server. Each person has a session of their own and draws a stroke every two seconds,
out of step with the others, over the websocket that a browser would use. Prints the milliseconds from a stroke sent to
its answer received (median, 95 %, largest), what went wrong, and the web process' memory before, at most and after.
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
from mnist_core.engine.client import Engine
from mnist_core.recipes import RECIPES
from mnist_core.runs.status import RUNNING
from tests.benchmarks.visitor import Trouble, visitor
from tests.browser.serving import Server, serve
from tests.waiting import wait_for

PAUSE = 2.0  # seconds between two strokes of a person
BOARD = "workshop"


@dataclass
class Day:
    """What was measured: seconds to an answer, troubles, and bytes."""

    seconds: list[float] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    late: int = 0  # strokes that were drawn later than meant, as the one before was not done
    memory: list[int] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, nargs="+", default=[30])
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--trainings", type=int, default=2)
    parser.add_argument("--left", type=float, default=150, help="seconds until Streamlit has forgotten who left")
    arguments = parser.parse_args()
    for people in arguments.people:
        with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server:
            day, before = spend(server, people=people, seconds=arguments.seconds, trainings=arguments.trainings)
            time.sleep(arguments.left)
            tell(day, people, before=before, after=server.process.memory_info().rss)


def spend(server: Server, *, people: int, seconds: float, trainings: int) -> tuple[Day, int]:
    """A day of this room, and the bytes that the web process took before anybody came."""
    engine = Engine(server.home)
    engine.wait()
    asyncio.run(_come_and_go(server, Day(), people=1, seconds=3 * PAUSE))  # what is loaded once is no matter of people
    before = server.process.memory_info().rss
    recipe = RECIPES["distorted"]
    runs = [
        engine.train(RunConfig(name=f"busy {number}", model=recipe.model, training=recipe.training))
        for number in range(trainings)
    ]
    if runs:
        wait_for(lambda: any(run.status.state == RUNNING and len(run.batches["step"]) for run in runs))
    day = Day()
    asyncio.run(_come_and_go(server, day, people=people, seconds=seconds))
    for run in runs:
        run.cancel()
    wait_for(lambda: not any(run.status.active for run in runs))
    engine.close()
    return day, before


async def _come_and_go(server: Server, day: Day, *, people: int, seconds: float) -> None:
    """The people, the board, and somebody who notes how much memory it takes."""
    end = time.perf_counter() + seconds
    watching = [asyncio.create_task(_board(server, day)), asyncio.create_task(_weigh(server, day))]
    await asyncio.gather(*(_person(server, day, number, end, of=people) for number in range(people)))
    for task in watching:
        task.cancel()


async def _person(server: Server, day: Day, number: int, end: float, *, of: int) -> None:
    """Draws digit after digit, stroke by stroke, until ``end``."""
    try:
        async with visitor(server.url) as person:
            await person.open("draw")
            due = time.perf_counter() + PAUSE * number / of
            for strokes in _strokes(number):
                due += PAUSE
                if due > end:
                    return
                day.late += time.perf_counter() > due
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                day.seconds.append(await person.draw(strokes, side=CANVAS))
    except (Trouble, OSError, TimeoutError, EOFError) as error:
        day.troubles.append(f"person {number}: {type(error).__name__} {error}")


def _strokes(seed: int) -> Sequence[Sequence[np.ndarray]]:
    """What is on the canvas after each stroke of fifty digits in this hand."""
    return [
        drawing.strokes[: count + 1] for drawing in drawings(50, seed=seed) for count in range(len(drawing.strokes))
    ]


async def _board(server: Server, day: Day) -> None:
    try:
        async with visitor(server.url) as board:
            await board.open(BOARD)
            await board.watch()
    except (Trouble, OSError, TimeoutError, EOFError) as error:
        day.troubles.append(f"the board: {type(error).__name__} {error}")


async def _weigh(server: Server, day: Day) -> None:
    while True:
        day.memory.append(server.process.memory_info().rss)
        await asyncio.sleep(1)


def tell(day: Day, people: int, *, before: int, after: int) -> None:
    """Print what was measured."""
    median, p95 = 1e3 * np.percentile(day.seconds, [50, 95]) if day.seconds else (np.nan, np.nan)
    print(
        f"{people:4} people: {len(day.seconds)} strokes, median {median:.0f} ms, 95 % {p95:.0f} ms, largest "
        f"{1e3 * max(day.seconds, default=np.nan):.0f} ms, {day.late} late, {len(day.troubles)} troubles; web process "
        f"{before / 1e6:.0f} MB before, {max(day.memory) / 1e6:.0f} MB at most, {after / 1e6:.0f} MB after",
        flush=True,
    )
    for trouble in day.troubles[:5]:
        print(f"  {trouble}")


if __name__ == "__main__":
    main()
