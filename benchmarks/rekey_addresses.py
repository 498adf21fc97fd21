"""Make stored address keys anew, compared with the same update with the keys ready.

    python -m benchmarks.rekey_addresses [--quick] [--json]

Every address of the first database has a letter or an addition, so every row gets another key; of the second every
fifth has one. The peer updates the same columns of the same rows of the same file, in batches of the same size, from a
list that was made before its time began. Both must leave the same keys, or the benchmark fails. Times are those of the
processor: neither waits for anything but the disk, and what else the machine does counts for neither.
"""

import argparse
import json
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path

from benchmarks.measuring import Verdict, memory, ratio, report, run

MANY, FEW = 1_000_000, 200_000
MOST_RATIO, MOST_MB = 1.5, 400
ME = ("-m", "benchmarks.rekey_addresses")
SQL = """
with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < {people})
insert into people (id, person_ref, initials, given_name, prefix, family_name, name_damaged, gender, language,
  street, house_number, house_letter, house_addition, postcode, town, country, household_key,
  address_under_investigation, secret_address, facts, draw_key, content_hash, import_id, imported_at, updated_at)
select i, 'P' || i, 'A.', 'Ada', 'van', 'Verzonnen', 0, 'V', 'nl',
  'Verzonnenlaan', 1 + i % 400,
  case when i % {every} = 0 and i % 3 = 0 then char(97 + i % 26) else '' end,
  case when i % {every} = 0 and i % 3 > 0
    then case i % 5 when 0 then 'bij' when 1 then '-' || (1 + i % 7) when 2 then 'H.S.' when 3 then '0' || (1 + i % 9)
      else 'by' end else '' end,
  (1000 + i % 8999) || char(65 + i / 8999 % 26) || char(65 + i % 18), 'Nergenshuizen', 'NL',
  (i * 2654435761) % 4611686018427387847,
  0, 0, '{{}}', (i * 1103515245 + 12345) % 2147483647, i, 1, '2023-06-01', '2023-06-01'
from numbers
"""


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{FEW:,} people instead of {MANY:,}")
    parser.add_argument("--json", action="store_true")
    for name in ("--fill", "--ours", "--peer"):
        parser.add_argument(name, nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.fill:
        return _fill(Path(given.fill[0]), int(given.fill[1]), int(given.fill[2]))
    if given.ours:
        return _ours(Path(given.ours[0]))
    if given.peer:
        return _peer(Path(given.peer[0]))
    people = FEW if given.quick else MANY
    with tempfile.TemporaryDirectory() as folder:
        verdicts = [
            verdict for every in (1, 5) for verdict in _compare(Path(folder), people, every)
        ]
    return report(verdicts, as_json=given.json)


def _compare(folder: Path, people: int, every: int) -> list[Verdict]:
    stored = folder / f"stored-{every}.sqlite3"
    run([*ME, "--fill", str(stored), str(people), str(every)])
    files = [folder / f"{name}-{every}.sqlite3" for name in ("peer", "ours")]
    for file in files:
        shutil.copy(stored, file)
    stored.unlink()
    peer = run([*ME, "--peer", str(files[0])])
    ours = run([*ME, "--ours", str(files[1])])
    if ours.answer["answer"] != peer.answer["answer"]:
        raise SystemExit(
            f"the peer holds other keys: {ours.answer['answer']} and {peer.answer['answer']}"
        )
    for file in files:
        file.unlink()
    which = "all" if every == 1 else f"one in {every}"
    name = f"new keys for {which} of {people:,} addresses"
    return [
        ratio(name, ours.seconds, peer.seconds, MOST_RATIO),
        memory(f"{name}, memory", ours, MOST_MB),
    ]


def _fill(file: Path, people: int, every: int) -> int:
    from store.engine import open_store
    from store.migrating import migrate

    store = open_store(f"sqlite:///{file}", locks=file.parent / "locks")
    migrate(store)
    with store.writing() as connection:
        connection.exec_driver_sql(
            "insert into imports (id, kind, file, sha256, started_at, rows, added, updated, unchanged, refused)"
            " values (1, 'people', 'p', '', '2023-06-01', 0, 0, 0, 0, 0)"
        )
        connection.exec_driver_sql(SQL.format(people=people, every=every))
        connection.exec_driver_sql("insert into address_rekeying (rules, reached) values (1, 0)")
    with store.reading() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    store.engine.dispose()
    print(json.dumps({"people": people}))
    return 0


def _ours(file: Path) -> int:
    from sqlalchemy.orm import configure_mappers

    from people.address_rekeying import rekey
    from store.engine import open_store

    store = open_store(f"sqlite:///{file}", locks=file.parent / "locks")
    configure_mappers()  # as in every process that does anything with the database
    started = time.process_time()
    rekey(store)
    seconds = time.process_time() - started
    store.engine.dispose()
    return _answer(seconds, file)


def _peer(file: Path) -> int:
    from people.address_rekeying import BATCH, COLUMNS, NEW, SPELLED, renewals

    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-49152"):
        connection.execute(f"pragma {pragma}")
    rows = connection.execute(
        f"select {', '.join(COLUMNS)} from people where {SPELLED} order by id"
    )
    ready = renewals(rows)
    sets = ", ".join(f"{name} = ?" for name in NEW)
    started = time.process_time()
    for at in range(0, len(ready), BATCH):
        connection.execute("begin immediate")
        connection.executemany(
            f"update people set {sets} where id = ?",
            ready[at : at + BATCH],
        )
        connection.execute("commit")
    seconds = time.process_time() - started
    connection.close()
    return _answer(seconds, file)


def _answer(seconds: float, file: Path) -> int:
    connection = sqlite3.connect(file)
    keys = connection.execute(
        "select count(*), count(distinct household_key), sum(household_key % 1000003),"
        " sum(length(house_addition)), count(nullif(house_designation, '')) from people"
    ).fetchone()
    connection.close()
    print(json.dumps({"seconds": seconds, "answer": keys}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
