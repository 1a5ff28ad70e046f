"""How is one parcel of lines brought to the server, and what becomes of it where the server refuses it for good?

A parcel that is too large is halved. Where one value spoils it for all, it is halved until that value is alone. What no
server takes is set aside in a file, with the reason, and can be sent again.
"""

from __future__ import annotations

from pathlib import Path

from nbtrack.errors import InvalidValueError, NotFoundError, ServerError, StoreError
from nbtrack.stores.rest.lines import Parcel, halves
from nbtrack.stores.rest.link import Link
from nbtrack.stores.rest.unsent import fallback, keep_refused

TOO_LARGE = 413


class Delivery:
    """`told` is what the person should hear of what was set aside."""

    def __init__(self, link: Link, folder: Path) -> None:
        self._link = link
        self._folder = folder
        self.told: str | None = None

    def deliver(self, parcel: Parcel) -> None:
        """Raises StoreError where it is still to be sent: the server does not answer, or does not take it now."""
        if parcel.body is None:
            if parcel.is_damaged:
                self._set_aside("This is no line that nbtrack can send.", parcel)
            return
        try:
            self._link.post(parcel.path, parcel.body, once=True)
        except NotFoundError as error:
            self._set_aside(str(error), parcel)
        except InvalidValueError as error:
            # One value may spoil it for all, or none of a deleted run is taken.
            if len(parcel.lines) == 1 or not self._is_active(parcel.run_id):
                self._set_aside(str(error), parcel)
            else:
                self._in_parts(parcel)
        except ServerError as error:
            if error.status != TOO_LARGE:
                raise
            if not self._in_parts(parcel):
                self._set_aside(str(error), parcel)

    def _in_parts(self, parcel: Parcel) -> bool:
        parts = halves(parcel)
        for part in parts:
            self.deliver(part)
        return bool(parts)

    def _is_active(self, run_id: str) -> bool:
        try:
            info = self._link.get("runs/get", run_id=run_id)["run"]["info"]
        except (NotFoundError, InvalidValueError):
            return False
        return bool(info.get("lifecycle_stage", "active") == "active")

    def _set_aside(self, why: str, parcel: Parcel) -> None:
        try:
            path = keep_refused(self._folder, why, parcel.lines)
        except StoreError as error:
            try:
                path = keep_refused(fallback(self._folder), why, parcel.lines)
            except OSError:
                raise error from None
        self.told = (
            f"Values that were logged were not taken. {why} They are kept in '{path}'; "
            f"`nbtrack doctor --resend --store {self._link.address.url}` sends them again."
        )
