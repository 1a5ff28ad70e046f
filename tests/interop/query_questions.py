"""Which runs, filters and orders are put to MLflow and to nbtrack alike? Made from a fixed seed."""

from __future__ import annotations

from random import Random

METRICS = ("loss", "acc", "a.b", "val/acc", "my metric", "loss.min", "1st", "ü")
PARAMS = ("lr", "opt", "a.b", "batch size", "x/y", "select", "none")
TAGS = ("team", "mlflow.runName", "a b", "note", "日本")
VALUES = (
    "adam", "Adam", "SGD", "0.1", "1e-1", "", " ", "a.b", "a+b", "axb", "100%", "a_b", "it's", 'say "hi"', "Straße",
    "STRASSE", "İstanbul", "istanbul", "ſ", "S", "ΟΔΟΣ", "οδος", "two\nlines", "line\n", "\\", "😀", "ﬀ", "null",
    "K", "k",
)  # fmt: skip
NUMBERS = (0.0, -0.0, 0.5, 1.0, -1.5, 1e-9, 1e30, float("inf"), float("-inf"), float("nan"))
STRANGE = (
    "OR", "NOT", "(", ")", "==", "<>", "'x'", "1_000", "nan", ";", "--", "metrics.", "foo", "foo.bar", ",", "=", "LIKE",
    "IN", "IS", "NULL", "x/y", "0x10", "+1", "1,5", "’",
)  # fmt: skip
DATASETS = (("iris", "d1", "train"), ("iris", "d2", "eval"), ("Wine", "d1", None), ("a_b%", "d3", "train"))
STATUSES = ("FINISHED", "FAILED", "KILLED")
START = 1_700_000_000_000


def runs(random: Random, count: int) -> list[dict]:
    def some(keys: tuple[str, ...], values: tuple) -> dict:
        return {key: random.choice(values) for key in keys if random.random() < 0.7}

    made = []
    for _ in range(count):
        start = START + random.choice((0, 0, 1, 2, 5, 1000))
        metrics = [
            (key, str(random.choice(NUMBERS)), step) for key in METRICS if random.random() < 0.7 for step in range(2)
        ]
        ended = random.random() < 0.7
        made.append({
            "start": start, "end": start + random.choice((10, 20, 30)) if ended else None,
            "status": random.choice(STATUSES), "name": random.choice(VALUES[:12]) or "unnamed",
            "user": random.choice(("ann", "bob", "Ann")), "metrics": metrics,
            "datasets": [random.choice(DATASETS) for _ in range(random.choice((0, 0, 1, 2)))],
            "params": some(PARAMS, VALUES), "tags": some(TAGS, VALUES),
        })  # fmt: skip
    return made


def column(random: Random, family: str, keys: tuple[str, ...]) -> str:
    key = random.choice((*keys, "absent"))
    bare = key.replace(".", "").replace("_", "").isalnum() and random.random() < 0.7
    quote = random.choice("`\"'")
    return f"{family}.{key}" if bare else f"{family}.{quote}{key}{quote}"


def quoted(random: Random, text: str) -> str:
    quotes = [q for q in "'\"" if q not in text and not text.endswith("\\")]
    return f"{(q := random.choice(quotes))}{text}{q}" if quotes else "'plain'"


def pattern(random: Random) -> str:
    text = random.choice(VALUES)
    for _ in range(random.randrange(3)):
        at = random.randrange(len(text) + 1)
        text = text[:at] + random.choice("%%_") + text[at + random.randrange(2) :]
    return text


def spelled(random: Random, word: str) -> str:
    return random.choice((word, word.lower(), word.capitalize()))


def number(random: Random) -> str:
    return random.choice(("0", "-1.5", ".5", "1.", "1e-9", "0.5", "1E30", "-0", "1e400", "00001", "1700000000001"))


def of_metric(random: Random) -> str:
    name = column(random, random.choice(("metrics", "metric", "`metrics`")), METRICS)
    return f"{name} {random.choice(('=', '!=', '<', '<=', '>', '>='))} {number(random)}"


