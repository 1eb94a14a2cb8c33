"""Command that takes screenshots of every page: `make screenshots` writes them to tests/screenshots/.

Usage: python -m tests.browser.screenshots [--widths 1440 820 390] [--themes light dark] [--folder FOLDER] [ADDRESS ...]
An ADDRESS is a URL's path and query, for example "train?tab=runs".
"""

import argparse
import re
import tempfile
from pathlib import Path

from tests.browser.serving import chromium, serve
from tests.browser.visits import ACTION_TIMEOUT_MILLISECONDS, PAGES, SEVEN, draw, settle, visit

FOLDER = Path(__file__).parents[1] / "screenshots"
ADDRESSES = (*PAGES, "train?tab=runs", "train?tab=experiments", "errors?model=book&view=numbers", "dataset?view=map")
WIDTHS = (1920, 1440, 1280, 1024, 820, 390)
HEIGHTS = {1920: 1080, 820: 1180, 390: 844}


def main() -> None:
    """Take all screenshots."""
    parser = argparse.ArgumentParser()
    parser.add_argument("addresses", nargs="*", metavar="ADDRESS")
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS)
    parser.add_argument("--themes", nargs="+", choices=("light", "dark"), default=("light", "dark"))
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, serve(Path(home)) as server, chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(ACTION_TIMEOUT_MILLISECONDS)
        for address in arguments.addresses or ADDRESSES:
            visit(page, server, address)
            if address == "draw":
                draw(page, SEVEN)
                page.locator(".answer b").wait_for()
            name = re.sub(r"\W+", "-", address) or "home"
            for width in arguments.widths:
                page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 900)})
                for theme in arguments.themes:
                    page.emulate_media(color_scheme=theme)
                    settle(page)
                    page.screenshot(path=arguments.folder / f"{name}-{width}-{theme}.png", full_page=True)


if __name__ == "__main__":
    main()
