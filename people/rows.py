"""Parsing of a record of a file into a row of the people table, or refusing it."""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple, cast

from people import citizen_numbers
from people.address_rekeying import former_key
from people.addresses import PARTS, AddressFields, NotAPostalAddress, address_parts, household_key
from people.cells.address_doubts import refuse_doubtful
from people.cells.cell_columns import CellColumns
from people.cells.contact_cells import read_email, read_number
from people.cells.damaged_references import References
from people.cells.findings import Finding
from people.cells.name_notes import not_a_name_alone
from people.cells.noble_titles import title_code
from people.cells.plain_addresses import plain_parts
from people.cells.splits import split_cells
from people.columns import ABROAD_LINES, ALL_COLUMNS, PARTNER_COLUMNS, TITLE_COLUMNS
from people.countries import UNKNOWN as UNKNOWN_COUNTRY
from people.countries import country_code
from people.draw_numbers import draw_key
from people.house_numbers import trimmed
from people.names import OWN, PARTNER, damaged, damaged_name
from people.numbers import PhoneNumber
from people.shared_keys import JointKey
from people.value_words import NO
from people.values import Readers
from store.errors import BadInput
from store.sentences import Sentence

Findings = defaultdict[int, list[Finding]]
"""What was found in each of some rows."""
LONGEST = 500
"""Characters in one field."""
RULES = 8
"""Counts up when the same record comes to another row than before, so that unchanged files are read anew."""
# signs of no width that copying leaves in a text; joiners stay, they are letters in some languages
_WIDTHLESS = str.maketrans("", "", "\u00ad\u200b\u200e\u200f\u2060\ufeff")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_PRINTED = (
    "initials",
    "given_name",
    "prefix",
    "family_name",
    "street",
    "town",
    "house_addition",
    "location_description",
    *ABROAD_LINES,
    *PARTNER_COLUMNS[1:],
)
_NAME_PLACES = tuple(map(ALL_COLUMNS.index, _PRINTED))
_PARTNER = slice(ALL_COLUMNS.index(PARTNER_COLUMNS[0]), ALL_COLUMNS.index(PARTNER_COLUMNS[-1]) + 1)
_TITLES = slice(ALL_COLUMNS.index(TITLE_COLUMNS[0]), ALL_COLUMNS.index(TITLE_COLUMNS[-1]) + 1)
_PARTNER_PLACES = frozenset(map(ALL_COLUMNS.index, PARTNER_COLUMNS))
_INITIALS, _GIVEN, _FAMILY, _LANGUAGE, _GUARDIAN = map(
    ALL_COLUMNS.index, ("initials", "given_name", "family_name", "language", "guardian_ref")
)
_NAMES = tuple(
    map(
        ALL_COLUMNS.index,
        ("initials", "given_name", "prefix", "family_name", *PARTNER_COLUMNS[1:]),
    )
)
_PLACES = tuple(place for place in _NAME_PLACES if place not in _NAMES)
_ADDITION = ALL_COLUMNS.index("house_addition")
_ADDRESS = slice(ALL_COLUMNS.index("street"), ALL_COLUMNS.index("country") + 1)
_PHONES = slice(ALL_COLUMNS.index("phone"), ALL_COLUMNS.index("phone2") + 1)
_EMAIL = ALL_COLUMNS.index("email")
_NUMBERS = ("phone", "phone2")
_NOWHERE = (None,) * 7
_COLUMN_OF = {
    "location": "location_description",
    **dict(zip(("line_1", "line_2", "line_3"), ABROAD_LINES, strict=True)),
}


class Parsed(NamedTuple):
    """A record as parsed."""

    ref: str
    values: tuple[Any, ...]  # the columns of `VALUES`
    numbers: tuple[tuple[int, PhoneNumber], ...]  # position and number
    content_hash: int
    findings: Sequence[Finding]


