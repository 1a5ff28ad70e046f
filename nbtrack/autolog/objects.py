"""What is known about an object of the person's, without keeping it alive or comparing it with others?"""

from __future__ import annotations

import weakref
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class ByIdentity(Generic[T]):
    """Facts about objects, forgotten with them. Objects that cannot be referred to weakly are not remembered."""

    def __init__(self) -> None:
        self.facts: dict[int, tuple[weakref.ref[Any], T]] = {}

    def __setitem__(self, thing: Any, fact: T) -> None:
        key = id(thing)
        try:
            self.facts[key] = (weakref.ref(thing, lambda _: self.facts.pop(key, None)), fact)
        except TypeError:
            self.facts.pop(key, None)

    def get(self, thing: Any) -> T | None:
        found = self.facts.get(id(thing))
        return found[1] if found is not None and found[0]() is thing else None

    def __len__(self) -> int:
        return len(self.facts)

    def forget(self, thing: Any) -> None:
        self.facts.pop(id(thing), None)
