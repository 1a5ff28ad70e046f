"""Pages of commits and comparisons, the same as in the browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nbtrack.git.web import commit_page, comparison_page

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "commit_links.json").read_text())
OLD, NEW = GOLDEN["old"], GOLDEN["new"]


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["remote"])
def test_pages_are_built_from_host_owner_and_name(case: dict[str, Any]) -> None:
    assert commit_page(case["remote"], OLD) == case["commit"]
    assert comparison_page(case["remote"], OLD, case["remote"], NEW) == case["comparison"]


def test_what_is_no_commit_has_no_page() -> None:
    remote = "https://github.com/ada/model"
    for commit in GOLDEN["no_commits"]:
        assert commit_page(remote, commit) is None
        assert comparison_page(remote, OLD, remote, commit) is None
        assert comparison_page(remote, commit, remote, NEW) is None


def test_commits_of_two_repositories_have_no_comparison() -> None:
    one, other = "https://github.com/ada/model", "https://github.com/eve/model"
    assert comparison_page(one, OLD, other, NEW) is None
    assert comparison_page(one, OLD, "git@github.com:ada/model.git", NEW) is not None
    assert comparison_page(one, OLD, one, OLD) is None
