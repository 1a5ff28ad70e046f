"""Which assignments are params, and which names hide secrets."""

from __future__ import annotations

import ast
import time

import pytest

from nbtrack.capture.literals import literal_params
from nbtrack.capture.numbers import computed_numbers, read_scalars, result_metrics
from nbtrack.capture.secrets import MASK, holds_secret, looks_secret, masked, without_secrets


def params(source: str) -> dict[str, str]:
    return literal_params(ast.parse(source))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("lr = 0.1", {"lr": "0.1"}),
        ("a, b = 1, -2", {"a": "1", "b": "-2"}),
        ("(a, [b, c]) = 1, (2, 'x')", {"a": "1", "b": "2", "c": "x"}),
        ("a = b = True", {"a": "True", "b": "True"}),
        ("name: str = 'mlp'", {"name": "mlp"}),
        ("layers = [64, 32]", {"layers": "[64, 32]"}),
        ("cfg = {'lr': 0.1, 'net': {'depth': 2}}", {"cfg.lr": "0.1", "cfg.net.depth": "2"}),
        ("table = {1: 2}", {"table": "{1: 2}"}),
        ("none = None", {"none": "None"}),
        ("lr = 0.1\nlr = 0.2", {"lr": "0.2"}),
        ("größe = 3", {"größe": "3"}),
        ("cfg = {'lr': 0.1, 'callbacks': []}\ncfg['n'] = len(x)", {"cfg.lr": "0.1", "cfg.callbacks": "[]"}),
    ],
)
def test_values_written_down_are_params(source: str, expected: dict[str, str]) -> None:
    assert params(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "total = 0\nfor x in data:\n    total += x",
        "best = 0.0\nbest = max(best, f())",
        "i = 0\nwhile i < 3:\n    i = i + 1",
        "n = 0\ndef f():\n    global n\n    n = 5",
        "losses = [0.0]\nfor x in data:\n    losses.append(x)",
        "history = {'loss': []}\ndef end(x): history['loss'].append(x)",
        "best = {'f1': 0.0}\nwhile True: best['f1'] = f()",
        "scores = []",
        "found = {}",
        "x = f()",
        "_hidden = 1",
        "a.b = 1\nc[0] = 2",
        "if True:\n    lr = 1",
        "def f():\n    lr = 1",
        "x = 'y' * 3",
        "a, *b = 1, 2, 3",
        "data = 0\nimport data",
        "x = 0\nwith open(p) as x: pass",
        f"text = {'z' * 5000!r}",
        "def f(x): return x\nf = 3",
    ],
)
def test_state_and_computed_values_are_not(source: str) -> None:
    assert params(source) == {}


@pytest.mark.parametrize(
    "name",
    ["password", "API_KEY", "apiKey", "openai_api_key", "token", "authToken", "DB_PASSWD", "secret2", "HF_TOKEN",
     "aws_secret_access_key", "credentials", "db.password", "session_cookie", "passphrase", "APIToken"],
)  # fmt: skip
def test_names_of_secrets_are_seen(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    ["lr", "monkey", "tokenizer", "max_tokens", "pad_token_id", "author", "keyboard", "depth", "n_tokens", "spin",
     "pad_token", "special_tokens", "sort_key", "cache_key", "PARTITION_KEY"],
)  # fmt: skip
def test_ordinary_names_are_not_taken_for_secrets(name: str) -> None:
    assert not looks_secret(name)


def test_a_name_that_looks_like_a_secret_hides_text_and_never_numbers_switches_or_none() -> None:
    kept = {
        "n_keys": 4, "pin_memory": True, "token_dropout": 0.1, "use_cls_token": False, "auth": None, "tokens": [1, 2],
        "secret_sizes": (3, 4.5), "password_length": 1e3, "token_ids": {"a": 1}, "pin": -3,
    }  # fmt: skip
    source = "\n".join(f"{name} = {value!r}" for name, value in kept.items())
    expected = {**{name: str(value) for name, value in kept.items() if name != "token_ids"}, "token_ids.a": "1"}
    assert params(source) == expected
    hidden = "pin = '1234'\ntokens = ['a', 'b']\nauth = {'user': 'ada'}\npassword = b'x'\nkeys = [1, 'x']\ntoken = '77'"
    assert params(hidden) == {}
    space = {"n_keys": 4, "use_token": True, "token": "abc", "auth": 0.5}
    assert read_scalars(ast.parse("f(n_keys, use_token, token, auth)"), space) == {
        "n_keys": "4", "use_token": "True", "auth": "0.5",
    }  # fmt: skip


def test_a_secret_inside_a_list_of_dicts_keeps_the_whole_list_out() -> None:
    assert params("servers = [{'host': 'a', 'password': 'b'}]\nok = [{'host': 'a'}]") == {"ok": "[{'host': 'a'}]"}


