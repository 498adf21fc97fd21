"""The columns of `people.csv`, and the typed facts that may stand beside them."""

import re
import unicodedata
from dataclasses import dataclass

from store.errors import BadInput
from store.facts import FACT_TYPES, FactType
from store.sentences import Sentence
from store.tables import Person

ALL_COLUMNS = (
    "person_ref",
    "bsn",
    "initials",
    "given_name",
    "prefix",
    "family_name",
    "name_use",
    "partner_prefix",
    "partner_name",
    "noble_title",
    "partner_noble_title",
    "partner_ended_on",
    "birth_date",
    "gender",
    "language",
    "street",
    "house_number",
    "house_letter",
    "house_addition",
    "house_designation",
    "location_description",
    "abroad_line_1",
    "abroad_line_2",
    "abroad_line_3",
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
"""Every column of a person that a file may have, in order."""
PARTNER_COLUMNS = ("name_use", "partner_prefix", "partner_name")
"""What a file may leave out: without a partner's name everybody goes by their own."""
ABROAD_LINES = ("abroad_line_1", "abroad_line_2", "abroad_line_3")
"""The lines of an address abroad, as the register has them (regel 1 tot 3 adres buitenland)."""
PLACE_COLUMNS = ("house_designation", "location_description", *ABROAD_LINES)
"""What a file may leave out: the register's own columns for a houseboat, an address abroad and the like."""
TITLE_COLUMNS = ("noble_title", "partner_noble_title", "partner_ended_on")
"""What a file may leave out: titles of nobility, and when a marriage or partnership ended."""
COLUMNS = tuple(name for name in ALL_COLUMNS if name not in (*PLACE_COLUMNS, *TITLE_COLUMNS))
"""The columns of `people.csv`, in its order."""
OPTIONAL_COLUMNS = (*PARTNER_COLUMNS, *TITLE_COLUMNS, *PLACE_COLUMNS)

REFUSED_PREFIX = "refused_"
"""Columns that our own refused file adds: passed over, so that a mended file can be imported as it is."""
MOST_COLUMNS = 256
_FACT_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
_TAKEN = frozenset(ALL_COLUMNS) | {column.key for column in Person.__table__.columns}
# What must never decide whom a public body reaches is not even kept. Held against the name in small letters with a _
# between its words; `national_id` is a citizen number.
_FORBIDDEN = re.compile(
    r"nat+ion+ali?t|nationali(?!d(?:_|$))|^nat(?:ie|ion)?$|(?:^|_)nat(?:ie|ion)?_?(?:code|cd|omschrijving|oms|[0-9])(?:_|$)"
    r"|citizen(?:ship|_of)|burgerschap|angehorigkeit|nacionali|obywatelstwo|uyruk"
    r"|geb(?:oorte)?_?land|land_van_geboorte|country_of_(?:birth|origin)|birth_country"
    r"|etni|ethnic|herkomst|afkomst|religi|geloof|(?:^|_)(?:ras|race)(?:_|$)"
)
# the same word with signs between its letters
_SPELLED_OUT = re.compile(r"nationalit(?:eit|y|e|at)")


@dataclass(frozen=True, slots=True)
class FactDeclaration:
    """A fact that a file declares, as `years_without_return:int`."""

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
            remedy: str = Sentence(
                "declare it as {text}:{fact_types}, take it out, or import with a map",
                text=text,
                fact_types="|".join(FACT_TYPES),
            )
            raise BadInput("is not a known column", remedy, **place)  # type: ignore[arg-type]
        if kind not in FACT_TYPES:
            remedy = Sentence(
                "write {name}:{fact_types}", name=name, fact_types=" or ".join(FACT_TYPES)
            )
            raise BadInput(Sentence("{seen!r} is not a type of fact", seen=kind), remedy, **place)  # type: ignore[arg-type]
        if not _FACT_NAME.fullmatch(name):
            remedy = "small letters, digits and underscores, a letter first"
            raise BadInput(Sentence("{name!r} cannot name a fact", name=name), remedy, **place)  # type: ignore[arg-type]
        if name in _TAKEN:
            raise BadInput("is a column of a person already", "give the fact another name", **place)  # type: ignore[arg-type]
        return cls(name, kind)  # type: ignore[arg-type]


def is_forbidden(name: str) -> bool:
    """Whether a column's name says that it holds a nationality, an origin or a belief."""
    folded = unicodedata.normalize("NFKD", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)).casefold()
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    words = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
    return bool(_FORBIDDEN.search(words) or _SPELLED_OUT.search(words.replace("_", "")))


def refuse_forbidden(name: str, **where: str | int | None) -> None:
    """Refuse a column that must not be kept.

    Raises:
        BadInput: it holds a nationality, an origin or a belief.
    """
    if is_forbidden(name):
        remedy = "take the column out of the file, or list it under ignore in a map"
        raise BadInput(
            "nobody may be selected by nationality, origin or belief",
            remedy,
            field=name,
            **where,  # type: ignore[arg-type]
        )


def find_twice(names: list[str]) -> str | None:
    """Return the first name that occurs more than once."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
