"""The base of all tables, and the column types both databases agree on."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Enum,
    Integer,
    MetaData,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

from store.column_classes import TableData, technical


class NotAware(TypeError):
    """A moment without a time zone was about to be stored."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware moment in UTC, as `timestamptz` on PostgreSQL and text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert an aware moment to UTC and refuse a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise NotAware(f"{value!r} has no time zone")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return a stored moment as an aware one in UTC."""
        del dialect
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


# Byte order on both databases, so that a draw's ties fall the same way everywhere.
Ref = Text().with_variant(Text(collation="C"), "postgresql")
BigInt = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def words(kind: type[StrEnum]) -> TypeEngine[Any]:
    """Return the column type of a `StrEnum`, kept as text so that a new member needs no migration."""
    return Enum(
        kind,
        native_enum=False,
        length=40,
        values_callable=lambda members: [m.value for m in members],
    )


PrimaryKey = Annotated[int, technical(BigInt, primary_key=True, autoincrement=True)]


class Table(DeclarativeBase):
    """The base class of every table of Kaartje."""

    __data__: ClassVar[TableData]  # what its columns are for, and how long they are kept

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime(),
        date: Date(),
        str: Text(),
        int: BigInt,
        bool: Boolean(),
        dict[str, Any]: Json,
        list[Any]: Json,
    }
