"""A simulated print shop that takes runs from a folder and answers as a shop would.

It prints and posts nothing. The folder is an outbox of ours, or what a server has of us. One pass
looks at every run in it and does what can be done by now. It checks the sums of the files and
writes a receipt. Once it finds the release it prints. Pieces that are asked back it takes out,
printed pieces it posts, and posted pieces may come back. Its memory is in `.shop.json` in the run's
folder, so that passes may be hours apart. What truly happened to every piece, whether or not it
reports it, is beside it in `.truth.csv` (act, piece and file). Answers go to `answers/`, in files
of our own format (docs/print-shop-answers.md). The same seed gives the same shop.
"""

import csv
import io
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import file_digest
from pathlib import Path
from typing import Any

from channels.answer_words import COLUMNS
from channels.outbox import write_synced
from simulators.shop_faults import ShopFaults
from simulators.sms_faults import drawn

ANSWERS, MEMORY, TRUTH = "answers", ".shop.json", ".truth.csv"
TRUTH_COLUMNS = ("act", "piece_id", "file")
Row = dict[str, str | int]


@dataclass(frozen=True)
class PrintShop:
    """A print shop that works from one folder, under one seed."""

    folder: Path
    faults: ShopFaults
    seed: int = 0

    def work(self, today: date) -> list[str]:
        """Make one pass, and return the names of the answers that were written, in their order."""
        held = self._held()
        fresh = [each for run in self._runs() for each in self._at(run, today)]
        out, later = list(held), list[tuple[str, list[Row]]]()
        for name, rows in fresh:
            (later if self._hits("late", name, self.faults.late_share) else out).append(
                (name, rows)
            )
        self._hold(later)
        out += [
            (f"{name}-again", rows)
            for name, rows in out
            if self._hits("twice", name, self.faults.twice_share)
        ]
        if (
            out
            and drawn(self.seed, "order", *(name for name, _ in out)) < self.faults.reorder_share
        ):
            out.sort(key=lambda pair: drawn(self.seed, "place", pair[0]))
        return [self._put(name, rows) for name, rows in out]

    def _hits(self, kind: str, about: object, share: float) -> bool:
        return drawn(self.seed, kind, about) < share

    def _runs(self) -> Iterator[Path]:
        """Yield the runs that may be begun.

        A run is complete in an outbox, and on a server once its control file is there.
        """
        outbox = (self.folder / ".settled").is_dir()
        for run in sorted(path.parent for path in self.folder.glob("*/run.json")):
            if outbox or run.with_name(f"{run.name}.ready").exists():
                yield run

    def _at(self, run: Path, today: date) -> list[tuple[str, list[Row]]]:
        """Do what can be done with one run, and return the answers."""
        memory = _read(run / MEMORY)
        self._learn(run, memory)
        # the last act first, because what is printed in this pass is posted in the next
        answers = [
            ("pulled", self._pull(run, memory)),
            ("returned", self._return(run, memory, today)),
            ("posted", self._post(run, memory, today)),
            ("printed", self._print(run, memory)),
            ("receipt", self._receive(run, memory)),
        ]
        number = memory["passes"] = memory.get("passes", 0) + 1
        write_synced(run / MEMORY, json.dumps(memory).encode())
        write_synced(run / TRUTH, _csv(memory.get("truth", []), TRUTH_COLUMNS).encode())
        return [(f"{run.name}-{number:02}-{kind}", rows) for kind, rows in answers if rows]

    def _learn(self, run: Path, memory: dict[str, Any]) -> None:
        """Read the new manifests, with the pieces of each file."""
        pieces = memory.setdefault("pieces", {})
        known = memory.setdefault("files", {})
        for manifest in [run / "manifest.csv", *_later(run, "-r[0-9]*.csv")]:
            if manifest.name in memory.setdefault("manifests", []):
                continue
            memory["manifests"].append(manifest.name)
            by_itself = memory.pop("reprinted", [])
            for row in csv.DictReader(io.StringIO(manifest.read_text(encoding="utf-8-sig"))):
                out = pieces.get(row["piece_id"], {}).get("copies", 0)
                pieces[row["piece_id"]] = {"file": row["file"], "state": "read", "copies": out}
                known.setdefault(row["file"], {"state": "new", "tries": 0})
            # what we ask for again it does not print by itself as well
            memory["reprinted"] = [
                number for number in by_itself if pieces[number]["state"] != "read"
            ]

    def _receive(self, run: Path, memory: dict[str, Any]) -> list[Row]:
        sums = {line[66:]: line[:64] for line in (run / "sha256").read_text().splitlines()}
        rows: list[Row] = []
        for name, file in memory["files"].items():
            if file["state"] != "new":
                continue
            file["tries"] += 1
            with _place(run, name).open("rb") as data:
                seen = file_digest(data, "sha256").hexdigest()
            broken = file["tries"] == 1 and self._hits(
                "reject", (run.name, name), self.faults.reject_share
            )
            if broken or seen != sums.get(name, seen):
                rows.append({"file": name, "status": "rejected", "reason": "ended half-way"})
                continue
            file["state"] = "read"
            rows.append({"file": name, "pieces": len(_in_file(memory, name)), "sha256": seen})
        return _about("receipt", run, rows)

    def _print(self, run: Path, memory: dict[str, Any]) -> list[Row]:
        """Print every file whose sum a release names."""
        releases = [*_later(run, ".release.json"), *_later(run, "-r[0-9]*.release.json")]
        released = {
            file["name"]
            for release in releases
            for file in json.loads(release.read_text())["files"]
        }
        rows: list[Row] = []
        for name, file in memory["files"].items():
            if file["state"] == "read" and name in released:
                file["state"] = "printed"
                rows += self._print_file(name, memory)
        return _about("printed", run, rows)

    def _print_file(self, name: str, memory: dict[str, Any]) -> Iterator[Row]:
        good = 0
        for number, piece in _in_file(memory, name).items():
            if piece["state"] == "pulled":
                continue
            draw, again = (
                drawn(self.seed, "press", number, name),
                drawn(self.seed, "again", number, name),
            )
            piece["state"] = "printed"
            if draw < self.faults.spoil_share:
                _did(memory, "misprinted", number, name)
                yield {"piece_id": number, "status": "spoiled", "file": name, "reason": "misprint"}
                piece["state"] = "printed" if again < 1 / 2 else "spoiled"
                if piece["state"] == "printed":
                    memory.setdefault("reprinted", []).append(number)
            elif draw < self.faults.spoil_share + self.faults.missing_share:
                piece["state"] = "missing"
                _did(memory, "mislaid", number, name)
                yield {"piece_id": number, "status": "missing", "file": name}
            elif draw > 1 - self.faults.double_share:
                piece["twice"] = True
                _did(memory, "printed twice", number, name)
                yield {"piece_id": number, "status": "doubled", "file": name}
            good += piece["state"] == "printed"
        again_by_itself = [
            number for number in memory.get("reprinted", []) if number in _in_file(memory, name)
        ]
        yield {"file": name, "pieces": good - len(again_by_itself)}

    def _pull(self, run: Path, memory: dict[str, Any]) -> list[Row]:
        rows: list[Row] = []
        for path in _later(run, "-[0-9]*.csv", before="pull-"):
            for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
                piece = memory["pieces"][row["piece_id"]]
                if piece.get("asked"):
                    continue
                piece["asked"] = True
                # perhaps of an earlier file, which it printed again by itself
                gone = piece["copies"] > 0
                if gone or self._hits("late pull", row["piece_id"], self.faults.late_pull_share):
                    rows.append({"piece_id": row["piece_id"], "status": "too_late"})
                else:
                    piece["state"] = "pulled"
                    _did(memory, "pulled", row["piece_id"], piece["file"])
                    rows.append({"piece_id": row["piece_id"], "status": "pulled"})
        return _about("pulled", run, rows)

    def _post(self, run: Path, memory: dict[str, Any], today: date) -> list[Row]:
        """Post each printed file, with the pieces that the shop reprinted by itself."""
        rows: list[Row] = []
        for name, file in memory["files"].items():
            if file["state"] != "printed":
                continue
            mine, by_itself = _in_file(memory, name), memory.get("reprinted", [])
            again = [
                number for number in by_itself if mine.get(number, {}).get("state") == "printed"
            ]
            memory["reprinted"] = [number for number in by_itself if number not in mine]
            rows += [
                {"kind": "printed", "piece_id": number, "status": "reprinted", "file": name}
                for number in again
            ]
            going = {number: piece for number, piece in mine.items() if piece["state"] == "printed"}
            for number, piece in going.items():
                piece["state"] = "posted"
                for _ in range(1 + piece.get("twice", False)):
                    piece["copies"] += 1
                    _did(memory, "posted", number, name)
            file["state"] = "posted"
            order = f"PO-{run.name}-{name}"
            rows.append(
                {
                    "file": name,
                    "carrier_order": order,
                    "pieces": len(going),
                    "date": today.isoformat(),
                }
            )
        return _about("posted", run, rows)

    def _return(self, run: Path, memory: dict[str, Any], today: date) -> list[Row]:
        """Let some of what was posted in an earlier pass come back."""
        rows: list[Row] = []
        for number, piece in memory["pieces"].items():
            if piece["state"] == "posted" and piece.get("out"):
                if self._hits("return", number, self.faults.return_share):
                    piece["state"] = "returned"
                    _did(memory, "came back", number, piece["file"])
                    rows.append({"piece_id": number, "date": today.isoformat(), "reason": "moved"})
            elif piece["state"] == "posted":
                piece["out"] = True
        return _about("returned", run, rows)

    def _put(self, name: str, rows: list[Row]) -> str:
        """Write one answer under a temporary name and give it its own, so that nobody reads half of it."""
        folder = self.folder / ANSWERS
        folder.mkdir(parents=True, exist_ok=True)
        as_json = self._hits("json", name, self.faults.json_share)
        final = folder / f"{name}.{'json' if as_json else 'csv'}"
        text = json.dumps({"rows": rows}, indent=1) if as_json else _csv(rows)
        write_synced(final.with_name(f".{final.name}"), text.encode())
        final.with_name(f".{final.name}").rename(final)
        return final.name

    def _hold(self, later: Sequence[tuple[str, list[Row]]]) -> None:
        write_synced(self.folder / ".later.json", json.dumps(later).encode())

    def _held(self) -> list[tuple[str, list[Row]]]:
        path = self.folder / ".later.json"
        return (
            [(name, rows) for name, rows in json.loads(path.read_text())] if path.exists() else []
        )


