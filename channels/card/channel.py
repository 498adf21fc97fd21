"""The card channel: a batch becomes a print run, a folder that the print shop takes as it is."""

import hashlib
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
    from channels.card.typesetting import Setting, Typesetter


class Card:
    """Contact cards by post: `outbox/<key>/` with `<key>.pdf`, `manifest.csv` and the sums of both in `sha256`."""

    kind: ClassVar[str] = "card"
    reaches: ClassVar[type_of_address] = "post"
    carries_code: ClassVar[bool] = True
    batch_size: ClassVar[int] = 2500
    pages: ClassVar[int] = 2

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
            write = _Run(batch, good, refused, self._typesetter(batch.layout)).write
            results = self._outbox.leave_once(batch.key, write, watch=batch.watch)
            yield from (result for result in results if not isinstance(result, Refusal))

    def settle(self, batch: Batch) -> Iterator[Result]:
        """Yield the receipts and files of the run if it left; otherwise it never will."""
        yield from self._outbox.settle(batch.key)

    def _typesetter(self, layout: Mapping[str, Any]) -> "Typesetter":
        """Return the typesetter of a layout, kept for the next message of the same batch."""
        from channels.card.layout import read_layout
        from channels.card.typesetting import Typesetter

        if self._ready is None or self._ready[0] is not layout:
            self._ready = (layout, Typesetter(read_layout(layout)))
        return self._ready[1]


class _Run:
    """One print run in the making."""

    def __init__(self, batch: Batch, good: list[Message], refused: list[Refusal], typesetter: "Typesetter") -> None:
        self._batch = batch
        self._good = good
        self._refused = refused
        self._typesetter = typesetter

    def write(self, draft: Path) -> list[Result]:
        """Write the run's files into the folder `draft`; return the results."""
        key, cards = self._batch.key, len(self._good)
        contents = {f"{key}.pdf": self._pdf(), "manifest.csv": write_manifest(self._good, f"{key}.pdf")}
        sums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        contents["sha256"] = "".join(f"{digest}  {name}\n" for name, digest in sums.items()).encode()
        patiently(draft.mkdir, exist_ok=True)
        results: list[Result] = list(self._refused)
        for name, content in contents.items():
            patiently(write_synced, draft / name, content)
            digest, is_pdf = hashlib.sha256(content).hexdigest(), name.endswith(".pdf")
            pages = 2 * cards if is_pdf else 0
            results.append(HandedFile(key, name, digest, len(content), pages, cards if is_pdf else 0))
        went = enumerate(self._good, start=1)
        return [*results, *(Receipt(message.touch_id, f"{key}/{record:06}") for record, message in went)]

    def _pdf(self) -> bytes:
        from channels.card.drawing import SetCard, draw_run
        from channels.card.inspecting import inspect_run

        batch, layout = self._batch, self._typesetter.layout
        cards = [SetCard(message, self._set(message)) for message in self._good]
        title = f"Contact cards {batch.key}"
        pdf = draw_run(cards, layout, title=title, made_at=batch.made_at, watch=batch.watch)
        inspect_run(pdf, cards=len(cards), layout=layout)
        return pdf

    def _set(self, message: Message) -> "tuple[Setting, ...]":
        from channels.card.typesetting import Fault

        settings = self._typesetter.set_message(message)
        if isinstance(settings, Fault):  # judged a moment ago
            raise TypeError(settings.detail)
        return settings
