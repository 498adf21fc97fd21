"""The folder of a body's own templates, word lists, logo and colours, which win over the shipped ones.

A process serves one installation, so the folder is set once, when the installation opens.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from store.errors import BadInput
from store.sentences import Sentence

SETTING = "KAARTJE_TEMPLATES"
WORDS = "words"
CARD_LOGO = "card-logo.svg"
"""The logo on open cards, which a neighbour can read."""
SHARED = ("colours.toml", "logo.svg", CARD_LOGO)
"""Files of the whole folder, which every printed template may use."""
LISTS = ("outside", "text", "rights", "office")
"""The lists of forbidden words."""
SUFFIXES = frozenset({".toml", ".j2", ".svg"})
_state: dict[str, Path | None] = {"folder": None}


def use_own_folder(folder: Path | None) -> None:
    """Set the folder of this process, or None for the shipped templates alone.

    Raises:
        BadInput: it is not an absolute path of a folder that can be read, or holds what is no template.
    """
    if folder is not None:
        _check(folder)
    _state["folder"] = folder


def own_folder() -> Path | None:
    """Return the folder of this process, or None."""
    return _state["folder"]


def own_files(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by their path in it.

    Raises:
        BadInput: one cannot be read.
    """
    return {
        str(path.relative_to(folder)): _read(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in SUFFIXES
    }


def own_sources(name: str) -> dict[str, str]:
    """Return the body's own files of one template, with what the whole folder adds to it.

    Raises:
        BadInput: one cannot be read.
    """
    folder = own_folder()
    if folder is None:
        return {}
    shared = {each: folder / each for each in SHARED}
    words = {f"{WORDS}-{each}.toml": folder / WORDS / f"{each}.toml" for each in LISTS}
    mine = {path.name: path for path in _files(folder / name)}
    found = {**shared, **words, **mine}
    return {file: read_own(path) for file, path in found.items() if path.is_file()}


def own_names() -> tuple[str, ...]:
    """Return the names of the body's own templates, whole or in part."""
    folder = own_folder()
    if folder is None:
        return ()
    return tuple(sorted(path.name for path in _subfolders(folder) if path.name != WORDS))


def own_words(name: str) -> str:
    """Return the own list of forbidden words as TOML, or an empty text where there is none."""
    folder = own_folder()
    file = folder / WORDS / f"{name}.toml" if folder is not None else None
    return read_own(file) if file is not None and file.is_file() else ""


def read_own(path: Path) -> str:
    """Return the text of a file.

    Raises:
        BadInput: it cannot be read, or is not UTF-8.
    """
    try:
        return _read(path).decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput("is not UTF-8", "save it as UTF-8", file=str(path), field=SETTING) from None


def _check(folder: Path) -> None:
    remedy = "name a folder that is there by its whole path, or unset it"
    if not folder.is_absolute():
        raise BadInput(
            Sentence("{folder} is not a whole path", folder=folder), remedy, field=SETTING
        )
    if not folder.exists():
        raise BadInput(Sentence("{folder} is not there", folder=folder), remedy, field=SETTING)
    if not folder.is_dir():
        raise BadInput(Sentence("{folder} is not a folder", folder=folder), remedy, field=SETTING)
    if not os.access(folder, os.R_OK | os.X_OK):
        raise BadInput(
            Sentence("{folder} cannot be read", folder=folder),
            "give this user the right to read it",
            field=SETTING,
        )
    for path in _subfolders(folder):
        if not os.access(path, os.R_OK | os.X_OK):
            raise BadInput(
                "cannot be read",
                "give this user the right to read it",
                file=str(path),
                field=SETTING,
            )
    known = (*SHARED, *(f"{WORDS}/{name}.toml" for name in LISTS))
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix in SUFFIXES and path.name not in SHARED:
            raise BadInput(
                "is not a file that we know",
                Sentence(
                    "put it in the folder of its template; known are {known}",
                    known=", ".join(known),
                ),
                file=str(path),
                field=SETTING,
            )
    for path in _files(folder / WORDS):
        if path.stem not in LISTS:
            raise BadInput(
                "is not a list that we know",
                Sentence("known are {known}", known=", ".join(known)),
                file=str(path),
                field=SETTING,
            )


def _subfolders(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.is_dir() and path.name[0] != ".")


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.suffix in SUFFIXES)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(
            "cannot be read", (error.strerror or "").lower(), file=str(path), field=SETTING
        ) from error
