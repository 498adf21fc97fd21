"""The columns of `people.csv`, and the typed facts that may stand beside them."""

import re
from dataclasses import dataclass

from store.errors import BadInput
from store.facts import FACT_TYPES, FactType
from store.tables import Person

COLUMNS = (
    "person_ref",
    "bsn",
    "initials",
    "given_name",
    "prefix",
    "family_name",
    "birth_date",
    "gender",
    "language",
    "street",
    "house_number",
    "house_letter",
    "house_addition",
    "postcode",
    "town",
    "country",
    "phone",
    "phone2",
    "email",
    "deceased_on",
    "moved_abroad_on",
    "address_under_investigation",
    "secret_address",
    "guardian_ref",
)
"""Every column of `people.csv`, in its order."""

REFUSED_PREFIX = "refused_"
"""Columns that our own refused file adds: passed over, so that a mended file can be imported as it is."""
MOST_COLUMNS = 256
_FACT_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
_TAKEN = frozenset(COLUMNS) | {column.key for column in Person.__table__.columns}
# What must never decide whom a public body reaches is not even kept.
_FORBIDDEN = re.compile(
    r"nationali|etni|ethnic|herkomst|geboorteland|country_of_birth|religi|geloof|afkomst|^ras$|^race$"
)


@dataclass(frozen=True, slots=True)
class FactDeclaration:
    """A fact that a file declares: `years_without_return:int`."""

    name: str
    type: FactType

    @classmethod
    def parse(cls, text: str, **where: str | int | None) -> "FactDeclaration":
        """Read `name:type`.

        Args:
            text: The declaration, as it stands in a header or a map.
            where: `file`, `line` and `field` for the error.

        Raises:
            BadInput: it names no type, an unknown one, or a name that cannot be a fact.
        """
        name, colon, kind = (part.strip() for part in text.partition(":"))
        place = {"field": text, **where}
        if not colon:
            remedy = f"declare it as {text}:{'|'.join(FACT_TYPES)}, take it out, or import with a map"
            raise BadInput("is no column we know", remedy, **place)  # type: ignore[arg-type]
        if kind not in FACT_TYPES:
            remedy = f"write {name}:{' or '.join(FACT_TYPES)}"
            raise BadInput(f"{kind!r} is no type of fact", remedy, **place)  # type: ignore[arg-type]
        if not _FACT_NAME.fullmatch(name):
            remedy = "small letters, digits and underscores, a letter first"
            raise BadInput(f"{name!r} cannot name a fact", remedy, **place)  # type: ignore[arg-type]
        if name in _TAKEN:
            raise BadInput("is a column of a person already", "give the fact another name", **place)  # type: ignore[arg-type]
        return cls(name, kind)  # type: ignore[arg-type]


def is_forbidden(name: str) -> bool:
    """Whether a column's name says that it holds a nationality, an origin or a belief."""
    return _FORBIDDEN.search(name.casefold().replace(" ", "_").replace("-", "_")) is not None


def refuse_forbidden(name: str, **where: str | int | None) -> None:
    """Refuse a column that must not be kept.

    Raises:
        BadInput: it holds a nationality, an origin or a belief.
    """
    if is_forbidden(name):
        remedy = "take the column out of the file, or list it under ignore in a map"
        raise BadInput("nobody may be selected by nationality, origin or belief", remedy, field=name, **where)  # type: ignore[arg-type]


def find_twice(names: list[str]) -> str | None:
    """Return the first name that stands more than once."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
