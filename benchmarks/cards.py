"""Compare our print run composer with ReportLab, WeasyPrint and the compressor alone.

python -m benchmarks.cards [--quick] [--json]

Every engine makes the same cards (`benchmarks.card_data`) in a process of its own, three times in
turns, and the median counts. The unit is cards in a second of processor time (wall-clock time for
two processes against one), after a few cards to warm up. More is better, and a ratio is ours over
the peer's. WeasyPrint is measured where it is installed (`pip install -e .[peers]`, and the
system's Pango).
"""

import argparse
import io
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import BinaryIO

from benchmarks import card_data, card_peers
from benchmarks.measuring import ALL_CORES, Measured, Verdict, report, run
from channels.port import Message
from channels.press.compression import Deflater, best_deflater, libdeflate, zlib_at

UNIT = "cards/s"
NAIVE, WEASY, TUNED, RAW = 165, 600, 11, 5.5
FLOOR, ZLIB_FLOOR = 3.5, 1.9
READ_SHARE, TWO, MEMORY = 0.6, 1.8, 1.1
ON_ONE, ON_ALL = 0.3, 0.5  # of composing: touch to ledger on one core, and on all of them
COUNTS = {
    "ours": 20_000,
    "zlib": 20_000,
    "naive": 300,
    "tuned": 2_000,
    "raw": 2_000,
    "weasyprint": 100,
}
COUNTS |= {"floor": 5_000, "zlib-floor": 5_000, "read": 2_500, "one": 20_000, "two": 20_000}
_WARM = 4
SHARE = 5  # of everything, in a quick run


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help=f"a {SHARE}th of the cards, once")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--engine", nargs=2, metavar=("NAME", "COUNT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.engine:
        engine, count = ENGINES[given.engine[0]], int(given.engine[1])
        engine(_WARM)  # libraries, fonts and tables are loaded once, however many cards are made
        print(json.dumps({"seconds": engine(count)}))
        return 0
    return report(_compare(quick=given.quick), as_json=given.json)


def _compare(*, quick: bool) -> list[Verdict]:
    rates = _rates(quick=quick)
    ours, zlib = rates["ours"], rates["zlib"]
    verdicts = [
        _faster(f"against {name}", ours, rates[peer], goal)
        for name, peer, goal in _PEERS
        if peer in rates
    ]
    verdicts += [
        _within("time over deflating the same streams, libdeflate 1", ours, rates["floor"], FLOOR),
        _within(
            "time over deflating the same streams, zlib 6", zlib, rates["zlib-floor"], ZLIB_FLOOR
        ),
        _reading(rates["read"], ours),
        _faster("two processes against one", rates["two"], rates["one"], TWO),
        _memory(quick=quick),
        *_end_to_end(ours, quick=quick),
    ]
    return verdicts


_PEERS = (
    ("naive ReportLab", "naive", NAIVE),
    ("WeasyPrint, many pages", "weasyprint", WEASY),
    ("ReportLab tuned, public interface", "tuned", TUNED),
    ("ReportLab tuned, raw operators", "raw", RAW),
)


