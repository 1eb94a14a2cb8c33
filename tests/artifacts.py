"""A pytest plugin that saves a failed test's screenshots, run statuses and logs in tests/artifacts/."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import waiting

FOLDER = Path(__file__).parent / "artifacts"
FILES = ("*.log", "engine.json", "runs/*/status.json", "runs/*/control.json", "runs/*/config.json", "runs/*/*.csv")


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):  # once, not in each xdist worker
        shutil.rmtree(FOLDER, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    report = yield
    if report.failed:
        folder = FOLDER / re.sub(r"[^\w.-]+", "_", item.nodeid)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{report.when}.txt").write_text(f"{report.longreprtext}\n{report.capstdout}\n{report.capstderr}")
        for home in _homes(item):
            _save_lab_files(home, folder)
            report.sections.append(("lab", waiting.report(home)))
        report.sections += [("page", text) for text in _save_screenshots(item, folder)]
        report.sections.append(("artifacts", str(folder)))
    return report


def _homes(item: pytest.Item) -> set[Path]:
    """The home folders among the values of the test's fixtures."""
    values = [getattr(value, "home", value) for value in getattr(item, "funcargs", {}).values()]
    return {path for path in values if isinstance(path, Path) and (path / "runs").is_dir()}


def _save_lab_files(home: Path, folder: Path) -> None:
    for pattern in FILES:
        for path in home.glob(pattern):
            target = folder / path.relative_to(home)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def _save_screenshots(item: pytest.Item, folder: Path) -> Iterator[str]:
    """Save a screenshot of each open page of the test's browser; yields the page's URL and text."""
    browser = getattr(item, "funcargs", {}).get("browser")
    if browser is None:
        return
    from playwright.sync_api import Error

    for number, page in enumerate(page for context in browser.contexts for page in context.pages):
        try:
            page.screenshot(path=folder / f"page-{number}.png", timeout=10_000)
            text = f"{page.url}\n\n{page.inner_text('body', timeout=10_000)}"
        except Error as error:
            text = f"{page.url}: no picture ({error})"
        (folder / f"page-{number}.txt").write_text(text)
        yield text