@pytest.mark.parametrize(
    "value",
    ["sk-proj-abcdefghijklmnop1234", "ghp_" + "a1" * 18, "AKIAABCDEFGHIJKLMNOP", "postgres://ada:pw@host/db",
     "prefix hf_" + "aBcD" * 8 + "xY", "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2ln", "from-the-environment",
     "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----"],
)  # fmt: skip
def test_texts_that_look_like_secrets_are_no_params_whatever_their_name(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TOKEN", "from-the-environment")
    assert params(f"lr = 1\nx = {value!r}\ny = [{value!r}]\nz = {{'a': {value!r}}}") == {"lr": "1"}
    assert read_scalars(ast.parse("f(x)"), {"x": value, "f": 1}) == {"f": "1"}


def test_ordinary_texts_are_kept() -> None:
    texts = ["https://example.org/data.csv", "sk-learn", "bert-base-uncased", "file:///a:b@c", "2026-11-21T10:00:00"]
    for text in texts:
        assert params(f"x = {text!r}") == {"x": text}


def test_a_commands_words_hide_what_is_secret() -> None:
    words = ["--lr", "0.1", "--api-key", "abc", "--token=abc", "db.password=abc", "--verbose", "sk-" + "a1" * 12, "key"]
    assert without_secrets(words) == [
        "--lr", "0.1", "--api-key", "…", "--token=…", "db.password=…", "--verbose", "…", "key",
    ]  # fmt: skip
    numbers = ["--token-dropout", "0.1", "--use-cls-token", "True", "--memory_tokens=16", "--pad-token", "<pad>"]
    assert without_secrets(numbers) == numbers


def test_computed_numbers_leave_out_counters_loops_flags_and_params() -> None:
    tree = ast.parse("lr = 1\nacc = f()\nflag = g()\nn = k()\nfor i in d: n += 1\nw, v = h()\nsecret_key = f()")
    space = {"lr": 1, "acc": 0.5, "flag": True, "n": 3, "i": 2, "w": 4, "v": "x", "secret_key": 3}
    assert computed_numbers(tree, space, ["lr"]) == {"acc": 0.5, "w": 4.0, "secret_key": 3.0}


def test_numbers_computed_inside_with_count_too() -> None:
    tree = ast.parse("with no_grad():\n    n = 3\n    with timer():\n        acc = f()\nfor i in d:\n    x = g()")
    assert computed_numbers(tree, {"n": 3, "acc": 0.5, "x": 1.0}, []) == {"acc": 0.5}


def test_the_last_expression_is_named_by_what_is_written_there() -> None:
    assert result_metrics(ast.parse("model.score(x)"), 0.5) == {"score": 0.5}
    assert result_metrics(ast.parse("acc"), 1) == {"acc": 1.0}
    assert result_metrics(ast.parse("d['f1']"), 0.25) == {"f1": 0.25}
    assert result_metrics(ast.parse("1 + 1"), 2) == {"result": 2.0}
    assert result_metrics(ast.parse("f()"), {"a": 1, "b": "x", "api_key": 3}) == {"a": 1.0, "api_key": 3.0}
    assert result_metrics(ast.parse("x = 1"), 5) == {}
    assert result_metrics(ast.parse("f()"), True) == {}


def test_read_scalars_are_those_of_earlier_cells_only() -> None:
    before = {"lr": 0.1, "data": [1], "API_TOKEN": "x", "flag": True, "_p": 1, "own": 5, "name": "m"}
    tree = ast.parse("own = 1\nuse(lr, data, API_TOKEN, flag, _p, own, name, missing)")
    assert read_scalars(tree, before) == {"lr": "0.1", "flag": "True", "name": "m"}


KEPT_AS_WRITTEN = [
    "x = 1\n", "api_key = os.environ['API_KEY']", "token='<pad>'", "url = 'https://host:5000/a@b'", "sk-learn",
    "é\r\n\t",
    "mode = 'disabled'; region = 'eu'", "open('/run/agent.1234')", "postgres://host/db", "user@host", "a = b@c; d: 'x'",
]  # fmt: skip


@pytest.mark.parametrize("text", KEPT_AS_WRITTEN)
def test_a_text_without_secrets_stays_to_the_byte(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"AUTH_TOKEN": "disabled", "SSH_KEY": "/run/agent.1234", "KEY": "eu", "A_SECRET": ""}
    for name, value in {**settings, "AUTH_TYPE": "sk-learn", "A_KEY": "postgres://host/db"}.items():
        monkeypatch.setenv(name, value)
    assert masked(text) == text
    assert not holds_secret(text)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("key = 'sk-abcdefghijklmnop1234'", "sk-abcdefghijklmnop1234"),
        (f"print(login('hf_{'aBcD' * 8}xY'))", f"hf_{'aBcD' * 8}xY"),
        ("engine('postgresql://me:correct-horse-9@host/db')", "correct-horse-9"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIabc\ndef\n-----END RSA PRIVATE KEY-----", "\nMIIabc\ndef\n"),
        ("send(password='Correct-Horse')", "Correct-Horse"),
        ("init('https://a1b2c3d4@errors.example/7')", "https://a1b2c3d4@errors.example/7"),
    ],
)
def test_a_secret_in_a_text_is_masked_and_the_rest_stays(
    text: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD", "Correct-Horse")
    monkeypatch.setenv("ERRORS_DSN", "https://a1b2c3d4@errors.example/7")
    before, _, after = text.partition(secret)
    assert masked(text) == before + MASK + after
    assert holds_secret(text)


@pytest.mark.parametrize("piece", ["a", "eyJ-", "x://a:b ", "sk-a ", "-----BEGIN "])
def test_a_megabyte_of_any_output_is_looked_through_in_one_go(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    began = time.process_time()
    assert masked(text) == text
    assert time.process_time() - began < 2  # s; a look back from each place would take minutes
