# ruff: noqa: E501
"""What is said to a person who mistypes, and which scripts are read."""

from __future__ import annotations

from pathlib import Path

import pytest
from IPython.core.error import UsageError

from nbtrack.errors import InvalidValueError
from nbtrack.magics.arguments import Options, parse
from nbtrack.magics.script import run_script
from tests.magics.conftest import Notebook


def test_a_mistyped_command_or_option_is_answered_with_the_nearest(nb: Notebook) -> None:
    with pytest.raises(UsageError, match=r"unknown command 'lst'. Did you mean 'ls'\? Commands: ls, start"):
        nb.cell("%track lst").raise_error()
    with pytest.raises(UsageError, match=r"--no-captur.* Did you mean --no-capture\?"):
        parse("--no-captur")


@pytest.mark.parametrize(
    "script",
    [b"\xef\xbb\xbflr = 0.5\n", b"# -*- coding: latin-1 -*-\nname = '\xe9t\xe9'\nlr = 0.5\n", b"\xef\xbb\xbf# coding: utf-8\nlr = 0.5\n"],
)  # fmt: skip
def test_a_script_with_a_byte_order_mark_or_a_coding_line_runs(nb: Notebook, script: bytes) -> None:
    path = nb.folder / "train.py"
    path.write_bytes(script)
    assert run_script(path, [], Options())[1] == 0
    assert nb.run.data.params["lr"] == "0.5"


def test_a_script_that_is_not_there_is_named_with_its_folder(nb: Notebook) -> None:
    with pytest.raises(InvalidValueError, match=r"There is no script 'nosuch.py' in '.+'"):
        run_script(Path("nosuch.py"), [], Options())
