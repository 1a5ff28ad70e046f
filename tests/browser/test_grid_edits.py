"""Are runs renamed, tagged, deleted and restored from the page of a real notebook, at once and without surprises?"""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from .jupyter import Notebook
from .test_live import SHOW, STORE, TRAIN, Open, row, until

pytestmark = pytest.mark.browser

NAMES = "sorted(nbtrack.search_runs()['tags.mlflow.runName'])"


def shown(notebook: Open, *cells: str, app: str = "lab") -> Notebook:
    book = notebook(STORE, SHOW, *cells, app=app)
    book.run(0)
    book.run(1)
    expect(row(book, "run2")).to_be_visible()
    return book


def stand_on(book: Notebook, name: str) -> Locator:
    cell = row(book, name).locator("[data-column='1']")
    cell.focus()
    return cell


def test_a_run_is_renamed_tagged_and_annotated_with_the_keyboard_and_taken_back(notebook: Open) -> None:
    book = shown(notebook)
    keys = book.page.keyboard
    stand_on(book, "run1")
    keys.press("F2")
    expect(book.page.get_by_label("Name", exact=True)).to_have_value("run1")
    keys.type("better")
    keys.press("Enter")
    expect(row(book, "better")).to_be_visible()
    until(book, NAMES, "['better', 'run0', 'run2']")
    expect(row(book, "better").locator(".nbt-name")).to_be_focused()
    keys.press("Control+z")
    until(book, NAMES, "['run0', 'run1', 'run2']")
    expect(row(book, "run1")).to_be_visible()
    stand_on(book, "run0")
    keys.press("n")
    keys.type("**first** try <b>")
    keys.press("Control+Enter")
    until(
        book,
        "nbtrack.search_runs(filter_string=\"run_name = 'run0'\")['tags.mlflow.note.content'].tolist()",
        "['**first** try <b>']",
    )


def test_selected_runs_are_tagged_together_and_deleted_and_restored(notebook: Open) -> None:
    book = shown(notebook)
    page = book.page
    for name in ("run0", "run1"):
        row(book, name).locator(".nbt-box").click()
    page.get_by_role("button", name="Change the selected runs").click()
    page.get_by_role("button", name="Tags …").click()
    page.get_by_label("New tag").fill("team")
    page.get_by_label("Its value").fill("vision")
    page.locator(".nbt-dialog").get_by_role("button", name="Add").click()
    until(book, "sorted(nbtrack.search_runs()['tags.team'].fillna('-'))", "['-', 'vision', 'vision']")
    page.get_by_role("button", name="Done").click()
    stand_on(book, "run0")
    page.keyboard.press("Delete")
    expect(row(book, "run0")).to_have_count(0)
    until(book, NAMES, "['run2']")
    page.get_by_role("button", name="Undo").click()
    expect(row(book, "run0")).to_be_visible()
    until(book, NAMES, "['run0', 'run1', 'run2']")


def test_a_deleted_run_is_removed_for_good_from_the_trash(notebook: Open) -> None:
    book = shown(notebook)
    page = book.page
    stand_on(book, "run0")
    page.keyboard.press("Delete")
    until(book, NAMES, "['run1', 'run2']")
    page.get_by_role("button", name="Choose experiments").click()
    page.get_by_role("button", name="Deleted (trash)").click()
    page.keyboard.press("Escape")
    row(book, "run0").locator(".nbt-box").click()
    page.get_by_role("button", name="Change the selected runs").click()
    page.get_by_role("button", name="Delete permanently …").click()
    dialog = page.locator(".nbt-dialog")
    expect(dialog).to_contain_text("1 run")
    expect(dialog).to_contain_text("Nothing brings them back")
    dialog.get_by_role("button", name="Delete permanently").click()
    expect(row(book, "run0")).to_have_count(0)
    until(book, "len(nbtrack.search_runs(run_view_type=3))", "2")


def test_a_change_made_while_a_cell_runs_is_shown_at_once(notebook: Open) -> None:
    book = shown(notebook, TRAIN.format(seconds=6))
    book.start(2)
    expect(row(book, "training")).to_be_visible()
    stand_on(book, "run1")
    book.page.keyboard.press("F2")
    book.page.keyboard.type("meanwhile")
    book.page.keyboard.press("Enter")
    expect(row(book, "meanwhile")).to_be_visible(timeout=1000)
    book.finish()
    until(book, NAMES, "['meanwhile', 'run0', 'run2', 'training']")


