"""What does the `nbtrack` command print, and how does it fail?"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pandas
import pytest

from nbtrack.cli import main
from nbtrack.dashboard.plain import plain_text
from nbtrack.entities import Metric, Param, RunStatus
from nbtrack.frame import frame_of
from nbtrack.magics.tables import Table
from nbtrack.stores import open_store


@pytest.fixture
def place(tmp_path: Path) -> str:
    """A store with three runs: two of `digits` and one of `wine`."""
    folder = tmp_path / "mlruns"
    store = open_store(folder)
    for number, (experiment, name, loss) in enumerate(
        [("digits", "a", 0.5), ("digits", "b", 0.25), ("wine", "c", float("nan"))]
    ):
        known = store.experiment_by_name(experiment)
        target = known.experiment_id if known else store.create_experiment(experiment)
        made = store.create_run(
            target, run_name=name, user_id="x", start_time=1000 + number, tags={"mlflow.runName": name}
        )
        store.log_batch(made.info.run_id, [Metric("loss", loss, 1000)], [Param("lr", str(number))])
        store.update_run(made.info.run_id, status=RunStatus.FINISHED, end_time=5000)
    return str(folder)


def names(text: str) -> list[str]:
    return [line.split()[1] for line in text.splitlines()[1:]]


def test_ls_lists_runs_newest_first(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", "--store", place]) == 0
    printed = capsys.readouterr().out
    assert names(printed) == ["c", "b", "a"]
    assert "loss" in printed
    assert "0.25" in printed


def test_ls_takes_a_filter_and_an_order(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", "metrics.loss < 1", "--order", "metrics.loss desc", "--store", place]) == 0
    assert names(capsys.readouterr().out) == ["a", "b"]


def test_ls_of_one_experiment_shows_only_its_runs(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", "-e", "wine", "--store", place]) == 0
    assert names(capsys.readouterr().out) == ["c"]


def test_ls_says_how_many_runs_it_left_out(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", "-n", "1", "--store", place]) == 0
    printed = capsys.readouterr()
    assert names(printed.out) == ["c"]
    assert "2 more" in printed.err


def test_ls_json_is_strict_json_even_with_nan(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", "--json", "--store", place]) == 0

    def refuse(word: str) -> float:
        raise AssertionError(f"{word} is no JSON")

    runs = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert [run["info"]["run_name"] for run in runs] == ["c", "b", "a"]
    assert [run["data"]["metrics"]["loss"] for run in runs] == ["nan", 0.25, 0.5]
    assert runs[0]["info"]["experiment_name"] == "wine"


def test_export_writes_one_line_per_run(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--csv", "-e", "digits", "--store", place]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["experiment_name"], row["params.lr"], row["metrics.loss"]) for row in rows] == [
        ("digits", "1", "0.25"),
        ("digits", "0", "0.5"),
    ]


def test_export_writes_as_text_what_a_spreadsheet_would_run(place: str, tmp_path: Path) -> None:
    run_as_formula = ["=cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "+A1", "\t=1", "\r=1", "\n=1"]
    kept = ["-1.5e-3", "+2", "-.5", "x\r=1"]
    store = open_store(place)
    run = store.snapshot().rows[0].run.info.run_id
    given = {f"p{n}": value for n, value in enumerate([*run_as_formula, *kept])}
    store.log_batch(run, params=[Param(key, value) for key, value in given.items()])
    assert main(["export", "--csv", "-o", str(tmp_path / "runs.csv"), "--store", place]) == 0
    assert main(["export", "--zip", "-o", str(tmp_path / "runs.zip"), "--store", place]) == 0
    with zipfile.ZipFile(tmp_path / "runs.zip") as archive:
        archive.extract("runs.csv", tmp_path / "out")
    for path in (tmp_path / "runs.csv", tmp_path / "out" / "runs.csv"):
        with path.open(newline="") as file:
            (row,) = [row for row in csv.DictReader(file) if row["run_id"] == run]
        assert [row[f"params.p{n}"] for n in range(len(given))] == [
            *(f"'{each}" for each in run_as_formula),
            *kept,
        ]


def test_export_to_a_file_keeps_stdout_empty(place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "runs.csv"
    assert main(["export", "--csv", "-o", str(target), "--store", place]) == 0
    assert capsys.readouterr().out == ""
    assert len(target.read_text().splitlines()) == 4


def test_export_to_an_archive_holds_a_store_that_opens(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(place)
    (run,) = [row.run for row in store.snapshot().rows if row.run.info.run_name == "b"]
    store.write_artifact(run.info.run_id, "notes/why.txt", b"because")
    target = tmp_path / "runs.zip"
    assert main(["export", "--zip", "-o", str(target), "-e", "digits", "--store", place]) == 0
    assert capsys.readouterr().err.endswith(f"2 runs in {target}\n")
    with zipfile.ZipFile(target) as archive:
        archive.extractall(tmp_path / "out")
    assert len((tmp_path / "out" / "runs.csv").read_text().splitlines()) == 3
    unpacked = open_store(tmp_path / "out" / "mlruns")
    assert {row.run.info.run_name for row in unpacked.snapshot().rows} == {"a", "b"}
    assert unpacked.read_artifact(run.info.run_id, "notes/why.txt") == b"because"
    assert unpacked.run(run.info.run_id).data == store.run(run.info.run_id).data


def test_export_to_parquet_gives_the_same_table(place: str, tmp_path: Path) -> None:
    assert main(["export", "--parquet", "-o", str(tmp_path / "runs.parquet"), "--store", place]) == 0
    cells = pandas.read_parquet(tmp_path / "runs.parquet")
    assert cells["metrics.loss"].tolist()[1:] == [0.25, 0.5]
    assert cells["params.lr"].tolist() == ["2", "1", "0"]
    assert str(cells["start_time"].dtype).startswith("datetime64")


def test_export_of_an_archive_wants_a_file(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--zip", "--store", place]) == 2
    assert "-o FILE" in capsys.readouterr().err


def test_html_writes_one_page_that_holds_the_runs(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "runs.html"
    assert main(["html", str(target), "params.lr = '1'", "-e", "digits", "--store", place]) == 0
    assert capsys.readouterr().err.startswith("1 run in ")
    page = target.read_text()
    assert "Content-Security-Policy" in page
    assert "nbt-front" in page
    assert main(["html", str(target), "params.lr ~ 1", "--store", place]) == 2


def test_html_holds_only_the_runs_and_charts_that_were_chosen(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "runs.html"
    words = ["html", str(target), "--store", place]
    assert main([*words, "--run", "a", "--run", "c", "--chart", "loss", "--chart", "importance"]) == 0
    assert "2 runs in" in capsys.readouterr().err
    data = json.loads(re.search(r'class="nbt-data">(.*?)</script>', target.read_text())[1])
    (drawn,) = data["view"]["chart"]["metrics"]
    assert (drawn, data["view"]["tab"], data["view"]["analyse"]["kind"]) == ("loss", "charts", "importance")
    assert len(data["selected"]) == 2
    assert [(each["name"], each["runs"]) for each in data["status"]["experiments"]] == [("wine", 1), ("digits", 1)]
    assert main([*words, "--run", "a", "loss"]) == 2
    assert main([*words, "--chart", "lose"]) == 2
    assert "Did you mean 'loss'?" in capsys.readouterr().err
    assert main([*words, "--view", "never saved"]) == 2
    assert "no view 'never saved'" in capsys.readouterr().err


def test_a_filter_may_stand_behind_the_options(place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = str(tmp_path / "runs.html")
    assert main(["html", target, "-e", "digits", "--store", place, "params.lr = '1'"]) == 0
    assert capsys.readouterr().err.startswith("1 run in ")
    with pytest.raises(SystemExit):
        main(["html", target, "--store", place, "params.lr = '1'", "more"])
    assert "unrecognized arguments: params.lr = '1' more" in capsys.readouterr().err


def test_doctor_is_content_with_a_sound_store(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--store", place]) == 0
    assert "3 runs in 2 experiments, nothing damaged" in capsys.readouterr().out
    assert main(["doctor", "--json", "--store", place]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["runs"], told["experiments"], told["damages"]) == (3, 2, [])


def test_doctor_names_the_damaged_file_and_what_to_do(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    metric = next(Path(place).rglob("metrics/loss"))
    metric.write_text("not a metric\n")
    assert main(["doctor", "--store", place]) == 1
    path, problem, remedy, total = capsys.readouterr().out.splitlines()
    assert str(metric) == path or path.endswith("metrics/loss")
    assert problem.strip()
    assert remedy.strip()
    assert "1 damaged place" in total


@pytest.mark.parametrize(
    ("words", "said", "below"),
    [
        (["ls", "metrics.loss >"], "Expected a number", ["    metrics.loss >", "                  ^"]),
        (["ls", "-e", "nosuch"], "no experiment 'nosuch'", []),
        (["export", "--csv", "-o", "/nosuch/folder/runs.csv"], "/nosuch/folder", []),
    ],
)
def test_a_mistake_is_one_line_and_status_2_and_one_in_a_filter_shows_its_place(
    place: str, words: list[str], said: str, below: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--store", place]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    first, *rest = printed.err.splitlines()
    assert said in first
    assert rest == below


def test_a_folder_without_a_store_is_said_and_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert main(["ls"]) == 2
    assert "There is no store at" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_show_tells_of_one_run_and_its_files(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    store = open_store(place)
    (run,) = [row.run for row in store.snapshot().rows if row.run.info.run_name == "b"]
    store.write_artifact(run.info.run_id, "notes/why.txt", b"because")
    assert main(["show", "b", "--store", place]) == 0
    printed = capsys.readouterr().out
    assert "lr=1" in printed
    assert "0.25" in printed
    assert "notes/why.txt" in printed
    assert main(["show", run.info.run_id[:10], "--json", "--store", place]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["data"]["metrics"] == {"loss": 0.25}
    assert shown["files"] == [{"path": "notes/why.txt", "size": 7}]


def test_show_of_an_unknown_run_says_how_to_find_one(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "nobody", "--store", place]) == 2
    assert "`nbtrack ls`" in capsys.readouterr().err


def test_diff_names_what_is_different(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "a", "b", "--store", place]) == 0
    printed = capsys.readouterr().out
    assert "lr 0 → 1" in printed
    assert "loss 0.5 → 0.25" in printed
    assert "\x1b" not in printed
    assert main(["diff", "a", "b", "--json", "--store", place]) == 0
    assert json.loads(capsys.readouterr().out)["params"] == [{"key": "lr", "old": "0", "new": "1", "verdict": ""}]


def test_rm_and_restore_take_runs_out_of_sight_and_bring_them_back(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rm", "a", "c", "--store", place]) == 0
    main(["ls", "--store", place])
    assert names(capsys.readouterr().out.split("c\n")[-1]) == ["b"]
    assert main(["ls", "--deleted", "--store", place]) == 0
    assert "  a  " in capsys.readouterr().out
    assert main(["restore", "a", "--store", place]) == 0
    assert main(["restore", "--where", "", "--yes", "--store", place]) == 0
    capsys.readouterr()
    main(["ls", "--store", place])
    assert names(capsys.readouterr().out) == ["c", "b", "a"]


def test_rm_and_restore_tell_a_program_which_runs_they_took(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("rm", "restore"):
        assert main([command, "a", "b", "--json", "--store", place]) == 0
        said = capsys.readouterr()
        assert [each["run_name"] for each in json.loads(said.out)] == ["a", "b"]
        assert "brings them back" in said.err or command == "restore"


def test_rm_by_filter_touches_nothing_without_consent(
    place: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))  # not a terminal: nobody was asked
    assert main(["rm", "--where", "metrics.loss < 1", "--store", place]) == 2
    assert "2 runs match, and none was touched" in capsys.readouterr().err
    assert main(["rm", "--where", "metrics.loss < 1", "-y", "--store", place]) == 0
    capsys.readouterr()
    main(["ls", "--store", place])
    assert names(capsys.readouterr().out) == ["c"]


def test_rm_of_several_runs_deletes_none_when_one_is_unknown(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rm", "a", "nobody", "--store", place]) == 2
    capsys.readouterr()
    main(["ls", "--store", place])
    assert names(capsys.readouterr().out) == ["c", "b", "a"]


STRANGE = "\x1b[2J\x1b]0;owned\x07 \u202egnp.exe\u202c\u2066\u200f\u2028\r\x08"


def test_a_strangers_names_and_values_cannot_steer_the_terminal(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    store = open_store(place)
    one, other = (row.run.info.run_id for row in store.snapshot().rows[:2])
    for run, value in ((one, STRANGE), (other, "plain")):
        store.log_batch(run, params=[Param("odd", value)])
        store.update_run(run, run_name=f"{value} name")
    for command in (["ls"], ["show", one], ["diff", one, other]):
        assert main([*command, "--store", place]) == 0
        printed = capsys.readouterr().out
        assert "gnp.exe" in printed
        assert [each for each in printed if not each.isprintable() and each != "\n"] == [], command
    table = Table([STRANGE, "name"], [[STRANGE, STRANGE]], [False] * 2).as_text()
    assert all(each.isprintable() or each == "\n" for each in table)
    assert all(each.isprintable() or each == "\n" for each in plain_text(frame_of(store.snapshot().rows), "runs"))


def test_a_table_fits_the_terminal_and_says_what_it_left_out() -> None:
    table = Table(
        ["", "name", "id", "loss"], [["✓", "日本", "12345678", "0.5"], ["✗", "plain", "87654321", "0.25"]], [False] * 4
    )
    assert table.as_text().splitlines()[1:] == ["✓  日本   12345678  0.5", "✗  plain  87654321  0.25"]
    assert table.as_text(most=20).splitlines() == [
        "   name   id",
        "✓  日本   12345678",
        "✗  plain  87654321",
        "(too narrow for loss)",
    ]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["lss"], "Did you mean 'ls'?"),
        (["exprot"], "Did you mean 'export'?"),
        (["ls", "--ordr", "x"], "Did you mean --order?"),
        (["show", "-1", "--stroe=x"], "Did you mean --store?"),
    ],
)
def test_a_mistyped_command_or_option_is_answered_with_the_nearest(
    words: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(words)
    assert meant in capsys.readouterr().err


@pytest.mark.parametrize("words", [["show"], ["diff", "baseline"], ["rm"]])
def test_a_mistyped_name_of_a_run_is_answered_with_the_nearest(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(tmp_path / "mlruns")
    store.create_run(
        store.create_experiment("x"),
        run_name="baseline",
        user_id="x",
        start_time=1,
        tags={"mlflow.runName": "baseline"},
    )
    assert main([*words, "baselin-", "--store", str(tmp_path / "mlruns")]) == 2
    assert "Did you mean 'baseline'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("metrics.nope", "No run has metrics.nope, so it orders nothing."),
        ("metrics.los desc", "No run has metrics.los, so it orders nothing. Did you mean metrics.loss?"),
        ("metrics.loss", ""),
        ("loss", ""),
        ("start_time", ""),
        ("tags.mlflow.runName", ""),
    ],
)
def test_an_order_by_what_no_run_has_says_so(
    place: str, key: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ls", "--order", key, "--store", place]) == 0
    assert capsys.readouterr().err.replace("nbtrack: ", "").strip().startswith(said or "")
    assert main(["ls", "--order", key, "--store", place]) == 0
    assert bool(capsys.readouterr().err) == bool(said)