VALUES = (
    *("person_ref", "joint_hash", "initials", "given_name", "prefix", "family_name"),
    *(*PARTNER_COLUMNS, "noble_title", "partner_noble_title", "partner_former", "name_damaged"),
    *("birth_first", "birth_last", "gender", "language"),
    *PARTS,
    "household_key",
    *(
        "email",
        "deceased_on",
        "moved_abroad_on",
        "address_under_investigation",
        "secret_address",
        "guardian_ref",
    ),
    *("facts", "draw_key"),
)
"""The columns of the people table that a record fills, in order; dates are ISO text, facts are JSON."""


def _check_citizen_number(text: str) -> None:
    """Refuse a citizen number that is none. Nothing of it is kept."""
    if text and text.strip("0"):
        citizen_numbers.parse(text)


@dataclass(kw_only=True)
class RowParser:
    """A parser of the records of one file.

    Attributes:
        pick: Takes the values of `ALL_COLUMNS`, then those of the facts, from a record's cleaned fields.
        readers: How this file writes dates, flags, languages, ...
        key: The installation's key, by which an unchanged row is known again.
        joint: The key shared with another body; None where there is none.
        width: How many fields a record has.
        names: What the file itself calls each of our columns, for the errors.
        unmatched: Keys of listed addresses where nobody was known before this file.
        matched: The new keys of those among them that were listed under a former key.
        references: What the references of this file have in common.
        splits: The places of fields that hold several of our columns, each with how it is taken apart.
    """

    pick: Callable[[Sequence[str]], Sequence[str]]
    readers: Readers
    key: bytes
    width: int
    header: Sequence[str]
    names: Mapping[str, str]
    constants: list[str] = field(default_factory=list)
    joint: JointKey | None = None
    unmatched: Container[int] = frozenset()
    matched: dict[int, int] = field(default_factory=dict)
    references: References = field(default_factory=References)
    splits: Sequence[tuple[int, Callable[[str], tuple[str, ...]]]] = ()
    _findings: list[Finding] = field(default_factory=list)

    def parse(self, cells: list[str]) -> Parsed:
        """Read one record.

        Raises:
            BadInput: it cannot be taken; `field` is the file's own name of the field.
        """
        return self.parse_many([cells])[0]

    def parse_many(self, records: Sequence[list[str]]) -> list[Parsed]:
        """Read some records column by column, in half the time of going row by row.

        Raises:
            BadInput: one of them cannot be taken; which one is found by reading each alone.
        """
        seen = list(map(self.pick, map(self._clean, records)))
        columns, found = self._cells.read(list(zip(*seen, strict=True)))
        rows = list(zip(*columns, strict=True)) if found else seen
        refs, _, initials, given, prefixes, families = columns[:6]
        _, partner_prefixes, partner_names = columns[_PARTNER]
        _, uses, spans, sexes, died, moved, investigated, secret, known = self._strict(columns)
        remarks, damages, languages, places, mails, numbers = self._mild(rows, columns, found)
        values = zip(
            *(refs, self._joint_hashes(columns[1]), initials, given, prefixes, families),
            *(uses, partner_prefixes, partner_names),
            *_nobility(columns[_TITLES]),
            damages,
            *zip(*spans, strict=True),
            *(sexes, languages),
            *zip(*places, strict=True),
            *(
                mails,
                died,
                moved,
                investigated,
                secret,
                [guardian or None for guardian in columns[_GUARDIAN]],
            ),
            *(known, map(draw_key, refs)),
            strict=True,
        )
        return list(map(Parsed, refs, values, numbers, map(self._content_hash, seen), remarks))

    @cached_property
    def _cells(self) -> CellColumns:
        return CellColumns.of(self.names, self.readers.declared)

    def _strict(self, columns: Sequence[Sequence[str]]) -> Iterator[list[Any]]:
        """Read the columns for whose errors a row is refused."""
        named = dict(zip(ALL_COLUMNS, columns, strict=False))
        reading = "person_ref"
        try:
            if "" in named[reading]:
                raise BadInput("is empty", "give every person a reference of their own")  # noqa: TRY301  see below
            self.references.refuse_damaged(named[reading])
            reading = "guardian_ref"
            self.references.refuse_damaged(list(filter(None, named[reading])))
            for reading, read in self._strict_readers:
                yield list(map(read, named[reading]))
            reading = ""
            yield self.readers.facts(columns[len(ALL_COLUMNS) :], len(columns[0]))
        except BadInput as error:
            error.field = self.names[reading or error.field or ""]
            raise

    @cached_property
    def _strict_readers(self) -> tuple[tuple[str, Callable[[str], Any]], ...]:
        read = self.readers
        return (
            ("bsn", _check_citizen_number),
            ("name_use", read.name_use.__getitem__),
            ("birth_date", read.birth.__getitem__),
            ("gender", read.gender.__getitem__),
            ("deceased_on", read.event.__getitem__),
            ("moved_abroad_on", read.event.__getitem__),
            ("address_under_investigation", read.investigation.__getitem__),
            ("secret_address", read.secrecy.__getitem__),
        )

    def _mild(
        self,
        rows: Sequence[Sequence[str]],
        columns: Sequence[Sequence[str]],
        found: Findings,
    ) -> tuple[Sequence[Any], ...]:
        """Read the columns whose errors are findings, namely names, languages, addresses, mail and numbers.

        `found` holds what was found in the cells of each row already.
        """
        damages, languages = self._damages(rows, columns, found), self._languages(columns, found)
        places = self._places(columns, found)
        mails = [
            self._email(mail, found[index]) if mail else None
            for index, mail in enumerate(columns[_EMAIL])
        ]
        phones = enumerate(zip(*columns[_PHONES], strict=True))
        numbers = [
            self._numbers(texts, found[index]) if any(texts) else () for index, texts in phones
        ]
        findings = [found.get(index, ()) for index in range(len(rows))]
        return findings, damages, languages, places, mails, numbers

    def _damages(
        self, rows: Sequence[Sequence[str]], columns: Sequence[Sequence[str]], found: Findings
    ) -> list[bool]:
        """Return which rows have a name that cannot be printed, or none."""
        damages = [False] * len(rows)
        for index in _suspected(columns):
            self._findings = found[index]
            damages[index] = self._is_damaged(rows[index])
        return damages

    def _languages(self, columns: Sequence[Sequence[str]], found: Findings) -> list[str]:
        languages = list(map(self.readers.language.__getitem__, columns[_LANGUAGE]))
        if None not in languages:
            return cast("list[str]", languages)
        for index, text in enumerate(columns[_LANGUAGE]):
            if languages[index] is None:
                self._findings = found[index]
                self._note("language", "unknown_language", text, "gets Dutch")
        return [language or "" for language in languages]

    def _places(self, columns: Sequence[Sequence[str]], found: Findings) -> list[tuple[Any, ...]]:
        """Read the parts and the key of every address."""
        places: list[tuple[Any, ...]] = []
        matches = bool(self.unmatched)
        for index, fields in enumerate(
            map(AddressFields._make, zip(*columns[_ADDRESS], strict=True))
        ):
            plain = None if matches else plain_parts(fields)
            if plain:
                places.append((*plain, household_key(plain)))
            else:
                self._findings = found[index]
                places.append(self._address(fields))
        return places

    def _joint_hashes(self, numbers: Sequence[str]) -> Iterable[str | None]:
        """Return the hashes under the joint key of valid citizen numbers."""
        if self.joint is None:
            return repeat(None, len(numbers))
        hashed = self._hash_jointly
        return [
            hashed(citizen_numbers.parse(text)) if text and text.strip("0") else None
            for text in numbers
        ]

    @cached_property
    def _hash_jointly(self) -> Callable[[str], str]:
        return self.joint.persons() if self.joint else str

    @cached_property
    def _unhashed(self) -> "blake2b":
        """State of a hash whose key is a digest of what a row depends on besides its fields.

        These are our key, how the file writes its values, and our own rules.
        """
        facts = [(fact.name, fact.type) for fact in self.readers.declared]
        text = repr((RULES, self.key, self.readers.signature(), facts))
        if self.joint is not None:  # set since, it changes every row once; not set, it changes none
            text += self.joint.fingerprint()
        way_of_reading = blake2b(text.encode(), digest_size=32).digest()
        return blake2b(digest_size=8, key=way_of_reading)

    def _content_hash(self, fields: Sequence[str]) -> int:
        # no field holds the separator: it is a control character
        # nobody is written anew because a file may name a partner since
        if not any(fields[_PARTNER]):
            fields = self._without_partner(fields)
        state = self._unhashed.copy()  # which is quicker than making one
        state.update("\x1f".join(fields).encode())
        return int.from_bytes(state.digest(), "big") >> 1

    @cached_property
    def _without_partner(self) -> Callable[[Sequence[str]], Sequence[str]]:
        places = range(len(ALL_COLUMNS) + len(self.readers.declared))
        partner = range(*_PARTNER.indices(len(places)))
        return itemgetter(*(place for place in places if place not in partner))

    def _clean(self, cells: list[str]) -> list[str]:
        """Return the fields without spaces around them.

        Most records are found clean at one glance.
        """
        if len(cells) != self.width:
            cells = self._fit(cells)
        joined = "|".join(cells)
        if len(joined) > LONGEST and len(max(cells, key=len)) > LONGEST:
            raise self._too_long(cells)
        # a space that does not break is not printable either
        if not joined.isprintable() or "  " in joined:
            cells = [self._clean_one(index, cell) for index, cell in enumerate(cells)]
        elif " |" in joined or "| " in joined or joined[:1] == " " or joined[-1:] == " ":
            cells = [cell.strip() for cell in cells]
        if self.constants:
            cells = cells + self.constants
        return split_cells(cells, self.splits) if self.splits else cells

    def _fit(self, cells: list[str]) -> list[str]:
        if len(cells) == self.width + 1 and not cells[-1]:
            return cells[:-1]  # a delimiter at the end of the line
        problem = Sentence(
            "has {count} fields where the header has {width}", count=len(cells), width=self.width
        )
        raise BadInput(problem, "quote a field that holds a delimiter or a quote")

    def _too_long(self, cells: list[str]) -> BadInput:
        index = next(index for index, cell in enumerate(cells) if len(cell) > LONGEST)
        problem = Sentence("has {count:,} characters", count=len(cells[index]))
        return BadInput(
            problem,
            Sentence("at most {longest} are taken", longest=LONGEST),
            field=self.header[index],
        )

    def _clean_one(self, index: int, cell: str) -> str:
        if found := _CONTROL.search(cell):
            problem = Sentence("holds the control character U+{code:04X}", code=ord(found[0]))
            raise BadInput(problem, "take it out", field=self.header[index])
        cell = cell.translate(_WIDTHLESS)
        # a tab in front is a trick of formulas: it stays to be seen
        return ("\t" if cell.startswith("\t") else "") + " ".join(cell.split())

    def _is_damaged(self, row: Sequence[str]) -> bool:
        broken, own = False, self._goes_by_own_name(*row[_PARTNER])
        for place in _NAME_PLACES:
            if why := _damage(place, row[place]):
                kind = "name_and_more" if not_a_name_alone(row[place]) == why else "damaged_name"
                self._note(ALL_COLUMNS[place], kind, row[place], f"held, not printed: {why}")
                # what is not printed spoils nothing
                broken = broken or not (own and place in _PARTNER_PLACES)
        if not (row[_FAMILY] or row[_GIVEN] or row[_INITIALS] or self._is_partners(row)):
            self._note("family_name", "missing_name", "", "held, not printed: there is no name")
            broken = True
        return broken

    def _goes_by_own_name(self, text: str, _prefix: str, partner: str) -> bool:
        use = self.readers.name_use[text]
        if use != OWN and not partner:
            done = f"goes by their own name: the name use is {use} without a partner's name"
            self._note("partner_name", "missing_partner", "", done)
        return use == OWN or not partner

    def _is_partners(self, row: Sequence[str]) -> bool:
        """Whether somebody goes by their partner's name alone, so that their own is not missed."""
        text, _, partner = row[_PARTNER]
        return bool(partner) and self.readers.name_use[text] == PARTNER

    def _address(self, fields: AddressFields) -> tuple[Any, ...]:
        """Read an address closely, and note why none is kept."""
        land = country_code(fields.country)
        if land is None:
            self._note("country", "unknown_country", fields.country, "no address is kept")
            return (*_NOWHERE, UNKNOWN_COUNTRY, None)
        if not any(fields[:2]) and not any(fields[5:-1]):
            self._note("postcode", "no_address", "", "no address is kept")
            return (*_NOWHERE, land, None)
        try:
            refuse_doubtful(fields, land)
            found = address_parts(
                fields if fields.country == land else fields._replace(country=land)
            )
        except NotAPostalAddress as error:
            name = _COLUMN_OF.get(error.field or "", error.field or "postcode")
            done = f"no address is kept: {error.problem}"
            self._note(name, "bad_address", self._seen_with(name, fields), done)
            return (*_NOWHERE, land, None)
        key = household_key(found)
        if self.unmatched:
            self._match(fields._replace(postcode=found[5], country=land), key)
        return (*found, key)

    def _seen_with(self, name: str, fields: AddressFields) -> str:
        """Return what the file's own column held from which this part was read."""
        own = self.names[name]
        parts = zip(AddressFields._fields, fields, strict=True)
        return " ".join(
            part for ours, part in parts if part and self.names[_COLUMN_OF.get(ours, ours)] == own
        )

    def _match(self, fields: AddressFields, key: int) -> None:
        """Note the new key of an address that was listed under its former one."""
        former = former_key(fields)
        if former is not None and former != key and former in self.unmatched:
            self.matched[former] = key

    def _email(self, text: str, findings: list[Finding]) -> str | None:
        mail, found = read_email(self.names.get("email") or "email", text)
        findings += [found] if found else []
        return mail

    def _numbers(
        self, texts: Sequence[str], findings: list[Finding]
    ) -> tuple[tuple[int, PhoneNumber], ...]:
        numbers = []
        for (position, name), text in zip(self._number_columns, texts, strict=True):
            if not text:
                continue
            number, found = read_number(name, text)
            if found:
                findings.append(found)
            if number:
                numbers.append((position, number))
        return tuple(numbers)

    @cached_property
    def _number_columns(self) -> tuple[tuple[int, str], ...]:
        """The position of each telephone number, and what the file calls its column."""
        named = (self.names.get(name) or name for name in _NUMBERS)
        return tuple(enumerate(named, start=1))

    def _note(self, name: str, kind: str, seen: str, done: str) -> None:
        self._findings.append(Finding(self.names.get(name) or name, kind, seen, done))