def test_what_another_writer_changed_meanwhile_is_left_and_said(notebook: Open) -> None:
    book = shown(notebook)
    page = book.page
    # The page still shows the old name when the change is sent: the rows of the kernel are held back.
    page.evaluate(
        """() => {
          const { state } = [...globalThis[Symbol.for('nbtrack.page')].views.values()].flatMap((s) => [...s])[0];
          const { edit } = state.outlet;
          state.outlet.edit = (change) => edit({ ...change, seen: { [change.runs[0]]: 'an older name' } });
        }"""
    )
    stand_on(book, "run1")
    page.keyboard.press("F2")
    page.keyboard.type("mine")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="was changed meanwhile")).to_be_visible()
    assert book.ask(NAMES) == "['run0', 'run1', 'run2']"
    expect(row(book, "run1")).to_be_visible()


@pytest.mark.parametrize("app", ["lab", "notebooks"])
def test_letters_typed_in_the_table_do_nothing_to_the_cells_of_the_notebook(notebook: Open, app: str) -> None:
    book = shown(notebook, "1", app=app)
    cells = "() => panel.content.widgets.map(({ model }) => `${model.type} ${model.id}`)"
    before = book.page.evaluate(cells)
    book.page.evaluate("() => { panel.content.mode = 'command'; }")
    row(book, "run1").locator("[data-column='2']").click()
    for keys in ("d d", "a", "b", "x", "Shift+d", "y", "r", "ArrowDown", "Shift+m"):
        for key in keys.split():
            book.page.keyboard.press(key)
        book.page.wait_for_timeout(100)
        assert book.page.evaluate(cells) == before, keys
        expect(book.page.locator(".nbt-grid [data-column]:focus")).to_have_count(1)
    # Outside of it the notebook's own keys work, and ours do not.
    book.page.evaluate(
        "() => { panel.content.activeCellIndex = 2; panel.content.mode = 'command'; panel.content.node.focus(); }"
    )
    book.page.locator(".jp-InputPrompt").last.click()
    book.page.keyboard.press("b")
    book.page.wait_for_function("(n) => panel.content.widgets.length === n + 1", arg=len(before))
    book.page.keyboard.press("Delete")
    book.page.wait_for_timeout(200)
    assert book.ask(NAMES) == "['run0', 'run1', 'run2']"


def test_the_code_copied_in_the_page_is_the_one_python_gives_and_gives_the_same_rows(notebook: Open) -> None:
    book = shown(notebook)
    page = book.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".nbt-root").get_by_role("combobox", name="Filter runs").first.fill("params.lr != '0.0'")
    page.keyboard.press("Escape")
    page.click('[data-name="metrics.loss"] .nbt-head-text')
    until(book, "dash.runs['tags.mlflow.runName'].tolist()", "['run1', 'run2']")
    page.locator(".nbt-top").get_by_role("button", name="Copy and export", exact=True).click()
    page.get_by_role("button", name="Python code for this table").click()
    expect(page.locator(".nbt-notice")).to_contain_text("Copied")
    code = page.evaluate("() => navigator.clipboard.readText()")
    assert book.ask("dash.code()") == repr(code)
    until(
        book, f"(exec({code!r}, place := {{}}), place['runs']['tags.mlflow.runName'].tolist())[1]", "['run1', 'run2']"
    )
    page.get_by_role("button", name="Group runs", exact=True).click()
    page.get_by_role("dialog", name="Group runs").get_by_label("lr").check()
    page.keyboard.press("Escape")
    page.click('[data-name="metrics.loss"] .nbt-head-text')
    until(book, "dash.runs['tags.mlflow.runName'].tolist()", "['run2', 'run1']")
    page.locator(".nbt-top").get_by_role("button", name="Copy and export", exact=True).click()
    page.get_by_role("button", name="Python code for this table").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('group=')")
    code = page.evaluate("() => navigator.clipboard.readText()")
    assert book.ask("dash.code()") == repr(code)
    assert book.ask(f"(exec({code!r}, place := {{}}), place['runs'].equals(dash.runs))[1]") == "True"


def test_a_view_is_kept_by_name_in_the_page_and_opened_in_python(notebook: Open) -> None:
    book = shown(notebook, "import nbtrack\nother = nbtrack.dashboard(view='good ones')")
    page = book.page
    page.locator(".nbt-root").get_by_role("combobox", name="Filter runs").first.fill("params.lr != '0.0'")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Saved views").click()
    page.get_by_label("Name of the view").fill("good ones")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="good ones", exact=True)).to_be_visible()
    book.run(2)
    assert book.ask("other.view['filter']") == repr("params.lr != '0.0'")
    assert book.ask("dash.saved_views()") == "['good ones']"
