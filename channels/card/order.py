"""Input of the composer, namely set cards and the properties that the pieces of a run share."""

from dataclasses import dataclass
from datetime import datetime

from channels.card.layout import Layout
from channels.card.typesetting import Setting
from channels.port import Message
from channels.press.metadata import About


@dataclass(frozen=True, slots=True)
class SetCard:
    """A message whose words are set in their frames."""

    message: Message
    settings: tuple[Setting, ...]
    piece: str = ""  # its number, which stands on it; empty: none does


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The properties that the pieces of a run have in common."""

    layout: Layout
    title: str
    made_at: datetime  # when the batch was made; the document's date
    site: str = ""  # the campaign's own address, which the QR code gives before the response code; empty: no QR code
    mark: str = ""  # printed across every page of a proof; empty on what is mailed

    @property
    def about(self) -> About:
        """Metadata of the file."""
        card = self.layout.card
        pages = "one page a piece" if card.sides == 1 else f"two pages a piece, turned {card.turn}"
        if card.fold is not None:  # whoever lifts the front reads on below it
            pages = f"{pages}, folded at {card.fold:g} mm from the top"
        return About(
            self.title,
            f"{card.width:g} x {card.height:g} mm, {card.bleed:g} mm bleed, {pages}",
            self.made_at,
        )
