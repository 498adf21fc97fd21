"""Registers of contacts with citizens that a body keeps outside Kaartje, behind one port."""

from pathlib import Path

from channels.interactions.folder import Folder
from channels.interactions.open_klant import OpenKlant
from channels.interactions.port import Contact, Declined, Interactions, Put, Task, Unclear

__all__ = [
    "Contact",
    "Declined",
    "Folder",
    "Interactions",
    "OpenKlant",
    "Put",
    "Task",
    "Unclear",
    "open_register",
]


def open_register(place: str, *, token: str) -> Interactions:
    """Open the register at `place`, an address of Open Klant's Klantinteracties or a folder.

    Raises:
        BadInput: the address is not https, or there is no token for it.
    """
    if "://" in place:
        return OpenKlant.at(place, token=token)
    return Folder(Path(place).absolute())
