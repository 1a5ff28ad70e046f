"""Commit, branch and remote, read from files."""

from __future__ import annotations

import pytest

from nbtrack.git.head import without_credentials


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://ada:secret@example.com/a/b.git", "https://example.com/a/b.git"),
        ("https://ghp_0123@github.com/a/b", "https://github.com/a/b"),
        ("https://ada:se#cr%40e?t@example.com:8443/a/b.git", "https://example.com:8443/a/b.git"),
        ("https://ada:p@ss@example.com/a/b.git", "https://example.com/a/b.git"),
        ("https://ada:pa/ss@example.com/a/b.git", "https://example.com/a/b.git"),
        ("https://example.com:8443/@scope/b.git", "https://example.com:8443/@scope/b.git"),
        ("ssh://git@example.com:22/a/b.git", "ssh://git@example.com:22/a/b.git"),
        ("ssh://ada:pw@example.com/a/b.git", "ssh://example.com/a/b.git"),
        ("git@github.com:a/b.git", "git@github.com:a/b.git"),
        ("ada@example.com:a/b.git", "ada@example.com:a/b.git"),
        ("/home/ada/b.git", "/home/ada/b.git"),
        ("../b.git", "../b.git"),
    ],
)
def test_the_password_of_a_remote_is_left_out(address: str, kept: str) -> None:
    assert without_credentials(address) == kept