def _later(run: Path, after: str, before: str = "") -> list[Path]:
    """Return later files about a run.

    They are in its folder, on a server beside it, or a small run of their own.
    """
    name = f"{before}{run.name}{after}"
    found = [*run.glob(name), *run.parent.glob(name)]
    small = [
        path for path in run.parent.glob(f"{run.name}-r[0-9]*/{name}") if _is_whole(path.parent)
    ]
    return sorted([*found, *small], key=lambda path: path.name)


def _is_whole(small: Path) -> bool:
    return small.with_name(f"{small.name}.ready").exists()


def _place(run: Path, name: str) -> Path:
    """Return the path of a file of a run, which may be in a small run where it is a reprint."""
    small = run.with_name(Path(name).stem) / name
    return small if small.exists() else run / name


def _in_file(memory: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {number: piece for number, piece in memory["pieces"].items() if piece["file"] == name}


def _did(memory: dict[str, Any], act: str, number: str, file: str) -> None:
    memory.setdefault("truth", []).append({"act": act, "piece_id": number, "file": file})


def _about(kind: str, run: Path, rows: Sequence[Row]) -> list[Row]:
    return [{"kind": kind, "run": run.name, **row} for row in rows]


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _csv(rows: Sequence[Row], columns: Collection[str] = COLUMNS) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, tuple(columns), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
