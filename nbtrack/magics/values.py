"""Which params and metrics does a cell have that its code did not log?"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from nbtrack.capture.literals import literal_params, param_items, settled_literals
from nbtrack.capture.numbers import computed_numbers, read_scalars, result_metrics
from nbtrack.entities import RunData
from nbtrack.stores.names import is_new_key

Space = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Values:
    """What is known when the cell starts. `only` is what `--vars` names; `tree` is None where nothing is captured."""

    tree: ast.Module | None
    only: tuple[str, ...] | None
    written: Mapping[str, str]
    read: Mapping[str, str]
    settled: Mapping[str, str] = field(default_factory=dict)  # those of `written` that are known before the cell runs

    @staticmethod
    def before(tree: ast.Module | None, only: tuple[str, ...] | None, space: Space) -> Values:
        if tree is None:
            return Values(None, only, {}, {})
        read, settled = _narrow(read_scalars(tree, space), only), _narrow(settled_literals(tree), only)
        return Values(tree, only, _narrow(literal_params(tree), only), read, settled)

    @property
    def params(self) -> dict[str, str]:
        return {**self.read, **self.written}

    def params_after(self, space: Space, logged: RunData) -> dict[str, str]:
        """Those that nobody logged; variables named by `--vars` that are no literals have their value of the end."""
        names = [name for name in self.only or () if name not in self.written and name in space]
        named = {key: value for name in names for key, value in param_items(name, space[name]) if is_new_key(key)}
        found = {**self.params, **named} if self.tree is not None else {}
        return {key: value for key, value in found.items() if key not in logged.params}

    def metrics_after(
        self, space: Space, result: object, params: Mapping[str, str], logged: RunData
    ) -> dict[str, float]:
        """Numbers that the cell came to and nobody logged, under the names that it gave them."""
        if self.tree is None:
            return {}
        known = {*params, *logged.params}
        found = {**computed_numbers(self.tree, space, known), **result_metrics(self.tree, result)}
        return {key: value for key, value in found.items() if key not in logged.metrics and key not in known}


def _narrow(params: Mapping[str, str], only: tuple[str, ...] | None) -> dict[str, str]:
    """What a store takes as a name and `--vars` names, with the parts of a dict."""
    wanted = {key: value for key, value in params.items() if is_new_key(key)}
    return wanted if only is None else {key: value for key, value in wanted.items() if key.split(".")[0] in only}
