"""Every text of the console's pages in Dutch and English, by key."""

from console.catalogues import LANGUAGES, Language, catalogue

__all__ = ["DEFAULT", "LANGUAGES", "Language", "known", "language_of", "say"]
DEFAULT: Language = "nl"


def say(language: Language, key: str, **values: object) -> str:
    """Return the text of `key` in this language, its {names} filled in.

    Raises:
        KeyError: There is no text with this key, or a value for one of its names is missing.
    """
    text = catalogue(language, "console")[key]
    return text.format(**values) if values else text


def known(key: str) -> bool:
    """Say whether there is a text with this key."""
    return key in catalogue(DEFAULT, "console")


def language_of(text: object) -> Language:
    """Return the language with this code, Dutch by default."""
    return next((language for language in LANGUAGES if language == text), DEFAULT)
