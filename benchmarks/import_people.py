"""Import invented people, compared with a bare loop over the same file and driver.

    python -m benchmarks.import_people [--quick] [--json]

The peer is what anybody would write first: csv.reader, phonenumbers once for every number, and the driver's
executemany into two tables with the same columns, keys and indexes. It checks, refuses and hashes nothing.
Both end in a database on disk and must hold the same people and the same numbers, or the benchmark fails.
"""

import argparse
import csv
import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measuring import Verdict, memory, ratio, report, run

MANY, FEW = 1_000_000, 60_000
MOST_RATIO, MOST_MB = 1.25, 400
BATCH = 5_000
SEED = 2023
MOMENT = "2023-06-01"


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{FEW:,} people instead of {MANY:,}")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--ours", nargs=2, metavar=("FILE", "HOME"), help=argparse.SUPPRESS)
    parser.add_argument("--peer", nargs=2, metavar=("FILE", "HOME"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ours:
        return _ours(Path(given.ours[0]), Path(given.ours[1]))
    if given.peer:
        return _peer(Path(given.peer[0]), Path(given.peer[1]))
    with tempfile.TemporaryDirectory() as folder:
        return report(_compare(Path(folder), FEW if given.quick else MANY), as_json=given.json)


def _compare(folder: Path, people: int) -> list[Verdict]:
    from people.invented.population import write_population

    file = folder / "people.csv"
    write_population(file, people, SEED)
    me = ["-m", "benchmarks.import_people"]
    # the peer goes first, so that it is not ours that warms the disk's cache for it
    peer = run([*me, "--peer", str(file), str(folder / "peer")])
    ours = run([*me, "--ours", str(file), str(folder / "ours")])
    if ours.answer["answer"] != peer.answer["answer"]:
        raise SystemExit(
            f"the peer holds other people: {ours.answer['answer']} and {peer.answer['answer']}"
        )
    name = f"import of {people:,} people"
    return [
        ratio(name, ours.seconds, peer.seconds, MOST_RATIO),
        memory(f"{name}, memory", ours, MOST_MB),
    ]


def _ours(file: Path, home: Path) -> int:
    from people.importing import import_people
    from store.clock import parse_moment
    from store.engine import open_store
    from store.migrating import migrate

    home.mkdir()
    store = open_store(f"sqlite:///{home / 'kaartje.sqlite3'}", locks=home / "locks")
    migrate(store)
    started = time.perf_counter()
    import_people(store, file, key=b"benchmark", now=parse_moment(MOMENT))
    seconds = time.perf_counter() - started
    store.engine.dispose()
    _answer(seconds, home / "kaartje.sqlite3")
    return 0


def _peer(file: Path, home: Path) -> int:
    home.mkdir()
    connection = sqlite3.connect(home / "kaartje.sqlite3", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-65536"):
        connection.execute(f"pragma {pragma}")
    started = time.perf_counter()
    width = _tables(connection, file)
    connection.execute("begin immediate")
    for people, numbers in _batches(file):
        connection.executemany(
            f"insert into people values ({', '.join('?' * (width + 1))})", people
        )
        connection.executemany("insert into person_numbers values (?, ?, ?, ?, ?, ?)", numbers)
    connection.execute("commit")
    seconds = time.perf_counter() - started
    connection.close()
    _answer(seconds, home / "kaartje.sqlite3")
    return 0


def _tables(connection: sqlite3.Connection, file: Path) -> int:
    with file.open(encoding="utf-8", newline="") as text:
        header = [name.partition(":")[0] for name in next(csv.reader(text))]
    connection.execute(
        f"create table people (id integer primary key autoincrement, {', '.join(header)})"
    )
    connection.execute("create unique index uq_people_person_ref on people (person_ref)")
    connection.execute("create index ix_people_bsn on people (bsn)")
    connection.execute("create index ix_people_household on people (postcode, house_number)")
    connection.execute(
        "create table person_numbers (person_id, position, e164, type, valid, possible,"
        " primary key (person_id, position))"
    )
    connection.execute("create index ix_person_numbers_e164 on person_numbers (e164)")
    return len(header)


def _batches(file: Path) -> Iterator[tuple[list[list[Any]], list[tuple[Any, ...]]]]:
    people: list[list[Any]] = []
    numbers: list[tuple[Any, ...]] = []
    with file.open(encoding="utf-8", newline="") as text:
        reader = csv.reader(text)
        header = next(reader)
        places = (header.index("phone"), header.index("phone2"))
        for key, row in enumerate(reader, start=1):
            people.append([key, *row])
            for position, place in enumerate(places, start=1):
                if row[place]:
                    numbers += _number(key, position, row[place])
            if len(people) == BATCH:
                yield people, numbers
                people, numbers = [], []
    yield people, numbers


def _number(key: int, position: int, text: str) -> list[tuple[Any, ...]]:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, "NL")
    except phonenumbers.NumberParseException:
        return []
    if not phonenumbers.is_valid_number(number):
        return []
    kind = phonenumbers.number_type(number)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return [(key, position, e164, kind, True, True)]


def _answer(seconds: float, database: Path) -> None:
    connection = sqlite3.connect(database)
    people = connection.execute(
        "select count(*), count(distinct person_ref) from people"
    ).fetchone()
    numbers = connection.execute(
        "select count(*), count(distinct e164), max(e164) from person_numbers"
    ).fetchone()
    connection.close()
    print(json.dumps({"seconds": seconds, "answer": [*people, *numbers]}))


if __name__ == "__main__":
    raise SystemExit(main())
