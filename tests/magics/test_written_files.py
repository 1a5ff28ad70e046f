"""Files that a tracked cell, block or script writes below the working folder are artifacts of its run."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from IPython.utils.capture import capture_output

import nbtrack
from nbtrack.magics.arguments import Options
from nbtrack.magics.script import run_script
from nbtrack.stores.walk import all_files
from nbtrack.tracking.client import MlflowClient
from tests.magics.conftest import Notebook

NOTED = {"cell.py", "inputs.json", "requirements.txt", "output.txt"}


def put(path: str, content: str | bytes) -> None:
    with open(path, "wb" if isinstance(content, bytes) else "w") as file:
        file.write(content)


@pytest.fixture(autouse=True)
def _put_is_there(nb: Notebook) -> None:
    nb.ip.user_ns["put"] = put


def kept(nb: Notebook) -> set[str]:
    """The files of the newest run that are not what every tracked cell keeps."""
    return {file.path for file in all_files(nb.store, nb.runs[-1].info.run_id)} - NOTED


WRITERS = {
    "toy_model.pkl": "import pickle\nwith open('toy_model.pkl', 'wb') as f:\n    pickle.dump([1], f)",
    "notes.txt": "from pathlib import Path\nPath('notes.txt').write_text('x')",
    "arrays/a.npy": "import os, numpy as np\nos.makedirs('arrays')\nnp.save('arrays/a.npy', np.arange(3))",
    "model.joblib": "import joblib\njoblib.dump({'a': 1}, 'model.joblib')",
    "out/table.csv": (
        "from pathlib import Path\nimport pandas as pd\nPath('out').mkdir()\n"
        "pd.DataFrame({'a': [1]}).to_csv('out/table.csv')"
    ),
    "loss.png": (
        "import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\nplt.figure()\n"
        "plt.savefig('loss.png')\nplt.close('all')"
    ),
    "final.bin": "import os\nput('part.tmp', b'1')\nos.replace('part.tmp', 'final.bin')",
    "best/w.bin": "import os\nos.mkdir('tmp')\nput('tmp/w.bin', '1')\nos.rename('tmp', 'best')",
    "moved.txt": "import shutil\nput('a.txt', '1')\nshutil.move('a.txt', 'moved.txt')",
    "copy.txt": "import os\nput('a.txt', '1')\nos.link('a.txt', 'copy.txt')\nos.remove('a.txt')",
    "low.bin": "import os\nd = os.open('low.bin', os.O_CREAT | os.O_WRONLY)\nos.write(d, b'1')\nos.close(d)",
    "by_command.txt": "!echo hello > by_command.txt",
    "deep/er/x.txt": "import os\nos.makedirs('deep/er')\n!echo hello > deep/er/x.txt",
    "sub/y.txt": "import os\nos.mkdir('sub')\nos.chdir('sub')\nput('y.txt', '1')\nos.chdir('..')",
    "data.sqlite": "import sqlite3\nc = sqlite3.connect('data.sqlite')\nc.execute('create table t (a)')\nc.close()",
}


@pytest.mark.parametrize("path", WRITERS)
def test_what_the_cell_writes_is_an_artifact_by_its_relative_path(nb: Notebook, path: str) -> None:
    assert nb.cell(f"%%track\n{WRITERS[path]}").success
    assert kept(nb) == {path}
    run_id = nb.run.info.run_id
    assert nb.store.read_artifact(run_id, path) == (nb.folder / path).read_bytes()


def test_an_absolute_path_through_a_link_to_the_working_folder_counts(nb: Notebook, tmp_path: Path) -> None:
    link = tmp_path.parent / f"{tmp_path.name}-link"
    link.symlink_to(tmp_path)
    nb.cell(f"%%track\nput({str(link / 'a.txt')!r}, '1')")
    assert kept(nb) == {"a.txt"}


UNWRITTEN = {
    "read only": "from pathlib import Path\nPath('old.txt').read_text()",
    "opened to append, and nothing appended": "open('old.txt', 'a').close()",
    "deleted again": "import os\nput('a.txt', '1')\nos.remove('a.txt')",
    "outside": "import os, tempfile\nd = tempfile.mkdtemp()\nput(d + '/a.txt', '1')",
    "hidden": "put('.env', 'A=1')",
    "in a hidden folder": "import os\nos.mkdir('.cache')\nput('.cache/a', '1')",
    "a cache": "import os\nos.mkdir('__pycache__')\nput('__pycache__/a.pyc', '1')",
    "a marked cache": "import os\nos.mkdir('c')\nopen('c/CACHEDIR.TAG', 'w').close()\nput('c/a', '1')",
    "an environment": "import os\nos.mkdir('e')\nopen('e/pyvenv.cfg', 'w').close()\nput('e/a', '1')",
    "of the store": "put('mlruns/a.txt', '1')",
    "another store": (
        "import nbtrack\nc = nbtrack.MlflowClient('other')\nr = c.create_run(c.create_experiment('x'))\n"
        "c.log_metric(r.info.run_id, 'm', 1)"
    ),
    "a link": "import os\nos.symlink('/etc/hostname', 'a')",
    "through a link to a folder": "import os, tempfile\nos.symlink(tempfile.mkdtemp(), 'd')\nput('d/a', '1')",
    "a device": "put('/dev/null', '1')",
    "a pipe": "import os\nos.mkfifo('pipe')",
}


@pytest.mark.parametrize("body", UNWRITTEN.values(), ids=UNWRITTEN)
def test_what_is_not_the_cells_work_is_no_artifact(nb: Notebook, body: str) -> None:
    nb.cell("put('old.txt', 'old')")
    assert nb.cell(f"%%track\n{body}").success
    assert kept(nb) == set()


@pytest.mark.parametrize("mode", ["w", "a", "r+"])
def test_a_file_that_was_there_is_kept_as_rewritten(nb: Notebook, mode: str) -> None:
    nb.cell("put('old.txt', 'old ')")
    nb.cell(f"%%track\nwith open('old.txt', {mode!r}) as f:\n    f.write('newer')")
    assert nb.artifact("old.txt") == (nb.folder / "old.txt").read_text()


def test_a_notebook_or_module_that_its_editor_saves_meanwhile_is_none_of_the_cells(nb: Notebook) -> None:
    nb.cell("%%track\n!echo '{}' > n.ipynb; echo 'x = 1' > m.py; echo 'ok' > r.txt")
    assert kept(nb) == {"r.txt"}
    nb.cell("%%track\nput('m.py', 'x = 2')")
    assert kept(nb) == {"m.py"}


def test_what_a_file_of_nbtracks_own_name_holds_stands_below_files(nb: Notebook) -> None:
    nb.cell("%%track\nprint('said')\nput('output.txt', 'mine')\nput('cell.py', 'y')")
    assert nb.artifact("output.txt") == "said\n"
    assert nb.artifact("files/output.txt") == "mine"
    assert nb.artifact("cell.py").startswith("%%track")
    assert nb.artifact("files/cell.py") == "y"


def test_what_the_cell_logs_itself_is_kept_once(nb: Notebook) -> None:
    nb.cell(
        "%%track\nimport os, nbtrack\nput('a.txt', '1')\nnbtrack.log_artifact('a.txt', 'mine')\n"
        "os.mkdir('d')\nput('d/b.txt', '1')\nnbtrack.log_artifacts('d', 'more')"
    )
    assert kept(nb) == {"mine/a.txt", "more/b.txt"}


def test_what_an_inner_run_logs_is_not_in_the_cells_run_too(nb: Notebook) -> None:
    nb.cell(
        "%%track outer\nimport nbtrack\nwith nbtrack.start_run(run_name='inner', nested=True):\n"
        "    put('a.txt', '1')\n    nbtrack.log_artifact('a.txt')"
    )
    files = {run.info.run_name: {f.path for f in all_files(nb.store, run.info.run_id)} - NOTED for run in nb.runs}
    assert files == {"outer": set(), "inner": {"a.txt"}}


def test_a_file_that_is_written_again_after_it_was_logged_replaces_nothing(nb: Notebook) -> None:
    nb.cell(
        "%%track\nimport time, nbtrack\nput('a.txt', '1')\nnbtrack.log_artifact('a.txt')\ntime.sleep(0.05)\n"
        "put('a.txt', '2')"
    )
    assert (nb.artifact("a.txt"), nb.artifact("files/a.txt")) == ("1", "2")


def test_a_tracked_block_inside_the_cell_has_its_own_files(nb: Notebook) -> None:
    nb.cell(
        "%%track outer\nimport nbtrack\nput('a.txt', '1')\nwith nbtrack.track('inner'):\n"
        "    put('b.txt', '1')\n    get_ipython().system('echo 1 > c.txt')\nput('d.txt', '1')"
    )
    files = {run.info.run_name: {f.path for f in all_files(nb.store, run.info.run_id)} - NOTED for run in nb.runs}
    assert files == {"outer": {"a.txt", "d.txt"}, "inner": {"b.txt", "c.txt"}}


def test_a_later_cell_of_the_run_replaces_what_an_earlier_one_wrote(nb: Notebook) -> None:
    nb.cell("%track start")
    nb.cell("put('a.txt', '1')")
    nb.cell("put('a.txt', '22')")
    nb.cell("%track end")
    assert nb.artifact("a.txt") == "22"
    assert "files/a.txt" not in kept(nb)


def test_a_file_that_is_too_large_is_listed_with_size_and_hash_and_on_the_card(nb: Notebook) -> None:
    with capture_output() as shown:
        nb.cell("%%track\nput('big.bin', b'x' * 10_000_001)\nput('a.txt', '1')")
    assert kept(nb) == {"a.txt", "files_left_out.json"}
    (told,) = json.loads(nb.artifact("files_left_out.json"))
    digest = hashlib.sha256(b"x" * 10_000_001).hexdigest()
    assert told == {"path": "big.bin", "size": 10_000_001, "reason": "over 10 MB", "sha256": digest}
    assert "big.bin (10.0 MB): over 10 MB" in str([output.data for output in shown.outputs])


def test_of_many_files_the_first_are_kept(nb: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    nb.cell("%%track\nfor i in range(250):\n    put(f'{i:03}.txt', '1')")
    assert {path for path in kept(nb) if path.endswith(".txt")} == {f"{i:03}.txt" for i in range(200)}
    assert len(json.loads(nb.artifact("files_left_out.json"))) == 50


def test_all_together_have_a_limit(nb: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nbtrack.capture.options, "written_total_megabytes", 0.001)
    nb.cell("%%track\nfor i in range(3):\n    put(f'{i}.txt', '1' * 400)")
    assert kept(nb) == {"0.txt", "1.txt", "files_left_out.json"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("server.pem", "x"),
        ("id_rsa", "x"),
        ("credentials.json", "{}"),
        ("prod.env", "A=1"),
        ("config.json", '{"api": "sk-abcdefghijklmnop1234"}'),
    ],
)
def test_secrets_are_named_and_not_kept(nb: Notebook, name: str, content: str) -> None:
    nb.cell(f"text = {content!r}")
    nb.cell(f"%%track\nput({name!r}, text)")
    assert kept(nb) == {"files_left_out.json"}
    (told,) = json.loads(nb.artifact("files_left_out.json"))
    assert (told["path"], told["sha256"]) == (name, None)


def test_what_git_ignores_is_not_kept(nb: Notebook) -> None:
    subprocess.run(["git", "init", "-q", "."], check=True, cwd=nb.folder)
    (nb.folder / ".gitignore").write_text("*.pkl\nscratch/\n")
    nb.cell("%%track\nimport os\nput('a.pkl', '1')\nput('a.txt', '1')\nos.mkdir('scratch')\nput('scratch/b.txt', '1')")
    assert kept(nb) == {"a.txt"}


def test_it_can_be_switched_off(nb: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    nb.cell("%%track --no-capture\nput('a.txt', '1')")
    assert kept(nb) == set()
    monkeypatch.setattr(nbtrack.capture.options, "written_files", False)
    nb.cell("%%track\nput('a.txt', '1')")
    assert kept(nb) == set()


def test_a_cell_that_fails_keeps_what_it_wrote(nb: Notebook) -> None:
    nb.cell("%%track\nput('a.txt', '1')\n1/0")
    assert kept(nb) == {"a.txt", "traceback.txt"}


def test_a_block_and_a_script_keep_their_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = str(tmp_path / "mlruns")
    client = MlflowClient(store)
    with nbtrack.track("block", store=store) as run:
        Path("a.txt").write_text("1")
    assert run is not None
    assert "a.txt" in {file.path for file in all_files(client.store, run.info.run_id)}
    script = tmp_path / "train.py"
    script.write_text("with open('b.txt', 'w') as f:\n    f.write('1')")
    run_id, status = run_script(script, [], Options(store=store))
    assert (run_id is not None, status) == (True, 0)
    assert "b.txt" in {file.path for file in all_files(client.store, run_id or "")}
