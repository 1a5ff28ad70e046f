"""Does this name, or this text, look as if it were a secret, and what is kept in its place?"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import lru_cache

_WORDS = frozenset({
    "secret", "secrets", "token", "tokens", "password", "passwords", "passwd", "passphrase", "pwd", "pw", "auth",
    "credential", "credentials", "cookie", "cookies", "apikey", "apikeys", "dsn", "bearer", "otp", "pin",
})  # fmt: skip
_JOINED = ("apikey", "secretkey", "accesskey", "privatekey", "password", "passwd", "authtoken", "accesstoken")
# The forms of well-known keys: OpenAI, GitHub, GitLab, AWS, Hugging Face, Slack, Google, JSON web tokens, PEM; and a
# password inside an address. Each begins with a fixed word where a word begins, so that a megabyte of output is looked
# through in one go, whatever it holds.
_KEYS = re.compile(
    r"\b(?:sk-[\w-]{16,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|A[KS]IA[A-Z0-9]{16}|hf_\w{20,}"
    r"|xox[abprs]-[\w-]{10,}|AIza[\w-]{30,}|ya29\.[\w-]{20,}"
    r"|(?<![\w-])eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)",
    re.IGNORECASE,
)
_BEGINNINGS = (
    "sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "akia", "asia", "hf_", "xox", "aiza",
    "ya29.", "eyj",
)  # fmt: skip
_ADDRESS = re.compile(r"(?<=[a-z0-9])(://[^\s/:@'\"]{0,200}:)([^\s/@'\"]{1,500})(?=@)", re.IGNORECASE)
_PEM = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY")
_BLOCK = re.compile(rf"({_PEM.pattern}[A-Z ]{{0,40}}-----).+?(?=-----END|\Z)", re.DOTALL)
# Of environment variables the end of the name decides: AUTH_TYPE and TOKEN_FILE are settings.
_VARIABLE = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIAL|(?:TOKEN|KEY|PASS|PWD|AUTH|COOKIE|DSN|BEARER|OTP|PIN)S?_?\d*$",
    re.IGNORECASE,
)
_PLACE = re.compile(r"[/~.]|[A-Za-z]:[\\/]|\w+://[^@]*$")
_SHORTEST = 8  # characters of an environment variable's value that is looked for
HIDDEN = "…"
MASK = "[masked by nbtrack]"  # no character of it is escaped in JSON or HTML

_ENDINGS = ("key", "keys")  # api_key, AWS_KEY; a bare `key` or `sort_key` is left out too: better too few than one


@lru_cache(4096)
def looks_secret(name: str) -> bool:
    """`api_key`, `DB_PASSWORD`, `authToken`, `cfg.token`: yes. `monkey`, `tokenizer`, `max_tokens`: no."""
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]
    if not words or _counts_tokens(words):
        return False
    joined = "".join(words)
    return bool(_WORDS.intersection(words)) or words[-1] in _ENDINGS or any(part in joined for part in _JOINED)


def _counts_tokens(words: list[str]) -> bool:
    """`max_tokens`, `n_tokens` and `pad_token_id` belong to language models and are worth keeping."""
    counted = words[-1] == "tokens" and words[0] in {"max", "min", "n", "num", "total"}
    return counted or words[-2:] in (["token", "id"], ["token", "pattern"])


def holds_secret(text: str) -> bool:
    """Has the text anything in it that `masked` would cover?"""
    if len(text) < _SHORTEST:
        return False
    if _has_key(text) or _PEM.search(text) or _ADDRESS.search(text):
        return True
    return any(value in text for value in _secret_variables())


def masked(text: str) -> str:
    """The text with a mask over keys of well-known forms, passwords in addresses, and what secret environment variables
    (`*TOKEN`, `*KEY`, `*PASSWORD*`, `*SECRET*`, …) hold; the very same text where there is none of them."""
    for value in _secret_variables():
        text = text.replace(value, MASK)
    text = _BLOCK.sub(rf"\g<1>{MASK}", _ADDRESS.sub(rf"\g<1>{MASK}", text))
    return _KEYS.sub(MASK, text) if _has_key(text) else text


def _has_key(text: str) -> bool:
    lowered = text.lower()  # to look for the fixed words first takes a tenth of the time
    return any(word in lowered for word in _BEGINNINGS) and bool(_KEYS.search(text))


def _secret_variables() -> list[str]:
    """What the secret environment variables hold, longest first."""
    found = {value for name, value in os.environ.items() if _VARIABLE.search(name) and not _is_setting(value)}
    return sorted(found, key=len, reverse=True)


def _is_setting(value: str) -> bool:
    """A plain word, a path, or an address that names nobody: covering it would spoil texts and hide nothing."""
    classes = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    mixed = sum(any(map(is_one, value)) for is_one in classes) > 1
    return len(value) < _SHORTEST or not mixed or bool(_PLACE.match(value))


def without_secrets(arguments: Sequence[str]) -> list[str]:
    """A command's words, with `…` for what follows `--api-key`, for what `token=` is set to, and for known forms."""
    shown: list[str] = []
    hide_next = False
    for word in arguments:
        name, sign, _ = word.partition("=")
        secret = looks_secret(name.lstrip("-")) and (word.startswith("-") or bool(sign))
        if hide_next and not word.startswith("-"):
            shown.append(HIDDEN)
        elif secret and sign:
            shown.append(f"{name}={HIDDEN}")
        else:
            shown.append(HIDDEN if holds_secret(word) else word)
        hide_next = secret and not sign
    return shown
