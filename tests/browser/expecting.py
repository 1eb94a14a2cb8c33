"""Playwright's expectations, which here hold on for as long as the lab or the page makes progress."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Error, Locator, Page
from playwright.sync_api import expect as expect_within_seconds

from tests.browser.serving import HOMES
from tests.waiting import Progress

MILLISECONDS_A_TRY = 5_000  # what the browser alone may take


def expect(found: Locator | Page) -> "PatientAssertions":
    """As Playwright's ``expect``, without its limit in seconds: it fails when nothing moves, and says what stands."""
    return PatientAssertions(found)


class PatientAssertions:
    """Playwright's assertions about a locator or a page, each tried again while there is progress."""

    def __init__(self, found: Locator | Page) -> None:
        self._page = found.page if isinstance(found, Locator) else found
        self._assertions = expect_within_seconds(found)

    def __getattr__(self, name: str) -> Callable[..., None]:
        assertion = getattr(self._assertions, name)

        def hold_on(*values: object, **options: object) -> None:
            progress = Progress(_home(self._page), look=self._look)
            while True:
                try:
                    assertion(*values, timeout=MILLISECONDS_A_TRY, **options)
                    return
                except AssertionError as error:
                    self._raise_what_the_page_raised()
                    _go_on_or_raise(progress, error)

        return hold_on

    def _raise_what_the_page_raised(self) -> None:
        raised = self._page.get_by_test_id("stException").all_inner_texts()
        assert not raised, f"The page shows an exception:\n{raised[0]}"

    def _look(self) -> object:
        """What the page shows: it changes while its script runs, not while a fragment only looks again."""
        try:
            return self._page.url, self._page.evaluate("document.body?.innerText")
        except Error:  # it is just going elsewhere
            return None


def _go_on_or_raise(progress: Progress, error: AssertionError) -> None:
    try:
        progress.check()
    except AssertionError as stalled:
        raise AssertionError(f"{error}\n{stalled}") from None


def _home(page: Page) -> Path | None:
    """The home folder of the server that the page came from."""
    return next((home for url, home in HOMES.items() if page.url.startswith(url)), None)
