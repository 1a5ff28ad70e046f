"""Does this name look as if it held a secret?"""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = frozenset({
    "secret", "secrets", "token", "tokens", "password", "passwords", "passwd", "passphrase", "pwd", "pw", "auth",
    "credential", "credentials", "cookie", "cookies", "apikey", "apikeys", "dsn", "bearer", "otp", "pin",
})  # fmt: skip
_JOINED = ("apikey", "secretkey", "accesskey", "privatekey", "password", "passwd", "authtoken", "accesstoken")
_ENDINGS = ("key", "keys")  # api_key, AWS_KEY; a bare `key` is left out too: better too few than one
_SPECIAL = frozenset("pad bos eos cls sep unk mask special stop start end image video audio eot".split())
_INDEXING = frozenset(
    "sort order group groupby partition primary foreign index cache target label feature column monitor metric dict "
    "image text input output lookup join data dataset row record field sample batch query state".split()
)


@lru_cache(4096)
def looks_secret(name: str) -> bool:
    """`api_key`, `DB_PASSWORD`, `authToken`, `cfg.token`: yes. `monkey`, `tokenizer`, `max_tokens`, `sort_key`: no."""
    words = _words(name)
    if not words or _belongs_to_a_model(words) or is_index(name):
        return False
    joined = "".join(words)
    return bool(_WORDS.intersection(words)) or words[-1] in _ENDINGS or any(part in joined for part in _JOINED)


def is_index(name: str) -> bool:
    """`sort_key`, `PARTITION_KEY`: it names a column, or where something is found."""
    words = _words(name)
    return words[-1:] in (["key"], ["keys"]) and bool(_INDEXING.intersection(words[-2:-1]))


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def _belongs_to_a_model(words: list[str]) -> bool:
    """`max_tokens`, `pad_token` and `pad_token_id` belong to language models and are worth keeping."""
    counted = words[-1] == "tokens" and words[0] in {"max", "min", "n", "num", "total"}
    special = words[-1] in ("token", "tokens") and bool(_SPECIAL.intersection(words[-2:-1]))
    return counted or special or words[-2:] in (["token", "id"], ["token", "pattern"])


def hides_text(name: str, value: object) -> bool:
    """Does a value of this name stay out? Only text can be a secret: numbers, booleans and None are kept, and lists of
    them; so is `<pad>`."""
    return looks_secret(name) and _holds_text(value)


def _holds_text(value: object) -> bool:
    if value is None or isinstance(value, int | float | complex) or hasattr(value, "__float__"):
        return False
    if isinstance(value, dict):
        return any(_holds_text(inner) for inner in value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return any(_holds_text(inner) for inner in value)
    return not (isinstance(value, str) and _STANDS_FOR_ONE.fullmatch(value))


def is_plain(word: str) -> bool:
    """Is this word of a command line a number, a switch, None or `<pad>`?"""
    return bool(_NUMBER.fullmatch(word) or _STANDS_FOR_ONE.fullmatch(word))


_NUMBER = re.compile(r"[-+]?\d[\d_]*\.?\d*(?:e[-+]?\d+)?|[-+]?\.\d+", re.IGNORECASE)
_STANDS_FOR_ONE = re.compile(r"(?:true|false|none|null)|<[^<>]*>|\[[a-z_]+\]", re.IGNORECASE)
