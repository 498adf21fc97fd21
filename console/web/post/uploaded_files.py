"""Text files that come by the browser, refused where they are packed, put where a reader finds them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import Depends

from console.catalogues import translation_to
from console.web.sessions import Visit
from console.web.uploads import Upload, uploading
from store.errors import BadInput
from store.plain_errors import in_plain_words
from store.sentences import Sentence, translated

LARGEST = 16_000_000
"""Bytes of a file: an answer with a row for each of 100,000 pieces is a third of it."""
PACKED = {
    b"PK\x03\x04": "a workbook or a packed file",
    b"\xd0\xcf\x11\xe0": "a workbook",
    b"\x1f\x8b": "a packed file",
    b"7z\xbc\xaf": "a packed file",
    b"Rar!": "a packed file",
    b"BZh": "a packed file",
    b"\xfd7zXZ": "a packed file",
    b"%PDF": "a PDF",
    b"age-encryption.org": "a closed file",
}
"""The first bytes of files that are no text. Nothing is ever unpacked."""
_ODD = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 80
TextFile = Annotated[Upload, Depends(uploading(LARGEST))]


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedRow:
    """One row that was not taken, in the reader's language."""

    line: int
    field: str
    problem: str


def check_text_file(upload: Upload) -> None:
    """Refuse what is too large, empty or no text by its first bytes.

    Raises:
        BadInput: it is one of these.
    """
    if upload.too_large:
        remedy = "send at most {most:,} bytes at once: divide it in two, with the header above both"
        raise BadInput("is too large for the browser", Sentence(remedy, most=LARGEST))
    if not upload.content:
        raise BadInput("no file was chosen, or it is empty", "choose a file with rows")
    for start, what in PACKED.items():
        if upload.content.startswith(start):
            raise BadInput(
                Sentence("is {what}, and nothing is unpacked here", what=Sentence(what)),
                "save it as 'CSV UTF-8' and choose that file",
                file=upload.name,
            )


@contextmanager
def as_file(name: str, content: bytes) -> Iterator[Path]:
    """Put content in a file of ours for as long as it is read, and call it by its own name in errors."""
    with TemporaryDirectory(prefix="kaartje-upload-") as folder:
        file = Path(folder) / _plain_name(name)
        file.write_bytes(content)
        try:
            yield file
        except BadInput as error:
            raise replace(error, file=name or "CSV") from None


def refused_row(visit: Visit, line: int, problem: str, field: str = "") -> RefusedRow:
    """Return a row that was not taken, in the reader's language, with its field apart."""
    said = translated(problem, translation_to(visit.language))
    return RefusedRow(line=line, field=clean(field), problem=clean(said.removeprefix(f"{field}: ")))


def why_not(visit: Visit, error: BadInput) -> str:
    """Return why a file was not taken, in the reader's language."""
    return clean(in_plain_words(error, translation_to(visit.language)))


def clean(text: str) -> str:
    """Return a text without halves of letters, which no page can be written with."""
    return text.encode("utf-8", "replace").decode()


def _plain_name(name: str) -> str:
    """Return a name for a file of ours, which leads nowhere and keeps its ending."""
    plain = _ODD.sub("-", name).lstrip(".-")
    return plain[-_LONGEST_NAME:] if plain else "answer"
