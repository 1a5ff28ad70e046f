"""On which page of a hosting service is a commit shown, and the comparison of two?

An address is built from host, owner and name alone: what else a remote holds (a user, a password, a port) is left out.
`js/src/data/commit_links.ts` does the same in the browser; golden cases hold the two together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbtrack.git.head import COMMIT_ID

_HOSTS = {
    "github.com": "github.com", "ssh.github.com": "github.com", "www.github.com": "github.com",
    "gitlab.com": "gitlab.com", "altssh.gitlab.com": "gitlab.com", "www.gitlab.com": "gitlab.com",
    "dagshub.com": "dagshub.com", "www.dagshub.com": "dagshub.com",
    "bitbucket.org": "bitbucket.org", "altssh.bitbucket.org": "bitbucket.org", "www.bitbucket.org": "bitbucket.org",
}  # fmt: skip
_COMMIT = {"github.com": "commit", "gitlab.com": "-/commit", "dagshub.com": "commit", "bitbucket.org": "commits"}
_COMPARISON = {
    "github.com": "compare/{old}...{new}",
    "gitlab.com": "-/compare/{old}...{new}",
    "dagshub.com": "compare/{old}...{new}",
    "bitbucket.org": "branches/compare/{new}%0D{old}",
}
_WITH_SCHEME = re.compile(r"(?:git\+)?(?:https?|ssh|git)://(?P<authority>[^/]*)/(?P<path>.*)", re.IGNORECASE)
_LIKE_SCP = re.compile(r"(?P<authority>[^/:]+):(?P<path>[^:]*)")
_SEGMENT = re.compile(r"[A-Za-z0-9_.~-]+")


@dataclass(frozen=True, slots=True)
class Hosted:
    """A repository on a known service. On GitLab the owner may be groups inside groups, `a/b/c`."""

    host: str
    owner: str
    name: str

    @property
    def url(self) -> str:
        return f"https://{self.host}/{self.owner}/{self.name}"


def hosted_repository(remote: str) -> Hosted | None:
    """Of `https://`, `ssh://`, `git://` and `git@host:owner/name` addresses; None for any other host or form."""
    found = _WITH_SCHEME.fullmatch(remote.strip()) or _LIKE_SCP.fullmatch(remote.strip())
    if found is None:
        return None
    host = found["authority"].rpartition("@")[2].partition(":")[0].rstrip(".").lower()
    *owners, name = found["path"].strip("/").removesuffix(".git").split("/")
    host = _HOSTS.get(host, "")
    segments = [*owners, name]
    if not host or not owners or (len(owners) > 1 and host != "gitlab.com"):
        return None
    if any(not _SEGMENT.fullmatch(each) or each in {".", ".."} for each in segments):
        return None
    return Hosted(host, "/".join(owners), name)


def commit_page(remote: str | None, commit: str | None) -> str | None:
    """The page of a commit; None where the service is not known."""
    hosted = hosted_repository(remote) if remote else None
    if hosted is None or not commit or not COMMIT_ID.fullmatch(commit):
        return None
    return f"{hosted.url}/{_COMMIT[hosted.host]}/{commit}"


def comparison_page(old_remote: str | None, old: str | None, new_remote: str | None, new: str | None) -> str | None:
    """The page of what changed between two commits of one repository; None where there is no such page."""
    if not old_remote or not new_remote or not old or not new or old == new:
        return None
    hosted = hosted_repository(new_remote)
    if hosted is None or hosted != hosted_repository(old_remote):
        return None
    if not COMMIT_ID.fullmatch(old) or not COMMIT_ID.fullmatch(new):
        return None
    return f"{hosted.url}/{_COMPARISON[hosted.host].format(old=old, new=new)}"
