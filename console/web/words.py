"""Every word of the console in Dutch and English, from `words.toml`."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "nl"


@cache
def words() -> dict[str, dict[str, str]]:
    """Return every text by its key ("queue.title") and language."""
    return dict(
        _flattened(
            "", tomllib.loads(files("console.web").joinpath("words.toml").read_text("utf-8"))
        )
    )


def say(language: Language, key: str, **values: object) -> str:
    """Return the text of `key` in this language, its {names} filled in.

    Raises:
        KeyError: There is no text with this key, or a value for one of its names is missing.
    """
    text = words()[key][language]
    return text.format(**values) if values else text


def known(key: str) -> bool:
    """Say whether there is a text with this key."""
    return key in words()


def language_of(text: object) -> Language:
    """Return the language with this code, Dutch by default."""
    return next((language for language in LANGUAGES if language == text), DEFAULT)


def _flattened(prefix: str, table: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    if set(table) == set(LANGUAGES) and all(isinstance(text, str) for text in table.values()):
        return [(prefix, table)]
    return [
        pair
        for key, inner in table.items()
        for pair in _flattened(f"{prefix}.{key}" if prefix else key, inner)
    ]
