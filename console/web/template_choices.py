"""Descriptions of the templates that somebody can choose from."""

from functools import cache
from pathlib import Path

from store.errors import BadInput
from templates.descriptions import Description, read_description
from templates.own_folder import own_folder
from templates.texts import available, sources

_ABOUT = "template.toml"
_ANSWERS = "text-"
_INVITING = frozenset({"text-invitation", "text-refund"})
"""The texts that begin a conversation. The others answer somebody."""


def descriptions() -> dict[str, Description]:
    """Return the description of each template by name, without those that cannot be read."""
    found = {name: described(name) for name in available()}
    return {name: each for name, each in found.items() if each is not None}


def for_campaigns() -> dict[str, Description]:
    """Return the descriptions of the templates with which a campaign can reach somebody."""
    return {
        name: each
        for name, each in descriptions().items()
        if not name.startswith(_ANSWERS) or name in _INVITING
    }


def described(name: str) -> Description | None:
    """Return the description of one template, or None where there is none."""
    return _described(name, own_folder()) if name in available() else None


@cache
def _described(name: str, folder: Path | None) -> Description | None:
    del folder  # descriptions of another folder are others
    try:
        return read_description(sources(name)[_ABOUT], name)
    except (BadInput, KeyError):
        return None
