"""Tests of a training started from the page: seen in several browsers, and continued when the web process dies."""

import re
from pathlib import Path

from mnist_core.engine.client import EngineClient
from mnist_core.runs import store
from mnist_core.runs.status import CANCELLED, FINISHED
from tests.browser.expecting import expect
from tests.browser.serving import serve
from tests.browser.visits import SEVEN, WIDE, button, draw, fill, go_to, new_context, train, visit
from tests.waiting import wait_for, wait_until_ended


def test_a_training_goes_on_while_visitors_open_other_pages(page, phone, browser, server):
    visit(page, server, "train")
    fill(page, Name="from the browser", Epochs=2, Units_1=64, Units_2=32)
    expect(page.get_by_text("52,650 parameters")).to_be_visible()
    button(page, "Train").click()
    expect(page.get_by_text("from the browser").first).to_be_visible()

    go_to(page, "Dataset")
    go_to(page, "Train")
    run = store.find("from the browser", server.home)
    assert f"run={run.id}" in page.url
    page.reload()
    expect(page.get_by_text("from the browser").first).to_be_visible()

    phone.goto(page.url)
    expect(phone.get_by_text("from the browser").first).to_be_visible()
    for browser_page in (page, phone):
        expect(browser_page.get_by_text("finished").first).to_be_visible()
        expect(browser_page.get_by_test_id("stMetricValue").first).to_have_text(re.compile(r"9\d\.\d\d%"))
        expect(browser_page.get_by_test_id("stException")).to_have_count(0)
    assert run.read_status().state == FINISHED
    assert run.read_epochs()["epoch"].tolist() == [1, 2]
    expect(page.get_by_text("Batch loss")).to_have_count(0)

    with page.expect_download() as download:
        page.get_by_role("button", name="model.h5").click()
    assert Path(download.value.path()).read_bytes() == run.hdf5_path.read_bytes()

    page.get_by_role("button", name="Use this network on Draw and Errors").click()
    expect(page.get_by_text("Draw and Errors use this network now.")).to_be_visible()
    go_to(page, "Draw")
    draw(page, SEVEN)
    expect(page.locator(".answer b")).to_be_visible()
    go_to(page, "Errors")
    expect(page.get_by_text("from the browser").first).to_be_visible()

    visitor = new_context(browser, **WIDE).new_page()
    visit(visitor, server, "errors")
    expect(
        visitor.get_by_text(f"How the network {store.shipped_default_run().read_config().name} reads")
    ).to_be_visible()
    visitor.context.close()


def test_a_training_goes_on_when_the_web_process_is_killed(page, tmp_path):
    with serve(tmp_path, log="first.log") as first:
        visit(page, first, "train")
        run = train(page, first, "survivor", epochs=200)
        wait_for(lambda: len(run.read_batches()["step"]), home=tmp_path)
        run.update_control(slow_motion=True)  # at full speed it would slow down the other tests
        first.process.kill()
        first.process.wait()
    steps_before = len(run.read_batches()["step"])
    wait_for(lambda: len(run.read_batches()["step"]) > steps_before, home=tmp_path)
    with serve(tmp_path) as second:
        visit(page, second, f"train?run={run.id}")
        expect(page.get_by_text(re.compile(r"Epoch \d+ of 200"))).to_be_visible()
        button(page, "Cancel").click()
        wait_for(lambda: run.read_status().state == CANCELLED, home=tmp_path)
        engine = EngineClient(tmp_path).process()
    wait_until_ended([engine])  # it ends when nothing uses it
