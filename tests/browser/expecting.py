"""Playwright's ``expect``, with a retry for as long as the lab or the page makes progress."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Error, Locator, Page
from playwright.sync_api import expect as expect_within_seconds

from tests.browser.serving import HOMES
from tests.waiting import Progress

TRY_TIMEOUT_MILLISECONDS = 5_000  # of one try


def expect(target: Locator | Page) -> "PatientAssertions":
    """Like Playwright's ``expect``, but with no time limit while there is progress; fails with a report of the lab."""
    return PatientAssertions(target)


class PatientAssertions:
    """Playwright's assertions about a locator or a page, each retried while there is progress."""

    def __init__(self, target: Locator | Page) -> None:
        self._page = target.page if isinstance(target, Locator) else target
        self._assertions = expect_within_seconds(target)

    def __getattr__(self, name: str) -> Callable[..., None]:
        assertion = getattr(self._assertions, name)

        def retry(*values: object, **options: object) -> None:
            progress = Progress(_home(self._page), extra_state=self._visible_state)
            while True:
                try:
                    assertion(*values, timeout=TRY_TIMEOUT_MILLISECONDS, **options)
                    return
                except AssertionError as error:
                    self._fail_on_page_exception()
                    _check_progress(progress, error)

        return retry

    def _fail_on_page_exception(self) -> None:
        exceptions = self._page.get_by_test_id("stException").all_inner_texts()
        assert not exceptions, f"The page shows an exception:\n{exceptions[0]}"

    def _visible_state(self) -> object:
        """The page's URL and text, which change while its script runs, but not when a fragment only polls."""
        try:
            return self._page.url, self._page.evaluate("document.body?.innerText")
        except Error:  # the page is navigating
            return None


def _check_progress(progress: Progress, error: AssertionError) -> None:
    try:
        progress.check()
    except AssertionError as stalled:
        raise AssertionError(f"{error}\n{stalled}") from None


def _home(page: Page) -> Path | None:
    """The home folder of the server that the page came from."""
    return next((home for url, home in HOMES.items() if page.url.startswith(url)), None)
