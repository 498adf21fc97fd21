"""The totals of a print run, which a press needs before it begins and which must add up afterwards."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from channels.card.layout import Sheet
from channels.card.layout_checks import HEAVIEST
from channels.card.zones import Window
from channels.port import PrintTerms

SORTING = "as in the files: by country, postcode, house number and addition"
"""Order of the pieces, as the ticket says it, so that no shop sorts them again."""
CLASSES = (20, 50, 100, HEAVIEST)
"""Grams of a piece at most, by which the Dutch post reckons its prices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFile:
    """A file of a run."""

    name: str
    sha256: str
    bytes: int
    pages: int
    pieces: int
    first: int  # records
    last: int
    first_piece: str
    last_piece: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The totals of a run."""

    run: str
    number: int
    made_at: datetime
    channel: str
    sheet: Sheet
    return_address: str
    cards: int
    seeds: int
    files: tuple[RunFile, ...]
    manifest: str  # its sha256
    terms: PrintTerms = field(default_factory=PrintTerms)
    window: Window | None = None  # of the envelope
    # pieces without a KIX code, by why: abroad, no_number, addition, too_long, no_room
    without_kix: Mapping[str, int] = field(default_factory=dict)
    smaller: int = 0  # pieces whose address is set in the smaller size
    number_alone: int = 0  # pieces whose house number stands alone on a line

    @property
    def pieces(self) -> int:
        """Number of cards and seeds together."""
        return self.cards + self.seeds

    def as_json(self) -> bytes:
        """Return the content of `run.json`."""
        return json.dumps(self._as_data(), ensure_ascii=False, indent=2).encode() + b"\n"

    def _as_data(self) -> dict[str, Any]:
        sheet = self.sheet
        return {
            "run": self.run,
            "number": self.number,
            "made_at": self.made_at.isoformat(),
            "channel": self.channel,
            "format": {"width": sheet.width, "height": sheet.height, "bleed": sheet.bleed},
            "sides": sheet.sides,
            "fold": sheet.fold,
            "finished": dict(zip(("width", "height"), sheet.finished, strict=True)),
            "closing": sheet.closing if sheet.closes else None,
            "turn": sheet.turn,
            "stock": stock(sheet),
            "coating": sheet.coating,
            "envelope": envelope(self.window) if sheet.envelope else None,
            "post_by": self.terms.post_by.isoformat() if self.terms.post_by else None,
            "service": self.terms.service,
            "sorting": SORTING,
            "contact": self.terms.contact,
            "without_kix": dict(sorted(self.without_kix.items())),
            "address_set_smaller": self.smaller,
            "number_alone_on_a_line": self.number_alone,
            "weight_class": weight_class(sheet),
            "grams_a_piece": round(sheet.grams, 2),
            "grams": grams(sheet, self.pieces),
            "pieces": self.pieces,
            "cards": self.cards,
            "seeds": self.seeds,
            "return_address": self.return_address,
            "files": [asdict(file) for file in self.files],
            "manifest": {"name": "manifest.csv", "sha256": self.manifest, "rows": self.pieces},
        }


def envelope(window: Window | None) -> str:
    """Return a description of the envelope, as `window 90 x 45 mm, 20 mm from the left`."""
    if window is None:
        return "without a window"
    return (
        f"window {window.width:g} x {window.height:g} mm, {window.left:g} mm from the left, "
        f"{window.top:g} mm from the top of the letter"
    )


def stock(sheet: Sheet) -> str:
    """Return a description of the paper, as `300 g/m2 uncoated`."""
    return f"{sheet.grammage:g} g/m2 {sheet.paper}"


def grams(sheet: Sheet, pieces: int) -> int:
    """Return the weight of so many pieces in grams."""
    return round(sheet.grams * pieces)


def weight_class(sheet: Sheet) -> str:
    """Return the weight class of a piece, where `20` is at most twenty grams."""
    return str(next(most for most in CLASSES if sheet.grams <= most))
