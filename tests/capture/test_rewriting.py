"""A cell with other values, and all else as it was written."""

from __future__ import annotations

import pytest

from nbtrack.capture.rewriting import with_values
from nbtrack.errors import InvalidValueError


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ("lr = 0.1  # rate\n\n\nx = lr", {"lr": "0.01"}, "lr = 0.01  # rate\n\n\nx = lr"),
        ("é = 'ü'; lr=1;depth  =  2", {"depth": "30", "lr": "-1"}, "é = 'ü'; lr=-1;depth  =  30"),
        ("a, b = 1, -2", {"b": "3"}, "a, b = 1, 3"),
        ("opt: str = 'sgd'", {"opt": "adam"}, "opt: str = 'adam'"),
        ("name = 'x'", {"name": "5"}, "name = '5'"),
        ("c = {'lr': 0.1,  # why\n     'net': {'depth': 3}}", {"c.net.depth": "4"},
         "c = {'lr': 0.1,  # why\n     'net': {'depth': 4}}"),
        ("%%track run -e exp\n%matplotlib inline\n!ls\nlr = (\n    0.1\n)", {"lr": "1"},
         "%%track run -e exp\n%matplotlib inline\n!ls\nlr = (\n    1\n)"),
        ("# top\r\n%%track -p depth=3 b=1\r\nlr = 1\r\n", {"depth": "4", "lr": "2"},
         "# top\r\n%%track -p depth=4 b=1\r\nlr = 2\r\n"),
        ("lr = 0.1\nf(lr)\nlr = 0.2", {"lr": "9"}, "lr = 0.1\nf(lr)\nlr = 9"),
        ('t = """a\n  b"""\nlr = 1', {"lr": "2"}, 't = """a\n  b"""\nlr = 2'),
        ("%%time\nsizes = [1, 2]", {"sizes": "[4]"}, "%%time\nsizes = [4]"),
    ],
)  # fmt: skip
def test_only_the_values_change(source: str, values: dict[str, str], expected: str) -> None:
    assert with_values(source, values) == expected


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InvalidValueError, match="Did you mean 'learning_rate'"):
        with_values("learning_rate = 0.1", {"learnin_rate": "1"})
    with pytest.raises(InvalidValueError, match="It has lr, depth"):
        with_values("%%track\nlr = 0.1; depth = 2", {"zzz": "1"})


def test_what_is_no_value_is_refused_where_a_number_stood() -> None:
    with pytest.raises(InvalidValueError, match="no Python value"):
        with_values("lr = 0.1", {"lr": "fast"})
    with pytest.raises(InvalidValueError, match="no Python"):
        with_values("lr = = 1", {"lr": "2"})
