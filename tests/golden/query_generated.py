"""Which random filters and orders must both languages answer alike? Writes query_generated.json from a fixed seed.

    python -m tests.golden.query_generated

Trees are random and deep; the answers are Python's, which is held to MLflow by tests/interop/test_query_mlflow.py.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from nbtrack.errors import QueryError
from nbtrack.frame import Frame
from nbtrack.query import mask, order
from tests.golden.query_frames import frame_from, told

FILE = Path(__file__).with_suffix(".json")
NOW = 1_795_000_000_000
ROWS = 40
WORDS = (
    "adam", "Adam", "sgd", "0.1", "1e-3", "-5", "inf", "nan", "1_000", "0x10", " 1", "٣", "", "a\nb", "b\n",
    "Straße", "STRASSE", "İ", "i", "ı", "ſ", "s", "ΣΑΣ", "σας", "😀", "😀😀", "ﬀ", "%", "_", "a'b", 'c"d', "1.", ".5",
    "+7", "1e400", "Infinity", "9007199254740992", "9007199254740993", "9223372036854775807", "9223372036854775806",
    "-9007199254740993", "+9007199254740993", "18446744073709551615", "9007199254740993.0",
    "99999999999999999999999999",
)  # fmt: skip
NUMBERS = (0.0, -0.0, 0.5, 1.0, -1.5, 3e-9, 1e300, 7.0, float("nan"), float("inf"), float("-inf"))
METRICS = (
    "metrics.loss", "metrics.acc", "metrics.loss.min", "metrics.`val/acc`", "metrics.acc.max", "metrics.acc.best",
    "metrics.loss.best", "metrics.loss.first", "metrics.loss.last", 'metrics."loss".min', "metrics.none",
    "metrics.val/acc",
)  # fmt: skip
LABELS = ("params.lr", "params.`batch size`", "tags.note", "tags.'ü'", "params.none", "param.lr")
TEXTS = ("status", "run_name", "attributes.run_id", "user_id", "`run name`")
OPERATORS = ("=", "!=", "<", "<=", ">", ">=")


def frame(random: Random) -> dict[str, Any]:
    def cells(make: Any, chance: float = 0.75) -> list[Any]:
        return [make() if random.random() < chance else None for _ in range(ROWS)]

    def summary() -> dict[str, Any]:
        last, first, low, high = (told(random.choice(NUMBERS)) for _ in range(4))
        return {"last": last, "step": 3, "min": low, "max": high, "first": first, "count": 4}

    def word() -> str:
        return random.choice(WORDS)

    starts = [NOW - random.choice((0, 1, 1, 3_600_000, 86_400_000, 9 * 86_400_000)) for _ in range(ROWS)]
    columns: dict[str, Any] = {
        "run_id": {"text": [f"{random.getrandbits(32):08x}{row}" for row in range(ROWS)]},
        "run_name": {"text": cells(word, 1)},
        "status": {"text": cells(lambda: random.choice(("RUNNING", "FINISHED", "FAILED")), 1)},
        "start_time": {"number": starts},
        "end_time": {
            "number": [s + took if (took := random.choice((None, 5, 90_000, 7_200_000))) else None for s in starts]
        },
        "user_id": {"text": cells(word)},
    }
    for key in ("loss", "acc", "val/acc", "acc.max"):
        columns[f"metrics.{key}"] = {"metric": cells(summary)}
    for name in ("params.lr", "params.batch size", "tags.note", "tags.ü"):
        columns[name] = {"text": cells(word)}
    return {"length": ROWS, "columns": columns}


def quoted(text: str) -> str:
    return f"'{text}'" if "'" not in text else f'"{text}"'


def leaf(random: Random) -> str:
    kind = random.randrange(8)
    if kind < 2:
        return f"{random.choice(METRICS)} {numeric(random, number)}"
    if kind < 5:
        return label(random)
    if kind == 5:
        return f"{random.choice(TEXTS)} {textual(random)}"
    if kind == 6:
        return f"{random.choice(('start_time', 'end_time', 'created'))} {numeric(random, moment)}"
    return f"duration {numeric(random, span)}"


def numeric(random: Random, value: Any) -> str:
    kind = random.randrange(8)
    if kind == 0:
        return f"{random.choice(('IS NULL', 'is not null'))}"
    if kind == 1:
        return f"{random.choice(('IN', 'NOT IN'))} ({value(random)}, {value(random)})"
    if kind == 2:
        return f"{random.choice(('BETWEEN', 'not between'))} {value(random)} AND {value(random)}"
    return f"{random.choice(OPERATORS)} {value(random)}"


def number(random: Random) -> str:
    return random.choice(("0", "-0.0", ".5", "1.", "-1.5", "3e-9", "1e999", "+7", "1E300"))


def exact(random: Random) -> str:
    """As `number`, with whole numbers of 64 bits, which labels may hold."""
    return random.choice((
        number(random), number(random), "9007199254740993", "9007199254740992", "-9007199254740993",
        "9223372036854775807", "9.007199254740992e15", "18446744073709551616",
    ))  # fmt: skip


def moment(random: Random) -> str:
    return random.choice((
        "now()", "now() - '1h'", "NOW() - '1.5 days'", "now()+'2w'", str(NOW - 1), "'2026-11-18'", "'2026-11-18T21:46'",
        "'2026-11-18 20:26:40.000'", "'2026-11-18T22:26:40+02:00'", "'2026-11-09T12:00:00Z'",
    ))  # fmt: skip


def span(random: Random) -> str:
    return random.choice(("'5ms'", "'90s'", "'1m 30s'", "'2h'", "'1.5 minutes'", "'1h60m'"))


def label(random: Random) -> str:
    name = random.choice(LABELS)
    if random.random() < 0.5:
        return f"{name} {numeric(random, exact)}"
    if random.random() < 0.2:
        return f"{name} in ({quoted(random.choice(WORDS))}, {number(random)}, {quoted(random.choice(WORDS))},)"
    return f"{name} {textual(random)}"


def textual(random: Random) -> str:
    word = random.choice(WORDS)
    if random.random() < 0.4:
        return f"{random.choice(('=', '!='))} {quoted(word)}"
    at = random.randrange(len(word) + 1)
    rest = word[at + random.randrange(2) :]
    pattern = word[:at] + random.choice(("%", "_", "%%", "")) + rest + random.choice(("", "%"))
    return f"{random.choice(('LIKE', 'ILIKE', 'not like', 'NOT ILIKE'))} {quoted(pattern)}"


def tree(random: Random, depth: int) -> str:
    if depth == 0 or random.random() < 0.25:
        return leaf(random)
    kind = random.randrange(5)
    if kind == 0:
        return f"NOT {inside(random, depth - 1)}"
    joint = (" AND ", " OR ", " ", " and ", " or ")[random.randrange(5)]
    return joint.join(inside(random, depth - 1) for _ in range(random.choice((2, 2, 3))))


def inside(random: Random, depth: int) -> str:
    text = tree(random, depth)
    return f"({text})" if random.random() < 0.6 else text


def broken(random: Random) -> str:
    """A filter with a stretch lost, doubled or made strange."""
    text = tree(random, 2)
    at, length = random.randrange(len(text)), random.randrange(1, 6)
    put = random.choice((text[at : at + length] * 2, "", "&&", *"😀ü()'`x ,.1“-="))
    return text[:at] + put + text[at + length :]


def clauses(random: Random) -> list[str]:
    names = (*METRICS, *LABELS, *TEXTS, "start_time", "end_time", "duration", "number(params.lr)", "number(tags.note)")
    ends = ("", " ASC", " DESC", " desc")
    return [random.choice(names) + random.choice(ends) for _ in range(random.choice((0, 1, 1, 2, 3)))]


def made() -> dict[str, Any]:
    random = Random(3)
    written = frame(random)
    held = frame_from(written)
    filters = [tree(random, 3) for _ in range(500)] + [broken(random) for _ in range(300)]
    orders = [clauses(random) for _ in range(150)]
    return {
        "now": NOW,
        "frame": written,
        "filters": [[text, answer(lambda text=text: kept(held, text))] for text in filters],
        "orders": [[keys, answer(lambda keys=keys: order(held, keys, now=NOW).tolist())] for keys in orders],
    }


def kept(held: Frame, text: str) -> list[int]:
    return mask(held, text, now=NOW).nonzero()[0].tolist()


def answer(ask: Any) -> list[int] | dict[str, Any]:
    try:
        return ask()
    except QueryError as error:
        return {"start": error.start, "end": error.end, "message": error.args[0]}


def written() -> str:
    """The file's text: one case a line, so that a change shows which answers it changes."""
    whole = made()
    lines = [f'"now": {whole["now"]}', f'"frame": {json.dumps(whole["frame"], ensure_ascii=False)}']
    for name in ("filters", "orders"):
        cases = ",\n".join(json.dumps(case, ensure_ascii=False) for case in whole[name])
        lines.append(f'"{name}": [\n{cases}\n]')
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