def _nobility(columns: Sequence[Sequence[str]]) -> tuple[Iterable[Any], ...]:
    """Return the codes of people's own titles, those of their partners, and whether these are former."""
    own, partners, ended = columns
    return map(title_code, own), map(title_code, partners), [text not in NO for text in ended]


def _suspected(columns: Sequence[Sequence[str]]) -> frozenset[int]:
    """Return the rows of which a name or a place may be damaged, or a name is missing."""
    checks = [(damaged, columns[place]) for place in _PLACES]
    checks += [(damaged_name, columns[place]) for place in _NAMES]
    found: set[int] = set()
    for check, cells in checks:
        reasons = list(map(check, cells))
        if any(reasons):
            found.update(index for index, why in enumerate(reasons) if why)
    found.update(index for index, name in enumerate(columns[_FAMILY]) if not name)
    uses, _, partners = columns[_PARTNER]
    alone = enumerate(zip(uses, partners, strict=True))
    found.update(index for index, (use, name) in alone if use and not name)
    return frozenset(found)


def _damage(place: int, text: str) -> str | None:
    """Return why a field cannot be printed.

    A dash before an addition joins it to its number, and is no formula.
    """
    if place in _NAMES:
        return damaged_name(text)
    return damaged(trimmed(text) if place == _ADDITION else text)


def picker(
    columns: Mapping[str, int], fact_indexes: Sequence[int]
) -> Callable[[Sequence[str]], Sequence[str]]:
    """Return a getter of our columns and the facts from a record, in our order.

    `columns` holds their places.
    """
    return itemgetter(*(columns[name] for name in ALL_COLUMNS), *fact_indexes)
