"""Configuration of a print shop from a TOML file, with its server, hours, prices and tolerances.

docs/print-shop.md explains each key. Without such a file the shop collects from the outbox.
"""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from channels.answer_words import AnswerMap
from channels.postage_abroad import CountryGroup, Euros, check_groups, check_weights, price_abroad
from store.described_toml import DescribedToml
from store.sentences import Sentence

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEK: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
FOLDED = "-folded"


Format = Annotated[str, Field(pattern=r"^[1-9]\d{1,3}x[1-9]\d{1,3}(-folded)?$")]
"""A sheet before it is folded: width x height in millimetres, `148x105`, and whether it is, `210x297-folded`."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The format and weight of one piece, from a template's layout.

    It is the one source of its weight and its postage.
    """

    format: str  # as price lists call it: `148x105`, `210x297-folded`
    grams: float  # of one piece, with its envelope


def paper_of(layout: Mapping[str, Any]) -> Paper:
    """Return the paper of a template's layout."""
    from channels.card.layout import Sheet

    sheet = Sheet.model_validate(layout.get("card", {}))
    return Paper(f"{sheet.width:.0f}x{sheet.height:.0f}{FOLDED if sheet.fold else ''}", sheet.grams)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Sftp(_Part):
    """Address of the shop's server, our user and key there, and its host key."""

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65_535)] = 22
    user: Annotated[str, Field(min_length=1, max_length=64)]
    key_file: Path  # our private key; beside this file unless it is a whole path
    # theirs, as `.pub` says it
    host_key: Annotated[str, Field(pattern=r"^(ssh|ecdsa)-[\w-]+ [A-Za-z0-9+/=]+( .*)?$")]
    folder: Annotated[str, Field(min_length=1)]  # where runs go
    answers: str = ""  # where its answers stand; empty: they come by another road
    timeout: Annotated[float, Field(gt=0, le=3600)] = 60  # seconds in which something must move
    flat: bool = False  # no folders there: the run stands in the name of each file
    rename: bool = (
        True  # a file gets its name when it is whole; without, under its own name at once
    )
    drop_only: bool = False  # we may write there, and neither look nor read

    def name_in_run(self, run: str, name: str) -> str:
        """Return what a file of a run is called below our folder."""
        if not self.flat:
            return f"{run}/{name}"
        return name if name.startswith((f"{run}-", f"{run}.")) else f"{run}-{name}"

    @field_validator("host_key")
    @classmethod
    def _is_a_key(cls, value: str) -> str:
        kind, body = value.split(" ")[:2]
        try:
            named = b64decode(body, validate=True)[4 : 4 + len(kind)]
        except ValueError:
            named = b""
        if named != kind.encode():
            raise ValueError(
                Sentence(
                    "{seen!r} is not a public key; write what ssh-keyscan gives, without the host",
                    seen=value[:40],
                )
            )
        return value

    @model_validator(mode="after")
    def _may_answer(self) -> Self:
        if self.drop_only and self.answers:
            raise ValueError("drop_only leaves no answers to read there; leave answers out")
        return self

    @field_validator("folder", "answers")
    @classmethod
    def _leads_down(cls, value: str) -> str:
        if ".." in value.split("/") or "\\" in value or not value.isprintable():
            raise ValueError(
                Sentence(
                    "{seen!r} is not a folder; write it as in/kaartje, without .. and with /",
                    seen=value,
                )
            )
        return value.rstrip("/") or value


