"""Words of an explanation in Dutch and English, from why_words.toml."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from store.written_dates import Language


def say(language: Language, key: str, /, **values: object) -> str:
    """Return the words of "section.key", filled in.

    Raises:
        KeyError: There are none.
    """
    section, _, name = key.partition(".")
    return str(_words()[section][name][language]).format(**values)


def known(key: str) -> bool:
    """Return whether there are words for "section.key"."""
    section, _, name = key.partition(".")
    return name in _words().get(section, {})


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("outcomes").joinpath("why_words.toml").read_text("utf-8"))
