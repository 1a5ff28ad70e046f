"""A repository whose own configuration names programs wherever git would run one."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.repository import git

KEYS = (
    "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "core.gitProxy",
    "core.alternateRefsCommand", "credential.helper", "pager.log", "pager.diff", "diff.external", "diff.evil.textconv",
    "diff.evil.command", "merge.evil.driver", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process",
    "filter.lfs.clean", "filter.lfs.smudge", "filter.lfs.process", "gpg.program", "gpg.ssh.program",
    "gpg.ssh.defaultKeyCommand", "remote.origin.uploadpack", "remote.origin.receivepack", "interactive.diffFilter",
    "trailer.x.command", "uploadpack.packObjectsHook", "sequence.editor", "ssh.variant",
)  # fmt: skip
HOOKS = (
    "applypatch-msg", "fsmonitor-watchman", "post-checkout", "post-commit", "post-index-change", "post-merge",
    "post-rewrite", "pre-auto-gc", "pre-commit", "pre-push", "prepare-commit-msg", "reference-transaction", "update",
)  # fmt: skip


def arm(root: Path, trap: Path, *, how: str = "config") -> None:
    """Make the repository at `root` name `trap` in each way. `how` says where: in its "config", or in a file that the
    configuration includes ("include"), or in that of the work tree ("worktree")."""
    if how == "include":
        git(root, "config", "include.path", str(root / "more.cfg"))
        git(root, "config", f"includeIf.gitdir:{root}/.path", str(root / "more.cfg"))
    if how == "worktree":
        git(root, "config", "core.repositoryformatversion", "1")
        git(root, "config", "extensions.worktreeConfig", "true")
    settings = dict.fromkeys(KEYS, str(trap)) | {
        "filter.evil.required": "true",
        "commit.gpgSign": "true",
        "tag.gpgSign": "true",
        "log.showSignature": "true",
        "core.hooksPath": str(root / "more-hooks"),
        "core.worktree": str(root.parent),
        "remote.origin.url": f"ext::{trap}",
        "remote.origin.vcs": "evil",
        "remote.origin.promisor": "true",
        "protocol.ext.allow": "always",
        "extensions.partialClone": "origin",
        "url.ext::sh.insteadOf": "https",
        "submodule.recurse": "true",
        "status.submoduleSummary": "true",
        "diff.ignoreSubmodules": "none",
    }
    text = "".join(_section(name, value) for name, value in settings.items())
    place = {"config": ".git/config", "include": "more.cfg", "worktree": ".git/config.worktree"}[how]
    with (root / place).open("a") as file:
        file.write(text)
    for folder in (root / ".git" / "hooks", root / "more-hooks"):
        folder.mkdir(exist_ok=True)
        for name in HOOKS:
            shutil.copy(trap, folder / name)
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "attributes").write_text("* diff=evil filter=evil merge=evil\n*.bin filter=lfs\n")


def _section(name: str, value: str) -> str:
    section, _, rest = name.partition(".")
    subsection, _, key = rest.rpartition(".")
    heading = f'[{section} "{subsection}"]' if subsection else f"[{section}]"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{heading}\n\t{key} = "{escaped}"\n'


def make_trap(folder: Path) -> tuple[Path, Path]:
    """A program, and the file that it writes when it is run."""
    sprung = folder / "sprung"
    trap = folder / "trap.sh"
    trap.write_text(f'#!/bin/sh\necho "$0 $*" >> "{sprung}"\ncat /dev/null\nexit 1\n')
    trap.chmod(0o755)
    return trap, sprung
