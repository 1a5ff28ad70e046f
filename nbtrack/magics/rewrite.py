"""How does `%%track` become a line of an ordinary cell?

The magic's line is swapped for a call on the same line, so that the rest runs as the cell it is: exceptions, `await`, a
trailing `;`, line numbers and `Out[n]` are the plain cell's own. IPython transforms a cell several times, so
this is pure, and leaves alone what it has already rewritten.
"""

from __future__ import annotations

import ast
import linecache
import re

from IPython.core.inputtransformer2 import cell_magic

BEGIN = "_nbtrack_begin"  # the line magic that the call runs; it expands {expr} and $name as any magic does
_MAGIC = re.compile(r"%%track(?![\w?])[ \t]*(?P<line>[^\r\n]*)")
_FUTURE = re.compile(r"from[ \t]+__future__[ \t]+import[ \t]+[\w \t,]+(?<![ \t])")


def rewrite(lines: list[str]) -> list[str]:
    """The cell's lines with `%%track …` turned into a call; comment and blank lines may stand above it."""
    at = next((i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), None)
    match = _MAGIC.match(lines[at]) if at is not None else None
    if at is None or match is None:
        return lines
    call = f"get_ipython().run_line_magic({BEGIN!r}, {match['line'].rstrip()!r})"
    return [*lines[:at], *_begin_with(call, lines[at + 1 :])]


# In a terminal, IPython asks these transformers whether a cell is complete. It must still see a cell magic
# then, or the first Enter after `%%track` would run an empty cell; transformers marked so are not asked.
rewrite.has_side_effects = True  # type: ignore[attr-defined]


def _begin_with(call: str, body: list[str]) -> list[str]:
    """The call and the body: above another cell magic, and after `from __future__` lines, which must come first."""
    first = next((i for i, line in enumerate(body) if line.strip()), len(body))
    if first < len(body) and body[first].startswith("%%"):
        return [f"{call}\n", *body[:first], *cell_magic(body[first:])]
    future = None
    for i, line in enumerate(body):
        if _FUTURE.match(line):
            future = i
        elif line.strip() and not line.lstrip().startswith("#"):
            break
    if future is None:
        return [f"{call}\n", *body]
    written = _FUTURE.match(body[future])
    assert written is not None
    end = written.end()
    return ["\n", *body[:future], f"{body[future][:end]}; {call}{body[future][end:]}", *body[future + 1 :]]


_CALL = re.compile(
    rf"(?P<before>; )?get_ipython\(\)\.run_line_magic\({BEGIN!r}, (?P<line>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\)"
)


def as_written(line: str) -> str:
    """A line of a rewritten cell as a traceback is to show it: the call is a comment, which is still Python, so that
    what is marked in other lines stays right."""
    match = _CALL.search(line)
    if match is None:
        return line
    magic = "" if match["before"] else f"# %%track {ast.literal_eval(match['line'])}".rstrip()
    return f"{line[: match.start()]}{magic}{line[match.end() :]}"


def show_as_written(filename: str) -> None:
    """Let tracebacks show the cell that IPython has compiled as `filename` without the call."""
    entry = linecache.cache.get(filename)
    if entry is not None and len(entry) == 4:
        size, time, lines, name = entry
        linecache.cache[filename] = size, time, [as_written(line) for line in lines], name
