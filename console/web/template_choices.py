"""Descriptions of the templates that somebody can choose from."""

from functools import cache
from pathlib import Path

from store.errors import BadInput
from templates.descriptions import Description, read_description
from templates.own_folder import own_folder
from templates.texts import available, sources

_ABOUT = "template.toml"


def descriptions() -> dict[str, Description]:
    """Return the description of each template by name, without those that cannot be read."""
    found = {name: described(name) for name in available()}
    return {name: each for name, each in found.items() if each is not None}


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
