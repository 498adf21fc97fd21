"""Writing of parsed people to the database in batches.

New people are added, changed ones updated, the rest left alone. The statements are the drivers'
own, so that a batch of rows is sent in one call, without processing of each parameter.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Index, Table, text

from people.rows import VALUES, Parsed
from store.base import UtcDateTime
from store.tables import Person, PersonNumber

_STAMPS = ("content_hash", "import_id", "updated_at", "seen_at")


@dataclass(kw_only=True)
class Writer:
    """Writes the people of one import, inside a transaction in which nobody else writes people.

    Attributes:
        connection: The open transaction.
        import_id: The row of `imports`.
        now: The moment of the import.
        fresh: Whether this file was never read before: reading an old file again makes nothing known fresher.
        added: How many people were new; `updated` and `unchanged`: what became of those already known.
    """

    connection: Connection
    import_id: int
    now: datetime
    fresh: bool = True
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    _moment: datetime | str = ""
    _none_known: bool = False
    _next_id: int = 0
    _aside: list[Index] = field(default_factory=list)
    _statements: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        dialect = self.connection.dialect
        moment = cast("datetime", UtcDateTime().process_bind_param(self.now, dialect))
        self._moment = moment.isoformat(" ", "microseconds") if self._embedded else moment
        if not self._embedded:
            # others may read and refer to people meanwhile, but not write them
            self.connection.execute(text("lock table people in share row exclusive mode"))
        self._none_known = (
            self.connection.execute(text("select 1 from people limit 1")).first() is None
        )
        if self._none_known and self._embedded:
            self._set_indexes_aside()
        self._statements = _statements(self._mark)

    @property
    def _embedded(self) -> bool:
        return self.connection.dialect.name == "sqlite"

    @property
    def _mark(self) -> str:
        return "?" if self._embedded else "%s"

    def write(self, batch: Sequence[Parsed]) -> None:
        """Write one batch, in which no reference occurs twice."""
        if self._none_known:
            self.added += len(batch)
            self._insert(list(zip(self._ids(len(batch)), batch, strict=True)))
            return
        known = self._known([row.ref for row in batch])
        new = [row for row in batch if row.ref not in known]
        changed = [
            (known[row.ref][0], row)
            for row in batch
            if row.ref in known and known[row.ref][1] != row.content_hash
        ]
        self.added += len(new)
        self.updated += len(changed)
        self.unchanged += len(batch) - len(new) - len(changed)
        if self.fresh:
            self._see(
                [
                    row.ref
                    for row in batch
                    if row.ref in known and known[row.ref][1] == row.content_hash
                ]
            )
        if changed:
            self._update(changed)
        if new:
            self._insert(list(zip(self._ids(len(new)), new, strict=True)))

    def finish(self) -> None:
        """Create the indexes that were dropped."""
        for index in self._aside:
            index.create(self.connection)

    def _set_indexes_aside(self) -> None:
        """Drop the indexes of an empty table, to build them once at the end.

        Building them sorted is faster. A rollback undoes it.
        """
        for table in (Person.__table__, PersonNumber.__table__):
            for index in sorted(cast("Table", table).indexes, key=lambda index: str(index.name)):
                if not index.unique:
                    index.drop(self.connection)
                    self._aside.append(index)

    def _see(self, refs: list[str]) -> None:
        """Record that a source gave again what is known already, so that it is as fresh as this import."""
        if refs:
            wanted, param = self._among(refs)
            seen = f"update people set seen_at = {self._mark} where person_ref in {wanted}"
            self.connection.exec_driver_sql(seen, (self._moment, param))

    def _among(self, refs: list[str]) -> tuple[str, Any]:
        """Return a list of references as one parameter, and the SQL that reads it."""
        if self._embedded:
            return "(select value from json_each(?))", json.dumps(refs)
        return "(select unnest(%s::text[]))", refs

    def _known(self, refs: list[str]) -> dict[str, tuple[int, int]]:
        wanted, param = self._among(refs)
        select = f"select person_ref, id, content_hash from people where person_ref in {wanted}"
        return {
            ref: (key, content)
            for ref, key, content in self.connection.exec_driver_sql(select, (param,))
        }

    def _ids(self, count: int) -> Sequence[int]:
        if not self._embedded:
            draw = (
                "select nextval(pg_get_serial_sequence('people', 'id')) from generate_series(1, :n)"
            )
            return self.connection.execute(text(draw), {"n": count}).scalars().all()
        if not self._next_id:
            last = self.connection.execute(
                text("select seq from sqlite_sequence where name = 'people'")
            ).scalar()
            self._next_id = (last or 0) + 1
        ids = range(self._next_id, self._next_id + count)
        self._next_id += count
        return ids

    def _insert(self, rows: list[tuple[int, Parsed]]) -> None:
        moment = self._moment
        self._run(
            "insert",
            [
                (key, *row.values, row.content_hash, self.import_id, moment, moment, moment)
                for key, row in rows
            ],
        )
        self._insert_numbers(rows)

    def _update(self, rows: list[tuple[int, Parsed]]) -> None:
        moment = self._moment
        self._run(
            "update",
            [
                (*row.values, row.content_hash, self.import_id, moment, moment, key)
                for key, row in rows
            ],
        )
        self._run("forget", [(key,) for key, _ in rows])
        self._insert_numbers(rows)

    def _insert_numbers(self, rows: list[tuple[int, Parsed]]) -> None:
        numbers = [
            (key, position, number.e164, number.type, number.may_text, number.may_call)
            for key, row in rows
            for position, number in row.numbers
        ]
        if numbers:
            self._run("numbers", numbers)

    def _run(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        self.connection.exec_driver_sql(self._statements[statement], rows)


def _statements(mark: str) -> dict[str, str]:
    columns = ("id", *VALUES, *_STAMPS, "imported_at")
    marks = ", ".join([mark] * len(columns))
    sets = ", ".join(f"{name} = {mark}" for name in (*VALUES, *_STAMPS))
    return {
        "insert": f"insert into people ({', '.join(columns)}) values ({marks})",
        "update": f"update people set {sets} where id = {mark}",
        "forget": f"delete from person_numbers where person_id = {mark}",
        "numbers": "insert into person_numbers (person_id, position, e164, type, may_text, may_call)"
        f" values ({', '.join([mark] * 6)})",
    }
