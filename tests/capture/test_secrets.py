"""Which texts are masked, which stay as they are, and does masked code still run?"""

from __future__ import annotations

import ast
import json
import random
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbtrack.capture import data
from nbtrack.capture.secrets import MASK, holds_secret, masked
from tests.capture.key_corpus import FORMS, INNOCENT, made

SAMPLE = 100  # files of the installed packages, of which `make test-all` reads all
SEEDS = range(5)


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the variables of this machine hold is no matter of these tests."""
    monkeypatch.setattr("nbtrack.capture.secrets._secret_variables", list)


def split(form: str, seed: int) -> tuple[str, str, str]:
    """What is before a key, the key, and what is behind it."""
    text = made(form, seed)
    before, sign, rest = text.partition("«")
    key, _, after = rest.partition("»") if sign else (text, "", "")
    return (before, key, after) if sign else ("", key, "")


@pytest.mark.parametrize(
    ("form", "source"), [(form, source) for _, form, source in FORMS], ids=[form[0] for form in FORMS]
)
def test_a_key_of_a_published_form_is_masked_wherever_it_stands(form: str, source: str) -> None:
    assert source
    for seed in SEEDS:
        before, key, after = split(form, seed)
        for left, right in (("", ""), ("x = '''", "'''\n"), ("a ", " b"), ("(", ")"), ('{"k": "', '"}')):
            text = f"{left}{before}{key}{after}{right}"
            hidden = masked(text)
            assert hidden in (f"{left}{before}{MASK}{after}{right}", text.replace(key, "masked_by_nbtrack")), text
            assert key not in hidden
            assert holds_secret(text)
            assert masked(hidden) == hidden


def test_the_corpus_has_the_usual_forms() -> None:
    assert len(FORMS) >= 60
    assert len({form for _, form, _ in FORMS}) == len(FORMS)


@pytest.mark.parametrize("line", INNOCENT)
def test_what_only_looks_like_a_key_stays_to_the_byte(line: str) -> None:
    for text in (line, f"{line}\n", f"# {line}", f"    {line}  # done", json.dumps(line)):
        assert masked(text) == text
        assert not holds_secret(text)


KEY = made("sk-{A48}", 1)
HEX = made("{h40}", 1)


@pytest.mark.parametrize(
    "code",
    [
        f"key = '{KEY}'\nprint(f'{{key}} {KEY}')\n",
        f'x = f"postgresql://ada:{HEX[:9]}xy@{{host}}/db"\n',
        f"x = b'{KEY}'\ny = r'{KEY}'\n",
        f"x = ('sk-' '{HEX}'\n     '{KEY}')\n",
        f"{made('hf_{a34}', 1)} = 3\nprint({made('hf_{a34}', 1)})\n",
        f"%env WANDB_API_KEY={HEX}\n!curl -H 'Authorization: Bearer {KEY}' https://x\nx = 1\n",
        f"%env WANDB_API_KEY={HEX}\nconnect(password=password1, key={made('AKIA{b16}', 2)})\n",
        'pem = (\n    "-----BEGIN PRIVATE KEY-----\\n"\n    "' + made("{B64}", 1) + '\\n"\n    "ab12==\\n"\n    '
        '"-----END PRIVATE KEY-----\\n"\n)\ntrain()\n',
        f'pem = """-----BEGIN PRIVATE KEY-----\n{made("{B64}", 1)}\n{made("{B64}", 2)}"""\ntrain()\nevaluate()\n',
        'pem = ["-----BEGIN PRIVATE KEY-----", "' + made("{B64}", 1) + '", "-----END PRIVATE KEY-----"]\n',
        f"os.environ['API_KEY'] = '{HEX}'\nos.environ.setdefault('API_TOKEN', \"{HEX}\")\n",
        f"login(token='{HEX}')  # password: x7{HEX[:8]}\n",
    ],
)  # fmt: skip
def test_masked_code_is_code_and_hides_the_key(code: str) -> None:
    hidden = masked(code)
    plain = "\n".join("pass" if line.startswith(("%", "!")) else line for line in hidden.splitlines())
    ast.parse(plain)
    assert hidden != code
    assert len(hidden.splitlines()) == len(code.splitlines())
    secrets = [KEY, HEX[:9] + "xy", made("hf_{a34}", 1), made("AKIA{b16}", 2), made("{B64}", 1), made("{B64}", 2)]
    assert not [secret for secret in secrets if secret in hidden]
    assert "train" not in code or "train()" in hidden


def installed(files: int | None) -> Iterator[Path]:
    """Python files of what is installed here; so many of them, the same ones each time, or all."""
    found = sorted(Path(sysconfig.get_path("purelib")).rglob("*.py"))
    yield from found if files is None else random.Random(7).sample(found, min(files, len(found)))


@pytest.mark.parametrize("files", [SAMPLE, pytest.param(None, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])])
def test_of_the_code_of_others_hardly_a_line_is_masked_and_all_of_it_still_compiles(files: int | None) -> None:
    lines, changed = 0, []
    for path in installed(files):
        try:
            code = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        lines += code.count("\n") + 1
        hidden = masked(code)
        if hidden == code:
            continue
        changed += [line for line in hidden.splitlines() if MASK in line and line not in code]
        if is_python(code):
            assert is_python(hidden), path
    assert len(changed) <= max(1, lines / 100_000), changed


def is_python(code: str) -> bool:
    try:
        compile(code, "x", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def test_a_variable_that_names_a_column_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("PARTITION_KEY", "tenant_id")
    monkeypatch.setenv("CACHE_KEY", "resnet50-v2")
    monkeypatch.setenv("DB_PASS", "hunter2-horse")
    code = "df.groupby('tenant_id'); m = 'resnet50-v2'; x_hunter2 = 1"
    assert masked(code) == code
    assert masked("login('hunter2-horse', other='hunter2-horses')") == f"login('{MASK}', other='hunter2-horses')"


def test_a_table_is_a_data_set_whatever_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    monkeypatch.setattr(data, "BUDGET", 60)
    found = data.datasets_read(ast.parse("f(input_tokens)"), {"input_tokens": np.zeros(3)}, {})
    assert [one.dataset.name for one in found] == ["input_tokens"]
