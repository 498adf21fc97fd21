"""The card channel: a batch becomes a print run, a folder that the print shop takes as it is."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from channels.card.manifest import sort_key, write_manifest
from channels.judging import judge
from channels.outbox import Outbox, write_synced
from channels.patience import patiently
from channels.port import (
    Batch,
    ChannelSettings,
    HandedFile,
    Message,
    Receipt,
    Refusal,
    RefusalKind,
    Result,
    type_of_address,
)
from people.addresses import PostalAddress

if TYPE_CHECKING:  # typesetting brings pydantic, which a command that prints nothing need not wait for
    from channels.card.composing import Order, SetCard
    from channels.card.typesetting import Typesetter

_SITE = "qr_url"  # what the sender calls the campaign's own address


class Card:
    """Contact cards by post: `outbox/<key>/` with `<key>.pdf`, `manifest.csv` and the sums of both in `sha256`."""

    kind: ClassVar[str] = "card"
    reaches: ClassVar[type_of_address] = "post"
    carries_code: ClassVar[bool] = True
    batch_size: ClassVar[int] = 2500
    pages: ClassVar[int] = 2
    called: ClassVar[str] = "Contact cards"  # in the title of a run

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._ready: tuple[Mapping[str, Any], Typesetter] | None = None

    @classmethod
    def open(cls, settings: ChannelSettings) -> Self:
        """Make the channel ready; nothing is opened or made before a run leaves."""
        return cls(Outbox(settings.outbox))

    def check(self, message: Message, batch: Batch) -> Refusal | None:
        """Say whether this card can be printed: an address, a code, every letter in the typeface, every line fitting.

        Raises:
            BadInput: the batch's layout is wrong.
        """
        from channels.card.typesetting import Fault
        from channels.press.qr import check_site

        check_site(batch.sender.get(_SITE, ""))
        if not isinstance(message.to, PostalAddress) or not message.address_lines:
            return Refusal(message.touch_id, RefusalKind.ADDRESS, "NO_ADDRESS", "there is no postal address to print")
        match self._typesetter(batch.layout).set_message(message):
            case Fault(code, detail):
                return Refusal(message.touch_id, RefusalKind.CONTENT, code, detail)
            case _:
                return None

    def send(self, batch: Batch) -> Iterator[Result]:
        """Write the print run and let it leave; yield refusals at once, receipts and files once it has left.

        Raises:
            Unavailable: the key was taken back, the outbox cannot be written, or the run came out wrong.
            BadInput: the batch's layout is wrong.
        """
        if (known := self._outbox.told(batch.key)) is not None:
            yield from known
            return
        good, refused = judge(self, batch)
        yield from refused
        if good:
            good.sort(key=sort_key)
            write = _Run(batch, good, refused, self._order(batch)).write
            results = self._outbox.leave_once(batch.key, write, watch=batch.watch)
            yield from (result for result in results if not isinstance(result, Refusal))

    def settle(self, batch: Batch) -> Iterator[Result]:
        """Yield the receipts and files of the run if it left; otherwise it never will."""
        yield from self._outbox.settle(batch.key)

    def _order(self, batch: Batch) -> "Order":
        from channels.card.composing import Order

        layout = self._typesetter(batch.layout).layout
        return Order(layout, f"{self.called} {batch.key}", batch.made_at, batch.sender.get(_SITE, ""))

    def _typesetter(self, layout: Mapping[str, Any]) -> "Typesetter":
        """Return the typesetter of a layout, kept for the next message of the same batch."""
        from channels.card.layout import read_layout
        from channels.card.typesetting import Typesetter

        if self._ready is None or self._ready[0] is not layout:
            self._ready = (layout, Typesetter(read_layout(layout)))
        return self._ready[1]


class _Run:
    """One print run in the making."""

    def __init__(self, batch: Batch, good: list[Message], refused: list[Refusal], order: "Order") -> None:
        self._batch = batch
        self._good = good
        self._refused = refused
        self._order = order

    def write(self, draft: Path) -> list[Result]:
        """Write the run's files into the folder `draft`; return the results."""
        key = self._batch.key
        patiently(draft.mkdir, exist_ok=True)
        pdf = draft / f"{key}.pdf"
        patiently(self._compose, pdf)
        patiently(write_synced, draft / "manifest.csv", write_manifest(self._good, pdf.name, self._pages))
        sums = "".join(f"{_sum(draft / name)}  {name}\n" for name in (pdf.name, "manifest.csv"))
        patiently(write_synced, draft / "sha256", sums.encode())
        files = [self._handed(draft / name) for name in (pdf.name, "manifest.csv", "sha256")]
        went = enumerate(self._good, start=1)
        receipts = (Receipt(message.touch_id, f"{key}/{record:06}") for record, message in went)
        return [*self._refused, *files, *receipts]

    @property
    def _pages(self) -> int:
        return len(self._order.layout.sides)

    def _handed(self, path: Path) -> HandedFile:
        cards = len(self._good) if path.suffix == ".pdf" else 0
        size = path.stat().st_size
        return HandedFile(self._batch.key, path.name, _sum(path), size, self._pages * cards, cards)

    def _compose(self, pdf: Path) -> None:
        """Write the PDF, and read all of it back before anybody else may."""
        from channels.card.composing import compose_run
        from channels.card.inspecting import inspect_run

        watch = self._batch.watch
        with pdf.open("wb", buffering=1 << 20) as file:
            compose_run(self._set(), self._order, file, total=len(self._good), watch=watch)
            file.flush()
            os.fsync(file.fileno())
        inspect_run(pdf, self._good, self._order, watch=watch)

    def _set(self) -> "Iterator[SetCard]":
        """Set every message, by a typesetter of the run's own, so that the same batch gives the same bytes."""
        from channels.card.composing import SetCard
        from channels.card.typesetting import Fault, Typesetter

        typesetter = Typesetter(self._order.layout)
        for message in self._good:
            settings = typesetter.set_message(message)
            if isinstance(settings, Fault):  # judged a moment ago
                raise TypeError(settings.detail)
            yield SetCard(message, settings)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
