"""Does a dashboard look in JupyterLab as it does on a page of its own, and can everything in it be read?"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .jupyter import Notebook
from .test_host_focus import SHOW, STORE, Open, row
from .test_live import until

pytestmark = pytest.mark.browser

TABS = ("charts", "analyse", "compare", "run")

# Every computed property of every element, but those that follow from the width, and what a page says of itself.
STYLES = """() => {
  const skip = new RegExp('^(-|(inline|block)-size$|height$|width$|top$|left$|right$|bottom$|inset|grid-template|' +
    'perspective-origin|transform-origin)');
  const of = (e) => Object.fromEntries([...getComputedStyle(e)].filter((n) => !skip.test(n) && n !== 'color-scheme')
    .map((n) => [n, getComputedStyle(e).getPropertyValue(n)]));
  const found = {};
  const walk = (e, path) => {
    found[path] = of(e);
    if (e.tagName === 'svg') return; // drawn with the runs' colors at computed places
    const step = (child, i) => `${path}>${i}${child.tagName}.${child.getAttribute('class') ?? ''}`;
    [...e.children].forEach((child, i) => walk(child, step(child, i)));
  };
  walk(document.querySelector('.nbt-root'), '');
  return found;
}"""
VARIABLES = """() => {
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  const names = new Set(rules.flatMap((rule) => [...(rule.style ?? [])]).filter((name) => name.startsWith('--jp-')));
  const style = getComputedStyle(document.querySelector('.nbt-root'));
  const set = [...names].map((name) => [name, style.getPropertyValue(name)]);
  return set.filter(([, value]) => value).map(([name, value]) => `${name}:${value};`).join('');
}"""

# Words that are cut although there is room for them beside, and words that stand over others.
UNREADABLE = """() => {
  const root = document.querySelector('.nbt-root');
  const seen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const problems = [];
  for (const e of root.querySelectorAll('*')) {
    if (!seen(e) || e.closest('svg, .nbt-sr, .nbt-grid, input, select, textarea, .nbt-plot')) continue;
    const style = getComputedStyle(e);
    if (style.overflowX === 'visible' || style.textOverflow !== 'ellipsis') continue;
    const lacking = e.scrollWidth - e.clientWidth;
    const around = e.parentElement;
    const last = around.lastElementChild.getBoundingClientRect();
    const free = around.getBoundingClientRect().right - last.right - parseFloat(getComputedStyle(around).paddingRight);
    if (lacking > 1 && free > lacking + 24) problems.push(['cut', e.className, e.textContent.slice(0, 60)]);
  }
  const clip = (box, e) => {
    for (let up = e; up && root.contains(up); up = up.parentElement) {
      if (getComputedStyle(up).overflowX === 'visible') continue;
      const by = up.getBoundingClientRect();
      box = { left: Math.max(box.left, by.left), right: Math.min(box.right, by.right),
              top: Math.max(box.top, by.top), bottom: Math.min(box.bottom, by.bottom) };
    }
    return box;
  };
  const boxes = [];
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    const floats = '.nbt-hover, .nbt-sticky, .nbt-header, .nbt-pins, thead, tbody th, .uplot, svg, .nbt-sr, option';
    if (!texts.currentNode.textContent.trim() || !seen(e) || e.closest(floats)) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    for (const box of range.getClientRects()) {
      const part = clip(box, e);
      const isSeen = part.right - part.left > 3 && part.bottom - part.top > 3;
      if (isSeen) boxes.push([part, texts.currentNode.textContent.trim()]);
    }
  }
  boxes.forEach(([a, words], i) => boxes.slice(i + 1).forEach(([b, others]) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 3 && high > 5) problems.push(['over each other', words.slice(0, 40), others.slice(0, 40)]);
  }));
  return problems.slice(0, 20);
}"""


def shown(notebook: Open, *, dark: bool = False) -> Notebook:
    book = notebook(STORE, SHOW, dark=dark)
    page = book.page
    page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    book.run(0)
    book.run(1)
    expect(row(page, 2)).to_be_visible()
    select(page)
    return book


def select(page: Page) -> None:
    for line in (0, 1, 2):
        page.locator(f".nbt-lines [data-line='{line}'] .nbt-box").click()


def tab(page: Page, name: str) -> None:
    page.locator(f".nbt-tabs [data-tab={name}]").click()
    page.wait_for_timeout(600)
    page.mouse.move(2, 2)


def differences(ours: dict[str, Any], plain: dict[str, Any]) -> dict[str, str]:
    """Properties that differ, each with an element as an example."""
    found = {}
    for path in ours.keys() & plain.keys():
        for name, value in ours[path].items():
            if value != plain[path].get(name):
                found[f"{name}: {value} here, {plain[path].get(name)} on a plain page"] = path[-80:]
    return found


def test_no_style_of_jupyterlab_reaches_the_dashboard(notebook: Open, browser: Browser) -> None:
    book = shown(notebook)
    page = book.page
    until(book, "len(dash.selected)", "3")
    book.ask("dash.save_html('page.html')")
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    plain = context.new_page()
    plain.goto((book.path.parent / "page.html").as_uri())
    expect(row(plain, 2)).to_be_visible()
    width = page.evaluate("document.querySelector('.nbt-root').offsetWidth")
    plain.add_style_tag(content=f":root{{{page.evaluate(VARIABLES)}}} .nbt-mount{{width:{width}px}}")
    expect(plain.locator(".nbt-token")).to_be_visible()  # the same runs are selected
    for name in TABS:
        styles = []
        for each in (page, plain):
            tab(each, name)
            styles.append(each.evaluate(STYLES))
        assert len(styles[0].keys() & styles[1].keys()) > 300
        assert {k: v for k, v in differences(*styles).items() if not k.startswith(("opacity", "cursor"))} == {}, name
    context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_everything_can_be_read_at_every_width(notebook: Open, dark: bool) -> None:
    book = shown(notebook, dark=dark)
    page = book.page
    problems = []
    for width in (600, 1000, 1400):
        page.set_viewport_size({"width": width + 150, "height": 1000})
        page.wait_for_timeout(500)
        for name in TABS:
            tab(page, name)
            problems += [(width, name, *found) for found in page.evaluate(UNREADABLE)]
    assert problems == []