class Calendar(_Part):
    """Working days, cut-off time and daily capacity of the shop, by local time.

    On public holidays it is closed.
    """

    cut_off: time = time(16)  # what comes later is the next day's work
    closed: tuple[Weekday, ...] = ("saturday", "sunday")
    closed_days: tuple[date, ...] = ()
    # of all campaigns together; None: as many as there are
    daily_pieces: Annotated[int, Field(ge=1)] | None = None
    # pieces below which no run goes unless it is the last; None: a quarter of daily_pieces
    smallest_run: Annotated[int, Field(ge=1)] | None = None

    @field_validator("cut_off", mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        try:
            return (
                value
                if isinstance(value, time)
                else time.fromisoformat(str(value).zfill(len("16:00")))
            )
        except ValueError:
            raise ValueError(
                Sentence("{seen!r} is not a time of day; write it as 16:00", seen=value)
            ) from None

    @property
    def smallest(self) -> int:
        """The pieces below which no run goes while more wait than fit in the day."""
        if self.smallest_run is not None:
            return self.smallest_run
        return -(-(self.daily_pieces or 1) // 4)

    @model_validator(mode="after")
    def _works_at_all(self) -> Self:
        if self.cut_off == time():
            raise ValueError("its day ends as it begins; write cut_off as 16:00, or as 23:59")
        if set(self.closed) == set(WEEK):
            raise ValueError("it is closed on every day of the week; leave one out of closed")
        return self


class Postage(_Part):
    """Postage of one piece up to a weight."""

    up_to: Annotated[int, Field(ge=1, le=2_000)]  # grams
    sorted: Euros
    unsorted: Euros


class Prices(_Part):
    """The shop's price list, in euros as it bills them."""

    set_up: Euros = Decimal(0)  # for each run
    print: Annotated[Mapping[Format, Euros], Field(min_length=1)]  # for one piece, by format
    # pieces from which a run is sorted for the carrier
    sorted_from: Annotated[int, Field(ge=1)] = 1
    postage: Annotated[tuple[Postage, ...], Field(min_length=1)]
    abroad: tuple[CountryGroup, ...] = ()  # none: no price is known for what goes abroad

    @model_validator(mode="after")
    def _each_country_once(self) -> Self:
        check_groups(self.abroad)
        return self

    @model_validator(mode="after")
    def _from_light_to_heavy(self) -> Self:
        check_weights([each.up_to for each in self.postage])
        return self


class Tolerance(_Part):
    """How far a run may differ before the next wave waits for a person.

    The larger of the two counts.
    """

    pieces: Annotated[int, Field(ge=0)] = 0
    per_mille: Annotated[int, Field(ge=0, le=1000)] = 0


class Pulling(_Part):
    """How long before posting one piece can still be taken out."""

    hours_before_posting: Annotated[float, Field(ge=0, le=240)] = 4


class Encryption(_Part):
    """The shop's public key, with which everything that goes to it is encrypted."""

    key: Annotated[str, Field(pattern=r"^(age1|ssh-)")]

    @field_validator("key")
    @classmethod
    def _is_a_key(cls, value: str) -> str:
        from channels.encrypting import recipient

        recipient(value)
        return value


CarrierColumn = Literal["piece_id", "sort_order", "code_line", "print_line", "code_2d"]


class Shop(_Part):
    """Configuration of a print shop."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    # artwork: it composes itself, and its PDF comes back to us
    mode: Literal["composed", "artwork"] = "composed"
    enriched: bool = False  # whether a run waits until the carrier has given its order back
    sftp: Sftp | None = None  # None: the outbox is where it collects
    # the carrier's service, and whom of us the shop asks: both stand on the job ticket
    service: Annotated[str, Field(max_length=120)] = ""
    contact: Annotated[str, Field(max_length=200)] = ""
    calendar: Calendar = Calendar()
    prices: Prices | None = None
    tolerance: Tolerance = Tolerance()
    pull: Pulling = Pulling()
    encryption: Encryption | None = None
    answer_map: AnswerMap = AnswerMap()  # how it writes its answers
    carrier_map: Mapping[CarrierColumn, Annotated[str, Field(min_length=1)]] = {}  # ours = theirs

    def postage(self, paper: Paper) -> Postage | None:
        """Return the weight class of one piece, or None where it is too heavy or prices are unknown."""
        if self.prices is None:
            return None
        return next((each for each in self.prices.postage if paper.grams <= each.up_to), None)

    def postage_abroad(self, paper: Paper, country: str) -> Decimal | None:
        """Return the postage of one piece to another country, or None where the list has none."""
        groups = self.prices.abroad if self.prices else ()
        return price_abroad(groups, country, paper.grams)

    def price(
        self, paper: Paper, pieces: int, abroad: Mapping[str, int] | None = None
    ) -> Decimal | None:
        """Return the price in euros of a run of so many pieces, set-up included.

        None where the list has no price for it.

        Args:
            paper: The format and weight of a piece.
            pieces: Of the whole run.
            abroad: How many of them go to which other country.
        """
        postage = self.postage(paper)
        if self.prices is None or postage is None or paper.format not in self.prices.print:
            return None
        if not pieces:
            return Decimal(0)
        mail = postage.sorted if pieces >= self.prices.sorted_from else postage.unsorted
        total = self.prices.set_up + (self.prices.print[paper.format] + mail) * pieces
        for country, number in (abroad or {}).items():
            if (price := self.postage_abroad(paper, country)) is None:
                return None
            total += (price - mail) * number
        return total


_FILE = DescribedToml(
    kind=Shop,
    name="a print shop's file",
    see="docs/print-shop.md",
    setting="KAARTJE_PRINT_SHOP",
)


def read_shop(file: Path) -> Shop:
    """Read a print shop's file.

    Our key file is opened when it is used.

    Raises:
        BadInput: the file cannot be read, or a key is missing, unknown or wrong: one line for each.
    """
    return _with_whole_path(_FILE.read(file), file)


def _with_whole_path(shop: Shop, file: Path) -> Shop:
    if shop.sftp is None:
        return shop
    key = file.absolute().parent / shop.sftp.key_file
    return shop.model_copy(update={"sftp": shop.sftp.model_copy(update={"key_file": key})})
