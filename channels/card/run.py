"""Writing one print run, with its PDF files, manifest, totals, job ticket and checksums.

A shop that composes itself gets `artwork.pdf` and `<key>-001.csv` instead (`channels.card.artwork`).

A folder with `<key>-001.pdf` and its like (the pieces in carrier order, in files of a thousand to two and a half
thousand), `manifest.csv` (one row a piece), `run.json` (the totals), `run.xjdf` (the same as a job ticket) and `sha256`
(the sums, as `sha256sum` writes them).
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from channels.card.artwork import ARTWORK, write_artwork, write_data
from channels.card.composing import compose_run
from channels.card.kix_counts import NUMBER_ALONE, SMALLER, count_troubles, without_code
from channels.card.manifest import Piece, Row, sort_key, write_manifest
from channels.card.order import Order, SetCard
from channels.card.parallel_composing import WORTH, Part, compose_files, process_count
from channels.card.read_back import SpoiledRun, inspect_run
from channels.card.run_files import cut
from channels.card.ticket import check_ticket, write_ticket
from channels.card.totals import RunFile, Totals, grams, weight_class
from channels.card.typesetting import Fault, Typesetter
from channels.outbox import write_synced
from channels.pieces import piece_id
from channels.port import (
    Batch,
    HandedFile,
    Message,
    PrintTerms,
    Receipt,
    Refusal,
    Result,
    Seeded,
    Watch,
    unwatched,
)
from channels.press.page_reading import Spoiled
from channels.short_retries import patiently

MANIFEST, TOTALS, TICKET, SUMS = "manifest.csv", "run.json", "run.xjdf", "sha256"


def number_pieces(batch: Batch, messages: Sequence[Message]) -> list[Piece]:
    """Return the pieces of a run in carrier order, seeds among them, each with its number."""
    owned = [(message, 0) for message in messages] + [
        (seed.message, seed.seed_id) for seed in batch.seeds
    ]
    owned.sort(key=lambda pair: sort_key(pair[0]))
    return [
        Piece(piece_id(batch.number, record), record, message, seed)
        for record, (message, seed) in enumerate(owned, start=1)
    ]


@dataclass(frozen=True, kw_only=True)
class PrintRun:
    """A print run of one batch.

    `pieces` are in the order of the run, `refused` are left out of it.
    """

    batch: Batch
    kind: str  # the channel's
    order: Order
    pieces: Sequence[Piece]
    refused: Sequence[Refusal]
    worth: int = WORTH  # pieces from which several processes compose

    def write(self, draft: Path) -> list[Result]:
        """Write the run's files into the folder `draft`, and return the results, the files first.

        Raises:
            SpoiledRun: what was written is not what was meant.
        """
        patiently(draft.mkdir, exist_ok=True)
        weight = weight_class(self.order.layout.card)
        ranges = cut([piece.place for piece in self.pieces])
        parts = self._write_files(draft, ranges)
        patiently(write_synced, draft / MANIFEST, write_manifest(self._rows(ranges), weight))
        self._write_totals(draft, tuple(parts))
        art = [ARTWORK] if self.batch.artwork else []
        if art:
            patiently(write_artwork, draft / ARTWORK, self.order)
        names = [*(part.name for part in parts), *art, MANIFEST, TOTALS, TICKET]
        sums = "".join(f"{sum_of(draft / name)}  {name}\n" for name in names)
        patiently(write_synced, draft / SUMS, sums.encode())
        handed = [self._handed_pdf(part) for part in parts]
        handed += [self._handed(draft / name) for name in (*art, MANIFEST, TOTALS, TICKET, SUMS)]
        return [*self.refused, *handed, *self._receipts()]

    def _receipts(self) -> Iterator[Result]:
        for piece in self.pieces:
            if piece.seed_id:
                yield Seeded(piece.seed_id, piece.number)
            else:
                yield Receipt(piece.message.touch_id, piece.number)

    def _name(self, number: int) -> str:
        return f"{self.batch.key}-{number:03}.{'csv' if self.batch.artwork else 'pdf'}"

    def _write_files(self, draft: Path, ranges: Sequence[range]) -> list[RunFile]:
        """Write the pieces, composed, or as data where the shop composes."""
        parts = [
            Part(draft / self._name(number), self.pieces[part.start : part.stop])
            for number, part in enumerate(ranges, start=1)
        ]
        if self.batch.artwork:
            for part in parts:
                patiently(write_synced, part.path, write_data(part.pieces, self.order))
        else:
            compose_files(
                parts, self.order, self.batch.watch, processes=process_count(parts, self.worth)
            )
        return [self._file_totals(part) for part in parts]

    def _file_totals(self, part: Part) -> RunFile:
        path, first, last = part.path, part.pieces[0], part.pieces[-1]
        pages = len(self.order.layout.sides) * len(part.pieces)
        return RunFile(
            name=path.name,
            sha256=sum_of(path),
            bytes=path.stat().st_size,
            pages=pages,
            pieces=len(part.pieces),
            first=first.record,
            last=last.record,
            first_piece=first.number,
            last_piece=last.number,
        )

    def _rows(self, ranges: Sequence[range]) -> Iterator[Row]:
        sides = len(self.order.layout.sides)
        for number, part in enumerate(ranges, start=1):
            for at, piece in enumerate(self.pieces[part.start : part.stop]):
                yield Row(piece, self._name(number), range(sides * at + 1, sides * (at + 1) + 1))

    def _write_totals(self, draft: Path, files: tuple[RunFile, ...]) -> None:
        totals = _totals(
            self.batch.key,
            self.batch,
            self.pieces,
            files,
            order=self.order,
            kind=self.kind,
            manifest=sum_of(draft / MANIFEST),
        )
        _write_totals(totals, draft / TOTALS, draft / TICKET)

    def _handed_pdf(self, part: RunFile) -> HandedFile:
        pieces = self.pieces[part.first - 1 : part.last]
        seeds = sum(piece.seed_id > 0 for piece in pieces)
        cards, weighs = part.pieces - seeds, grams(self.order.layout.card, part.pieces)
        return HandedFile(
            folder=self.batch.key,
            name=part.name,
            sha256=part.sha256,
            bytes=part.bytes,
            pages=part.pages,
            cards=cards,
            seeds=seeds,
            first=part.first,
            grams=weighs,
        )

    def _handed(self, path: Path) -> HandedFile:
        return HandedFile(
            folder=self.batch.key, name=path.name, sha256=sum_of(path), bytes=path.stat().st_size
        )


def compose_file(path: Path, pieces: Sequence[Piece], order: Order, watch: Watch) -> None:
    """Write one file of a run and read all of it back before it may be used.

    Raises:
        SpoiledRun: it is not what was meant.
    """
    with path.open("wb", buffering=1 << 20) as file:
        compose_run(_set(pieces, order), order, file, total=len(pieces), watch=watch)
        file.flush()
        os.fsync(file.fileno())
    messages, numbers = [piece.message for piece in pieces], [piece.number for piece in pieces]
    inspect_run(path, messages, order, numbers, watch=watch)


def write_again(
    path: Path, pieces: Sequence[Piece], order: Order, batch: Batch, kind: str
) -> HandedFile:
    """Write pieces that are printed again into one file, and read it back.

    Its manifest, its totals and its job ticket stand beside it, under its name: a reprint is a small
    run of its own.

    Raises:
        SpoiledRun: it is not what was meant.
    """
    compose_file(path, pieces, order, unwatched)
    sides = len(order.layout.sides)
    rows = (
        Row(piece, path.name, range(sides * at + 1, sides * (at + 1) + 1))
        for at, piece in enumerate(pieces)
    )
    manifest = write_manifest(rows, weight_class(order.layout.card))
    patiently(write_synced, path.with_suffix(".csv"), manifest)
    size, pages, total = path.stat().st_size, sides * len(pieces), sum_of(path)
    file = RunFile(
        name=path.name,
        sha256=total,
        bytes=size,
        pages=pages,
        pieces=len(pieces),
        first=pieces[0].record,
        last=pieces[-1].record,
        first_piece=pieces[0].number,
        last_piece=pieces[-1].number,
    )
    totals = _totals(
        path.stem,
        batch,
        pieces,
        (file,),
        order=order,
        kind=kind,
        manifest=sum_of(path.with_suffix(".csv")),
    )
    _write_totals(totals, path.with_suffix(".json"), path.with_suffix(".xjdf"))
    return HandedFile(
        folder="",
        name=path.name,
        sha256=total,
        bytes=size,
        pages=pages,
        cards=len(pieces),
        grams=grams(order.layout.card, len(pieces)),
    )


def _totals(
    run: str,
    batch: Batch,
    pieces: Sequence[Piece],
    files: tuple[RunFile, ...],
    *,
    order: Order,
    kind: str,
    manifest: str,
) -> Totals:
    """Return the totals of a run or a reprint, with the pieces that a machine reads with trouble."""
    seeds = sum(piece.seed_id > 0 for piece in pieces)
    troubles = count_troubles(order.layout, (each.message for each in pieces))
    return Totals(
        run=run,
        number=batch.number,
        made_at=batch.made_at,
        channel=kind,
        sheet=order.layout.card,
        return_address=batch.sender.get("return_address", ""),
        cards=len(pieces) - seeds,
        seeds=seeds,
        files=files,
        manifest=manifest,
        terms=batch.terms or PrintTerms(),
        window=order.layout.window,
        without_kix=without_code(troubles),
        smaller=troubles.get(SMALLER, 0),
        number_alone=troubles.get(NUMBER_ALONE, 0),
    )


def _write_totals(totals: Totals, place: Path, ticket_place: Path) -> None:
    """Write the totals and the job ticket, read back first.

    Raises:
        SpoiledRun: the ticket is not that of the run.
    """
    ticket = write_ticket(totals)
    try:
        check_ticket(ticket, totals)
    except Spoiled as spoiled:
        raise SpoiledRun(str(spoiled)) from spoiled
    patiently(write_synced, place, totals.as_json())
    patiently(write_synced, ticket_place, ticket)


def sum_of(path: Path) -> str:
    """Return the SHA-256 sum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _set(pieces: Sequence[Piece], order: Order) -> Iterator[SetCard]:
    """Set every piece with a typesetter of the file's own, so that the same pieces give the same bytes."""
    typesetter = Typesetter(order.layout)
    for piece in pieces:
        settings = typesetter.set_message(piece.message)
        if isinstance(settings, Fault):  # judged a moment ago
            raise TypeError(settings.detail)
        yield SetCard(piece.message, settings, piece.number)
