"""The card channel, which turns a batch into a print run, a folder that the print shop takes as it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from channels.judging import judge
from channels.outbox import Outbox
from channels.port import (
    Batch,
    ChannelSettings,
    HandedFile,
    Message,
    Refusal,
    RefusalKind,
    Result,
    type_of_address,
)
from people.addresses import PostalAddress

if (
    TYPE_CHECKING
):  # typesetting brings pydantic, which a command that prints nothing need not wait for
    from channels.card.order import Order
    from channels.card.typesetting import Typesetter

_SITE = "qr_url"  # what the sender calls the campaign's own address


class Card:
    """Contact cards by post, one print run for each batch.

    A run is the folder `outbox/<key>/` that `channels.card.run` writes.
    """

    kind: ClassVar[str] = "card"
    reaches: ClassVar[type_of_address] = "post"
    carries_code: ClassVar[bool] = True
    batch_size: ClassVar[int] = 20_000  # pieces of one run
    pages: ClassVar[int] = 2
    worth: ClassVar[int] = 10_000  # pieces from which several processes compose a run
    called: ClassVar[str] = "Contact cards"  # in the title of a run

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._ready: tuple[Mapping[str, Any], Typesetter] | None = None

    @classmethod
    def open(cls, settings: ChannelSettings) -> Self:
        """Make the channel ready, without opening or making anything before a run leaves."""
        return cls(Outbox(settings.outbox))

    def check(self, message: Message, batch: Batch) -> Refusal | None:
        """Check whether this card can be printed.

        It needs an address and a code, every letter must be in the typeface and every line must
        fit.

        Raises:
            BadInput: the batch's layout is wrong.
        """
        from channels.card.typesetting import Fault
        from channels.press.qr import check_module, check_site

        check_site(site := batch.sender.get(_SITE, ""))
        if (qr := self._typesetter(batch.layout).layout.qr) is not None:
            check_module(site, qr.size)
        if not isinstance(message.to, PostalAddress) or not message.address_lines:
            return Refusal(
                message.touch_id,
                RefusalKind.ADDRESS,
                "NO_ADDRESS",
                "there is no postal address to print",
            )
        match self._typesetter(batch.layout).set_message(message):
            case Fault(code, detail):
                return Refusal(message.touch_id, RefusalKind.CONTENT, code, detail)
            case _:
                return None

    def send(self, batch: Batch) -> Iterator[Result]:
        """Write the print run and let it leave.

        Refusals come at once, receipts and files once the run has left.

        Raises:
            Unavailable: the key was taken back, the outbox cannot be written, or the run came out wrong.
            BadInput: the batch's layout is wrong.
        """
        outbox = self._outbox.shared(batch.shared)
        if (known := outbox.results_of(batch.key)) is not None:
            yield from known
            return
        good, refused = judge(self, batch)
        yield from refused
        if good:
            from channels.card.run import PrintRun, number_pieces

            pieces = number_pieces(self._seeded(batch), good)
            write = PrintRun(
                batch=batch,
                kind=self.kind,
                order=self._order(batch),
                pieces=pieces,
                refused=refused,
                worth=self.worth,
            ).write
            results = outbox.leave_once(batch.key, write, watch=batch.watch)
            yield from (result for result in results if not isinstance(result, Refusal))

    def settle(self, batch: Batch) -> Iterator[Result]:
        """Yield the receipts and files of the run if it left, and let it never leave otherwise."""
        yield from self._outbox.shared(batch.shared).settle(batch.key)

    def print_again(
        self, batch: Batch, numbers: Mapping[int, tuple[str, int]], path: Path
    ) -> HandedFile:
        """Write spoiled pieces into one file for a reprint, checked like a run.

        Each piece keeps its number.

        Args:
            batch: Their messages; the key is the run's.
            numbers: The number and the record of each, by touch.
            path: Of the PDF; its manifest, totals and job ticket stand beside it.

        Raises:
            BadInput: the batch's layout is wrong.
            SpoiledRun: what was written is not what was meant.
        """
        from channels.card.manifest import Piece
        from channels.card.run import write_again

        pieces = [Piece(*numbers[message.touch_id], message) for message in batch.messages]
        pieces.sort(key=lambda piece: piece.record)
        return write_again(path, pieces, self._order(batch), batch, self.kind)

    def print_anew(
        self, batch: Batch, pieces: Sequence[tuple[str, Message, int]], folder: Path
    ) -> list[HandedFile]:
        """Write a whole run anew in the order given, checked like a run, and return its files.

        Args:
            batch: What the pieces have in common; its own messages and seeds are not looked at.
            pieces: The number, the message and the seed (0: a citizen's) of each: the first is record 1.
            folder: Of the run; it is not there yet.

        Raises:
            BadInput: the batch's layout is wrong.
            SpoiledRun: what was written is not what was meant.
        """
        from channels.card.manifest import Piece
        from channels.card.run import PrintRun

        folder.parent.mkdir(parents=True, exist_ok=True)
        placed = [
            Piece(number, record, message, seed)
            for record, (number, message, seed) in enumerate(pieces, start=1)
        ]
        results = PrintRun(
            batch=batch,
            kind=self.kind,
            order=self._order(batch),
            pieces=placed,
            refused=(),
            worth=self.worth,
        ).write(folder)
        return [each for each in results if isinstance(each, HandedFile)]

    def _seeded(self, batch: Batch) -> Batch:
        """Return the batch with only the seeds that can be printed.

        A seed that cannot must not hold up the citizens' cards.
        """
        return replace(
            batch,
            seeds=tuple(seed for seed in batch.seeds if self.check(seed.message, batch) is None),
        )

    def _order(self, batch: Batch) -> "Order":
        from channels.card.order import Order

        layout = self._typesetter(batch.layout).layout
        return Order(
            layout=layout,
            title=f"{self.called} {batch.key}",
            made_at=batch.made_at,
            site=batch.sender.get(_SITE, ""),
        )

    def _typesetter(self, layout: Mapping[str, Any]) -> "Typesetter":
        """Return the typesetter of a layout, cached for the next message of the same batch."""
        from channels.card.layout import read_layout
        from channels.card.typesetting import Typesetter

        if self._ready is None or self._ready[0] is not layout:
            self._ready = (layout, Typesetter(read_layout(layout)))
        return self._ready[1]
