"""The limits of how numbers are written. Written by scripts/schema.py from schema/formats.json."""

from typing import Any

DIGITS: Any = 5
LEAST_PLAIN: Any = 0.0001
MOST_PLAIN: Any = 10000000000.0
MOST_SHORT: Any = 10000000.0
MOST_WHOLE: Any = 1000000000000000.0
NOISE: Any = 1e-12
MINUS: Any = "−"
COLUMN_DIGITS: Any = 4
COLUMN_DIGITS_MANY: Any = 7
COLUMN_DIGITS_MOST: Any = 15
COLUMN_MANY: Any = 200
UNITS: Any = ["k", "M", "G", "T", "P", "E"]
