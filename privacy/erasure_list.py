"""The list of who was erased, a file outside the database, and its replay after a backup was restored.

It names nobody: it has the pseudonym of each and keyed hashes, and the key wrapped under the installation's secret.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from installation.installation import Installation
from people.erased.keys_of_erasures import keyed_hash, unwrap
from store.errors import BadInput
from store.tables import ErasureKey, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedPerson:
    """One line of the list."""

    pseudonym: str
    ref_hash: str
    number_hashes: tuple[str, ...]
    erased_at: datetime
    erased_by: str


def append_to_list(installation: Installation, connection: Connection, line: ErasedPerson) -> None:
    """Add somebody to the list, synced to disk, with the wrapped key before the first."""
    file = installation.settings.erasures_file
    if any(each.get("pseudonym") == line.pseudonym for each in _lines(file)):
        return  # replayed
    wrapped = connection.execute(select(ErasureKey.wrapped)).scalar_one()
    lines: list[dict[str, object]] = [] if _last_key(file) == wrapped else [{"key": wrapped}]
    lines.append(
        {
            "pseudonym": line.pseudonym,
            "ref_hash": line.ref_hash,
            "number_hashes": list(line.number_hashes),
            "erased_at": line.erased_at.isoformat(),
            "erased_by": line.erased_by,
        }
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as text:
        text.writelines(json.dumps(each) + "\n" for each in lines)
        text.flush()
        os.fsync(text.fileno())


def _last_key(file: Path) -> str | None:
    """Return the wrapped key that was written last, or None."""
    keys = [str(each["key"]) for each in _lines(file) if "key" in each]
    return keys[-1] if keys else None


def _lines(file: Path) -> Iterator[dict[str, object]]:
    if not file.exists():
        return
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            yield dict(json.loads(line))
        except (ValueError, TypeError) as error:
            if line is not None and not line.endswith("}"):
                continue  # cut short by a crash; the erasure itself was not done then
            raise BadInput(
                f"line {number} cannot be read", "take the file from its copy", file=str(file)
            ) from error


def listed(file: Path) -> tuple[str | None, list[ErasedPerson]]:
    """Return the wrapped key and everybody on the list.

    Raises:
        BadInput: a line cannot be read.
    """
    found = [
        ErasedPerson(
            pseudonym=str(each["pseudonym"]),
            ref_hash=str(each["ref_hash"]),
            number_hashes=tuple(map(str, each["number_hashes"])),  # type: ignore[call-overload]
            erased_at=datetime.fromisoformat(str(each["erased_at"])),
            erased_by=str(each["erased_by"]),
        )
        for each in _lines(file)
        if "pseudonym" in each
    ]
    return _last_key(file), found


def who_came_back(installation: Installation) -> list[tuple[str, ErasedPerson]]:
    """Return whom the list says were erased and who are in the database all the same, by reference.

    Somebody whom a file named again after their erasure came back by right and is not among them: they were written
    after it.

    Raises:
        BadInput: the list cannot be read, or is of another secret.
    """
    wrapped, erased = listed(installation.settings.erasures_file)
    if wrapped is None or not erased:
        return []
    key = unwrap(wrapped, installation.settings.key())
    by_hash = {each.ref_hash: each for each in erased}
    query = select(Person.person_ref, Person.imported_at).where(Person.erased_at.is_(None))
    with installation.store.reading() as connection:
        people = connection.execute(query.execution_options(yield_per=10_000))
        return [
            (ref, each)
            for ref, imported_at in people
            if (each := by_hash.get(keyed_hash(key, ref))) and imported_at <= each.erased_at
        ]
