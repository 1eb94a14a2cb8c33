"""Test of a workshop in real browsers: a host logs in, three people join and play a round, the room is reset."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from mnist_core.host.auth import host_password
from mnist_core.room.database import open_database
from mnist_core.room.drawings import Drawings
from mnist_core.runs.status import FINISHED
from tests.browser.expecting import expect
from tests.browser.serving import Server, serve
from tests.browser.visits import PHONE, SEVEN, button, draw, new_context, settle, train, visit
from tests.waiting import wait_for

NUMBER_OF_PEOPLE = 3


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server for this test alone, whose room is empty at first."""
    with serve(tmp_path) as server:
        yield server


@pytest.fixture
def phones(browser: Browser) -> Iterator[list[Page]]:
    """A page in a phone's browser for each person."""
    with ExitStack() as stack:
        contexts = [stack.enter_context(new_context(browser, **PHONE)) for _ in range(NUMBER_OF_PEOPLE)]
        yield [context.new_page() for context in contexts]


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    settle(page)


def draw_and_label(phone: Page) -> None:
    settle(phone)
    draw(phone, SEVEN)
    expect(phone.locator(".answer b")).to_have_text("7")
    button(phone, "Right").click()
    expect(phone.get_by_text("Thank you")).to_be_visible()


def check_board(page: Page, *, run_name: str) -> None:
    """Check that the board shows one drawing, and the network ``run_name`` on the leaderboards."""
    page.get_by_role("radio", name="The room's board").click()
    settle(page)
    page.get_by_role("radio", name="The wall").click()
    expect(page.locator(".wall button")).to_have_count(1)
    page.get_by_role("radio", name="Leaderboards").click()
    expect(page.get_by_text(run_name, exact=True).first).to_be_visible()


def test_a_host_runs_a_round_with_three_people_and_resets_the_room(
    page: Page, phones: list[Page], server: Server, monkeypatch
):
    monkeypatch.delenv("DIGIT_LAB_DATABASE_URL", raising=False)
    room = Drawings(open_database(server.home))
    page.goto(f"{server.url}/workshop")
    settle(page)
    button(page, "Host").click()
    page.get_by_label("The host's password").fill(host_password(server.home))
    button(page, "Open the host's desk").click()
    expect(page.get_by_text("Nobody else is in yet")).to_be_visible()

    for phone in phones:
        visit(phone, server, "draw")
        expect(phone.get_by_text("The network is waking up")).to_have_count(0)
    expect(page.get_by_text("3 people are in")).to_be_visible()

    draw_and_label(phones[0])
    visit(phones[1], server, "train")
    run = train(phones[1], server, name="ours", epochs=1)
    wait_for(lambda: run.read_status().state == FINISHED, home=server.home)
    check_board(page, run_name=run.read_config().name)
    page.get_by_role("radio", name="Host's desk").click()

    open_tab(page, "The room")
    page.get_by_role("combobox", name="Pinned").click()
    page.get_by_role("option", name="book · 98.24%").click()
    expect(phones[2].locator(".answer")).to_have_count(0)
    visit(phones[2], server, "errors")
    expect(phones[2].get_by_text("How the network book reads")).to_be_visible()
    for phone in phones[1:]:
        visit(phone, server, "draw")
    assert room.newest(5)

    button(page, "Have all draw a 4").click()
    for phone in phones:
        expect(phone.get_by_role("heading", name="Draw a 4")).to_be_visible()
        settle(phone)
        expect(phone.locator("canvas").last).to_be_visible()
        draw(phone, SEVEN)
        expect(button(phone, "Clear")).to_be_enabled()
        button(phone, "Done").click()
        expect(phone.get_by_text("Your 4 is handed in")).to_be_visible()
    expect(page.get_by_text("3 handed in so far")).to_be_visible()
    assert len(room.newest(5)) == 1
    button(page, "Reveal the answers").click()
    expect(phones[0].get_by_role("heading", name="Your 4, read as 7")).to_be_visible()
    assert [drawing.answer for drawing in room.newest(5)] == [7] * (NUMBER_OF_PEOPLE + 1)

    button(page, "End the round").click()
    expect(button(phones[0], "Undo")).to_be_visible()
    open_tab(page, "Keep and reset")
    page.get_by_label("To do it, type").fill("reset the room")
    button(page, "Reset the room").click()
    expect(page.get_by_text("The room is empty")).to_be_visible()
    assert room.newest(5) == []
    assert len(list((server.home / "exports").glob("*.zip"))) == 1
