"""The whole story on more than one process: draw, train, see it from elsewhere, lose a process, go on."""

import re

from playwright.sync_api import Browser, Page

from mnist_core.runs import store
from mnist_core.runs.status import FINISHED
from tests.browser.expecting import expect
from tests.browser.visits import SEVEN, WIDE, button, draw, fill, new_context, settle
from tests.deploy.conftest import Site


def come_in(browser: Browser, site: Site, *, served_by: set[str]) -> tuple[Page, str]:
    """Somebody new, whose seat is at one of these app processes: their page, and which it is."""
    for _ in range(50):
        context = new_context(browser, **WIDE)
        page = context.new_page()
        app = page.goto(f"{site.url}/draw").headers["x-served-by"]
        if app in served_by:
            page.locator("canvas").last.wait_for()
            settle(page)
            return page, app
        context.close()
    raise AssertionError(f"nobody was seated at {served_by}")


def read_seven(page: Page) -> None:
    """Draw a 7 and have it read."""
    settle(page)
    draw(page, SEVEN)
    expect(page.locator(".answer b")).to_have_text("7")


def test_a_lab_of_several_processes_is_one_lab(browser, site):
    ada, at = come_in(browser, site, served_by=set(site.apps))
    bob, elsewhere = come_in(browser, site, served_by=set(site.apps) - {at})

    for person in (ada, bob):
        read_seven(person)
    ada.get_by_role("button", name="Right", exact=True).click()
    bob.get_by_role("radio", name="The room").click()
    expect(bob.get_by_text("1 drawing with its digit")).to_be_visible()
    expect(bob.get_by_text("7, read right")).to_be_visible()

    ada.goto(f"{site.url}/train")
    settle(ada)
    fill(ada, Name="of all machines", Epochs=40, Units_1=64, Units_2=32)
    button(ada, "Train").click()
    expect(ada.get_by_text("of all machines").first).to_be_visible()
    run = store.find("of all machines", site.home)
    bob.goto(f"{site.url}/train?run={run.id}")
    expect(bob.get_by_text(re.compile(r"Epoch \d+ of 40")).first).to_be_visible()

    site.apps[at].process.kill()
    site.apps[at].process.wait()
    answer = ada.goto(f"{site.url}/train?run={run.id}")
    assert answer.headers["x-served-by"].endswith(elsewhere)
    for person in (ada, bob):
        expect(person.get_by_text("finished").first).to_be_visible()
    assert run.status.state == FINISHED
    assert run.status.deaths == 0

    ada.goto(f"{site.url}/draw")
    ada.locator("canvas").last.wait_for()
    read_seven(ada)
    carol, at_last = come_in(browser, site, served_by={elsewhere})
    assert at_last == elsewhere
    read_seven(carol)
