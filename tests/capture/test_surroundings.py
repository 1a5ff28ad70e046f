"""What is kept of the cell's output, its repository, its packages and its notebook."""

from __future__ import annotations

import io
import sys

import pytest

from nbtrack.capture.environment import packages, system_tags
from nbtrack.capture.notebook import notebook_path
from nbtrack.capture.tee import Tee


class Stream(io.StringIO):
    """A stream that takes attributes, as ipykernel's and pytest's do."""


def test_printed_text_is_kept_and_still_goes_where_it_went(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream()
    monkeypatch.setattr(sys, "stdout", stream)
    tee = Tee()
    tee.start()
    print("kept")
    tee.stop()
    print("not kept")
    assert tee.text() == "kept\n"
    assert stream.getvalue() == "kept\nnot kept\n"
    assert "write" not in vars(stream)


def test_output_over_the_cap_is_counted_instead_of_kept() -> None:
    tee = Tee(cap=10)
    for _ in range(5):
        tee.add("äbc\n")
    assert tee.text() == "äbc\näbc\n\n… 15 more bytes were not kept\n"


def test_packages_are_listed_with_their_versions() -> None:
    listed = dict(line.split("==") for line in packages().splitlines())
    assert listed["numpy"] == __import__("numpy").__version__
    assert {"ipython", "pandas"} <= listed.keys()


def test_no_environment_variable_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SECRET", "hunter2")
    assert "hunter2" not in str(system_tags()) + packages()


def test_the_notebook_is_known_where_the_front_end_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/me/train.ipynb")
    assert notebook_path({}) == "/home/me/train.ipynb"
    assert notebook_path({"__vsc_ipynb_file__": "/b.ipynb"}) == "/b.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", "console-1")
    assert notebook_path({}) is None