def of_text(random: Random) -> str:
    if random.random() < 0.6:
        name = column(random, random.choice(("params", "param", "parameter", "parameters")), PARAMS)
    else:
        name = column(random, random.choice(("tags", "tag")), TAGS)
    if random.random() < 0.15:
        return f"{name} {spelled(random, 'IS')} {random.choice(('NULL', 'null', 'NOT NULL', 'not null'))}"
    return f"{name} {text_test(random)}"


def text_test(random: Random) -> str:
    if random.random() < 0.5:
        return f"{random.choice(('=', '!='))} {quoted(random, random.choice(VALUES))}"
    return f"{spelled(random, random.choice(('LIKE', 'ILIKE')))} {quoted(random, pattern(random))}"


def of_attribute(random: Random, ids: list[str]) -> str:
    prefix = random.choice(("", "", "attributes.", "attr.", "attribute.", "run."))
    kind = random.randrange(4)
    if kind == 0:
        name = random.choice(("start_time", "end_time", "created", "Created"))
        value = START + random.choice((-1, 0, 1, 15, 20))
        return f"{prefix}{name} {random.choice(('=', '!=', '<', '<=', '>', '>='))} {value}"
    if kind == 1:
        listed = ", ".join(quoted(random, i) for i in random.sample(ids, 3))
        return f"{prefix}run_id {random.choice(('IN', 'NOT IN', 'in', 'not in'))} ({listed})"
    if kind == 2:
        return f"{prefix}status {random.choice(('=', '!='))} '{random.choice((*STATUSES, 'RUNNING', 'running'))}'"
    name = random.choice(("run_name", "`run name`", "`Run Name`", "user_id", "run_id", "artifact_uri", '"run_name"'))
    return f"{prefix}{name} {text_test(random)}"


def of_dataset(random: Random) -> str:
    name = f"{random.choice(('dataset', 'datasets'))}.{random.choice(('name', 'digest', 'context', '`name`'))}"
    words = [quoted(random, word) for word in ("iris", "Wine", "d1", "train", "eval", "%i%", "_i%")]
    if random.random() < 0.3:
        return f"{name} {random.choice(('IN', 'NOT IN'))} ({', '.join(random.sample(words, 2))})"
    return f"{name} {random.choice(('=', '!=', 'LIKE', 'ILIKE'))} {random.choice(words)}"


def valid_filter(random: Random, ids: list[str]) -> str:
    makers = (of_metric, of_text, of_text, of_dataset, lambda r: of_attribute(r, ids))
    parts = [random.choice(makers)(random) for _ in range(random.choice((1, 1, 1, 2, 3)))]
    text = parts[0]
    for part in parts[1:]:
        # Without AND, MLflow takes the text before an IS NULL for part of the name, so these are joined by one.
        text += random.choice((" AND ", " and ", "\nAND\n")) + part
    return random.choice(("{}", "{}", " {} ", "AND {}", "{} AND", "AND AND {}")).format(text)


def broken_filter(random: Random, ids: list[str]) -> str:
    """A filter with a word lost, doubled, moved or strange."""
    words = valid_filter(random, ids).split(" ")
    at = random.randrange(len(words))
    change = random.randrange(4)
    if change == 0:
        del words[at]
    elif change == 1:
        words.insert(at, words[random.randrange(len(words))])
    elif change == 2:
        words[at] = random.choice(STRANGE)
    else:
        random.shuffle(words)
    return " ".join(words)


def order(random: Random) -> list[str]:
    attributes = ("run_id", "run_name", "user_id", "status", "start_time", "end_time", "created", "artifact_uri")
    keys = []
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        name = random.choice((
            column(random, "metrics", METRICS), column(random, "params", PARAMS), column(random, "tag", TAGS),
            random.choice(attributes), f"attribute.{random.choice(attributes)}",
        ))  # fmt: skip
        keys.append(name + random.choice(("", " ASC", " DESC", " desc", "  asc")))
    return keys
