"""Test of a lab on several processes: drawing, training, and the failure of an app process."""

import re

from playwright.sync_api import Browser, Page

from mnist_core.runs import store
from mnist_core.runs.status import FINISHED
from tests.browser.expecting import expect
from tests.browser.visits import SEVEN, WIDE, button, draw, fill, new_context, settle
from tests.deploy.conftest import Site


def open_draw_page(browser: Browser, site: Site, *, served_by: set[str]) -> tuple[Page, str]:
    """Open the Draw page as a new visitor served by one of these app processes; returns page and process address."""
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


def test_visitors_of_two_app_processes_share_room_and_training_when_one_process_is_killed(browser, site):
    ada, ada_app = open_draw_page(browser, site, served_by=set(site.apps))
    bob, bob_app = open_draw_page(browser, site, served_by=set(site.apps) - {ada_app})

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

    site.apps[ada_app].process.kill()
    site.apps[ada_app].process.wait()
    response = ada.goto(f"{site.url}/train?run={run.id}")
    assert response.headers["x-served-by"].endswith(bob_app)
    for person in (ada, bob):
        expect(person.get_by_text("finished").first).to_be_visible()
    assert run.read_status().state == FINISHED
    assert run.read_status().deaths == 0

    ada.goto(f"{site.url}/draw")
    ada.locator("canvas").last.wait_for()
    read_seven(ada)
    carol, carol_app = open_draw_page(browser, site, served_by={bob_app})
    assert carol_app == bob_app
    read_seven(carol)
