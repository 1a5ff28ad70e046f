"""The card's stop button in the real JupyterLab and Notebook 7 interrupts the busy kernel."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from nbtrack.magics.card import Card
from nbtrack.magics.card_html import card_html
from tests.waiting import until

from .jupyter import Notebook

pytestmark = pytest.mark.browser

SETUP = "%load_ext nbtrack\nimport time, nbtrack"
BUSY = """%%track long
for epoch in range(1000):
    nbtrack.log_metric("loss", 1 / (epoch + 1), step=epoch)
    print(f"epoch {epoch + 1}/1000 loss={1 / (epoch + 1):.3f}")
    time.sleep(0.05)"""
ASKED_STATUS = "nbtrack.last_run.info.status"


def press(book: Notebook) -> None:
    """With the mouse, at where the button is: the card around it is drawn again four times a second."""
    box = book.page.locator(".nbtrack-card").get_by_role("button", name="stop").bounding_box()
    assert box is not None
    book.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.mark.parametrize("app", ["lab", "notebooks"])
def test_the_stop_button_interrupts_the_cell_and_the_card_stays_as_killed(
    notebook: Callable[..., Notebook], app: str
) -> None:
    book = notebook(SETUP, BUSY, app=app)
    book.run(0)
    book.start(1)
    card = book.page.locator(".nbtrack-card")
    expect(card).to_contain_text("of 1,000")
    expect(card).to_contain_text("points/s")
    expect(card).to_contain_text("left")
    expect(card).to_contain_text("epoch ")
    press(book)
    expect(card).to_contain_text("killed")
    expect(card.get_by_role("button")).to_have_count(0)
    assert "KILLED" in book.ask(ASKED_STATUS)
    book.save()
    assert not [output for output in book.outputs() if "<script" in json.dumps(output.get("data", {}))]


def test_the_stop_button_works_by_keyboard_and_says_that_it_waits(notebook: Callable[..., Notebook]) -> None:
    deaf = """%%track deaf
import os
while not os.path.exists("go"):
    try:
        time.sleep(0.1)
    except KeyboardInterrupt:
        open("heard", "w").close()"""
    book = notebook(SETUP, deaf)
    book.run(0)
    book.start(1)
    button = book.page.locator(".nbtrack-card").get_by_role("button")
    expect(button).to_have_text("■ stop")
    button.focus()
    book.page.wait_for_timeout(1500)  # the card is drawn again meanwhile
    expect(button).to_be_focused()
    book.page.keyboard.press("Enter")
    expect(button).to_have_text("stopping…")
    folder = book.path.parent
    until((folder / "heard").exists)  # the interrupt goes by the server and may take its time
    (folder / "go").touch()
    book.finish()
    assert "FINISHED" in book.ask(ASKED_STATUS)


def test_a_page_without_the_kernels_server_shows_no_button(offline_page: tuple[Page, list[str]]) -> None:
    """A notebook whose kernel died in mid-cell keeps the card of a running one."""
    page, tried = offline_page
    card = Card("a" * 32, "left", "Default", kernel="12345678-1234-1234-1234-123456789abc")
    page.set_content(f"<script id=jupyter-config-data type=application/json>{{}}</script>{card_html(card)}")
    expect(page.locator(".nbtrack-card")).to_contain_text("running")
    page.wait_for_timeout(200)
    assert page.get_by_role("button").count() == 0
    assert tried == []
