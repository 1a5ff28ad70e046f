"""Does this name, or this text, look as if it were a secret?"""

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
# password inside an address.
_FORMS = re.compile(
    r"\b(sk-[\w-]{16,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|A[KS]IA[A-Z0-9]{16}|hf_\w{20,}"
    r"|xox[abprs]-[\w-]{10,}|AIza[\w-]{30,}|ya29\.[\w-]{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|[a-z][a-z0-9+.-]*://[^\s/:@]*:[^\s/@]+@",
    re.IGNORECASE,
)
_SHORTEST = 8  # characters of an environment variable's value that is looked for
HIDDEN = "…"

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
    """Has the text the form of a key, or an address with a password in it, or the value of a secret environment
    variable?"""
    if len(text) < _SHORTEST:
        return False
    if _FORMS.search(text):
        return True
    secret = (value for name, value in os.environ.items() if len(value) >= _SHORTEST and looks_secret(name))
    return any(value in text for value in secret)


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
