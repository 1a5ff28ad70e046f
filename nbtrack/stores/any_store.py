"""Which store, or which stores together, does a caller mean?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from weakref import WeakValueDictionary

from nbtrack.errors import InvalidValueError
from nbtrack.stores.address import without_password
from nbtrack.stores.base import Store
from nbtrack.stores.open import open_store
from nbtrack.stores.several import SeveralStores
from nbtrack.stores.together import FAULTS, Member

OneAddress = Store | str | Path
Address = OneAddress | Sequence[OneAddress]
_together: WeakValueDictionary[tuple[Any, ...], SeveralStores] = WeakValueDictionary()


def any_store(given: Address) -> Store:
    """An address, an open store, or several of them, which answer as one.

    Raises NotAStoreError for an address that names no store, of several only where none of them can be opened.
    """
    if isinstance(given, str | Path):
        return open_store(given)
    if hasattr(given, "snapshot"):
        return given  # type: ignore[return-value]
    if not isinstance(given, Iterable):
        raise InvalidValueError(
            f"store={given!r} is no store. Give a path, an address, a list of them, or what open_store returns."
        )
    members = _members(list(given))
    if len(members) == 1:
        return members[0].store
    key = tuple((member.label, id(member.opened)) for member in members)
    found = _together.get(key)
    if found is None:
        found = _together[key] = SeveralStores(members)
    return found


def _members(addresses: Sequence[OneAddress]) -> list[Member]:
    """The stores at these addresses, each once. Raises what the first one raised where none can be opened."""
    members: list[Member] = []
    for address in addresses:
        store: Store | None = None
        fault: Exception | None = None
        try:
            store = any_store(address)
        except InvalidValueError:
            raise
        except FAULTS as error:
            fault = error
        if store is None or all(member.opened is not store for member in members):
            members.append(Member(len(members), _label(address), store, fault))
    if not members:
        raise InvalidValueError("There is no store in the list. Give at least one address.")
    if all(member.opened is None for member in members):
        raise members[0].fault or InvalidValueError("No store of the list can be opened.")
    return members


def _label(address: OneAddress) -> str:
    """The address as it was given, without a password; of an open store its own."""
    text = str(address) if isinstance(address, str | Path) else address.uri
    return unquote(urlsplit(text).path) if text.startswith("file:") else without_password(text)
