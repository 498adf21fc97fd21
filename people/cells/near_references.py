"""References of known people that are written almost like one that nobody has."""

import re
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, func, select

from store.errors import BadInput
from store.sentences import Sentence
from store.tables import Person

MOST = 3
BATCH = 2_000
_NUMBERED = re.compile(r"(\D*?)0*(\d{1,18})(?:\.0+)?", re.ASCII)
_BETWEEN = re.compile(r"[\s._/-]+")  # what people put between letters and digits
_WIDEST = 12  # digits of a numbered reference


def known_references(connection: Connection, refs: Collection[str]) -> frozenset[str]:
    """Return which of these references somebody has."""
    known = select(Person.person_ref).where(Person.person_ref.in_(sorted(refs)))
    return frozenset(connection.scalars(known))


def near_references(connection: Connection, ref: str) -> tuple[str, ...]:
    """Return references of people that differ from this one in capitals, zeros or signs between only."""
    found = set(known_references(connection, set(_spellings(ref))))
    if not found:
        folded = select(Person.person_ref).where(func.lower(Person.person_ref) == ref.lower())
        found = set(connection.scalars(folded.limit(MOST)))
    return tuple(sorted(found - {ref}))[:MOST]


def near_miss(ref: str, near: Sequence[str]) -> BadInput:
    """Return the refusal of a reference that nobody has, with those that are near."""
    return BadInput(
        Sentence("nobody of the reference {ref} is known", ref=ref),
        Sentence("write {near}, if that is who is meant", near=" or ".join(near)),
        field="person_ref",
    )


def known_widths(connection: Connection) -> frozenset[int]:
    """Return how many characters the references of people have."""
    lengths = select(func.length(Person.person_ref)).distinct()
    return frozenset(connection.scalars(lengths))


def in_other_spellings(
    connection: Connection, refs: Collection[str], widths: Collection[int]
) -> dict[str, tuple[str, ...]]:
    """Return the known references that each one may be which nobody has, by its zeros or capitals.

    `widths` are the characters that references have (`known_widths`).
    """
    unknown = set(refs) - known_references(connection, refs)
    spelled = {ref: {each for each in _spellings(ref) if len(each) in widths} for ref in unknown}
    known: set[str] = set()
    for some in _some(sorted(set().union(*spelled.values()))):
        known |= known_references(connection, some)
    near = {ref: tuple(sorted(known & spellings))[:MOST] for ref, spellings in spelled.items()}
    return {ref: found for ref, found in near.items() if found}


def _some(refs: list[str]) -> Iterable[list[str]]:
    """Cut a list into parts that either database takes in one question."""
    return (refs[start : start + BATCH] for start in range(0, len(refs), BATCH))


def in_other_capitals(connection: Connection, refs: Iterable[str]) -> dict[str, str]:
    """Return the known person of each reference that nobody has as it is written, by its capitals.

    Where two people differ in capitals only, it is neither.
    """
    wanted = set(refs)
    wanted -= known_references(connection, wanted)
    spelled = {ref: {ref.upper(), ref.lower(), ref.capitalize()} - {ref} for ref in wanted}
    known = known_references(connection, set().union(*spelled.values())) if spelled else frozenset()
    near = {ref: known & spellings for ref, spellings in spelled.items()}
    return {ref: next(iter(found)) for ref, found in near.items() if len(found) == 1}


def _spellings(ref: str) -> Iterable[str]:
    yield from (ref.upper(), ref.lower(), ref.capitalize())
    ref = ref.strip()
    bare = _BETWEEN.sub("", ref)
    yield from (ref, bare, bare.upper(), bare.lower())
    for numbered in filter(None, map(_NUMBERED.fullmatch, (ref, bare))):
        letters, digits = numbered.groups()
        for prefix in (letters.upper(), letters.lower()):
            yield from (prefix + digits.zfill(width) for width in range(len(digits), _WIDEST + 1))