def _rates(*, quick: bool) -> dict[str, float]:
    """Return the median rate of each engine.

    The engines take turns, so that a busy minute of the machine falls on all of them.
    """
    names = [name for name in COUNTS if name != "weasyprint" or find_spec("weasyprint")]
    found: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(1 if quick else 3):
        for name in names:
            count = max(40, COUNTS[name] // (SHARE if quick else 1))
            found[name].append(count / _engine(name, count).seconds)
    return {name: median(rates) for name, rates in found.items()}


def _engine(name: str, count: int) -> Measured:
    return run(["-m", "benchmarks.cards", "--engine", name, str(count)])


def _faster(name: str, ours: float, peer: float, least: float) -> Verdict:
    return Verdict(
        name=name,
        ours=ours,
        peer=peer,
        ratio=ours / peer,
        goal=f"at least {least:g} x",
        holds=ours >= least * peer,
        unit=UNIT,
    )


def _within(name: str, ours: float, floor: float, most: float) -> Verdict:
    return Verdict(
        name=name,
        ours=ours,
        peer=floor,
        ratio=floor / ours,
        goal=f"at most {most:g} x the time",
        holds=floor <= most * ours,
        unit=UNIT,
    )


def _reading(read: float, composed: float) -> Verdict:
    return Verdict(
        name="reading every piece back",
        ours=read,
        peer=composed,
        ratio=read / composed,
        goal=f"at least {READ_SHARE} of composing",
        holds=read >= READ_SHARE * composed,
        unit=UNIT,
    )


def _memory(*, quick: bool) -> Verdict:
    """Compare the peak memory of many cards with that of a tenth of them, one file each."""
    many = 20_000 if quick else 100_000
    few, more = (_engine("stream", count).peak_mb for count in (many // 10, many))
    name = f"peak memory for {many:,} cards against {many // 10:,}"
    return Verdict(
        name=name,
        ours=more,
        peer=few,
        ratio=more / few,
        goal=f"at most {MEMORY} x",
        holds=more <= MEMORY * few,
        unit="MB",
    )


def _end_to_end(composed: float, *, quick: bool) -> list[Verdict]:
    """Measure a delivery from touches to files, manifest and ledger, all read back.

    Once in processor time on one core, and once in wall-clock time on all cores. Both are compared
    with composing on one core.
    """
    arguments = ["-m", "benchmarks.card_run", str(3_000 if quick else 100_000)]
    one, all_cores = run(arguments).answer, run([*arguments, ALL_CORES]).answer
    rate, wall = (
        one["cards"] / (one["total"] - one["independent"]),
        all_cores["cards"] / all_cores["total"],
    )
    name = f"{one['cards']:,} cards from touch to ledger on one core, without the {one['independent']:.1f} s of qpdf"
    on_all = f"the same by {all_cores['cores']} cores, on the wall, without qpdf and MuPDF"
    return [
        Verdict(
            name=name,
            ours=rate,
            peer=composed,
            ratio=rate / composed,
            goal=f"at least {ON_ONE} of composing",
            holds=rate >= ON_ONE * composed,
            unit=UNIT,
        ),
        Verdict(
            name=on_all,
            ours=wall,
            peer=composed,
            ratio=wall / composed,
            goal=f"at least {ON_ALL} of composing on one",
            holds=wall >= ON_ALL * composed,
            unit=UNIT,
        ),
    ]


def _ours(count: int) -> float:
    return _compose(count, best_deflater())


def _zlib(count: int) -> float:
    return _compose(count, zlib_at(6))


def _compose(count: int, deflater: Deflater) -> float:
    """Compose cards into a file, including the typesetting."""
    messages = card_data.cards(count)
    with (
        tempfile.TemporaryDirectory() as folder,
        (Path(folder) / "run.pdf").open("wb", buffering=1 << 20) as file,
    ):
        started = time.process_time()
        _write(messages, file, deflater)
        return time.process_time() - started


def _write(messages: Iterable[Message], file: BinaryIO, deflater: Deflater) -> None:
    from channels.card.composing import compose_run
    from channels.card.order import SetCard
    from channels.card.typesetting import Typesetter

    typesetter = Typesetter(card_data.layout())
    cards = (SetCard(each, card_data.settings(typesetter, each)) for each in messages)
    compose_run(cards, card_data.order(), file, deflater=deflater)


def _floor(count: int) -> float:
    return _deflate(count, libdeflate(1) or zlib_at(6))


def _zlib_floor(count: int) -> float:
    return _deflate(count, zlib_at(6))


def _deflate(count: int, deflater: Deflater) -> float:
    """Only compress the streams that composing these cards compresses."""
    streams: list[bytes] = []

    def keep(data: bytes) -> bytes:
        streams.append(data)
        return b""

    _write(card_data.cards(count), io.BytesIO(), Deflater("none", keep))
    started = time.process_time()
    for stream in streams:
        deflater.deflate(stream)
    return time.process_time() - started


def _read(count: int) -> float:
    from channels.card.read_back import read_back

    messages = card_data.cards(count)
    with tempfile.TemporaryDirectory() as folder:
        pdf = Path(folder) / "run.pdf"
        with pdf.open("wb") as file:
            _write(messages, file, best_deflater())
        started = time.process_time()
        read_back(pdf, messages, card_data.order())
        return time.process_time() - started


def _one(count: int) -> float:
    """Compose cards in one process, by the clock on the wall."""
    return _processes(1, count)


def _two(count: int) -> float:
    """Compose half of the cards in each of two processes, by the clock on the wall."""
    return _processes(2, count)


def _processes(many: int, count: int) -> float:
    """Compose cards in so many processes, each its own share in a file of its own."""
    _compose(_WARM, best_deflater())
    messages = card_data.cards(count // many)
    started = time.perf_counter()
    for _ in range(many):
        if not os.fork():
            with (
                tempfile.TemporaryDirectory() as folder,
                (Path(folder) / "run.pdf").open("wb", buffering=1 << 20) as file,
            ):
                _write(messages, file, best_deflater())
            os._exit(0)
    for _ in range(many):
        os.wait()
    return time.perf_counter() - started


def _stream(count: int) -> float:
    """Compose cards as they are generated, so that only the composer's own memory grows."""
    with (
        tempfile.TemporaryDirectory() as folder,
        (Path(folder) / "run.pdf").open("wb", buffering=1 << 20) as file,
    ):
        started = time.process_time()
        _write(card_data.stream(count), file, best_deflater())
        return time.process_time() - started


def _peer(make: Callable[[Sequence[Message]], float]) -> Callable[[int], float]:
    def engine(count: int) -> float:
        return make(card_data.cards(count))

    return engine


ENGINES = {
    "ours": _ours,
    "zlib": _zlib,
    "floor": _floor,
    "zlib-floor": _zlib_floor,
    "read": _read,
    "one": _one,
    "two": _two,
    "stream": _stream,
    **{name: _peer(getattr(card_peers, name)) for name in ("naive", "tuned", "raw", "weasyprint")},
}


if __name__ == "__main__":
    raise SystemExit(main())
