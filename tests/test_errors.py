"""A warning points at the person's own line, or at none."""

from __future__ import annotations

import threading
import warnings

import pytest

from nbtrack import errors
from nbtrack.errors import NbtrackWarning, guard


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "_told", set())


def _fail() -> None:
    with guard("keep the code"):
        raise OSError("no space")


def test_a_warning_points_at_the_code_that_called() -> None:
    with pytest.warns(NbtrackWarning, match="could not keep the code: OSError: no space") as told:
        _fail()
    assert told[0].filename == __file__
    with pytest.warns(NbtrackWarning) as told:
        errors.warn_once("something else")
    assert told[0].filename == __file__


def test_a_warning_from_a_thread_of_nbtrack_points_at_no_library() -> None:
    def work() -> None:
        errors.warn_once("from a thread")

    work.__code__ = work.__code__.replace(co_filename=errors.__file__)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert [str(each.message) for each in told] == ["from a thread"]
    assert told[0].filename == "<nbtrack>"
