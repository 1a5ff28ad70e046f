"""Does this name look as if its value were a secret?"""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = frozenset({
    "secret", "secrets", "token", "tokens", "password", "passwords", "passwd", "passphrase", "pwd", "pw", "auth",
    "credential", "credentials", "cookie", "cookies", "apikey", "apikeys", "dsn", "bearer", "otp", "pin",
})  # fmt: skip
_JOINED = ("apikey", "secretkey", "accesskey", "privatekey", "password", "passwd", "authtoken", "accesstoken")
_ENDINGS = ("key", "keys")  # api_key, AWS_KEY; a bare `key` or `sort_key` is left out too: better too few than one


@lru_cache(10_000)
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
