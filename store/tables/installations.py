"""Identity of the installation that a database belongs to, and the stops of everything."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Table
from store.column_classes import Retention, TableData, situation, staff, technical


class InstallationIdentity(Table):
    """The one row that says whose database this is. Written when it is first opened."""

    __tablename__ = "installation_identity"
    __data__ = TableData(
        "keep every machine of an installation on the same key, home and files", Retention.SETUP
    )
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[PrimaryKey]
    uid: Mapped[str] = technical()
    made_at: Mapped[datetime] = technical()
    home: Mapped[str] = technical()  # as the machine that made it calls it, with its host name
    rehearsal: Mapped[bool] = technical()
    key_fingerprint: Mapped[str] = technical()
    # {"policy": {"caps.card.days": "9f2c…"}}: a short keyed hash of each value, so that a difference has a name
    agreed: Mapped[dict[str, Any]] = technical()


class StopOfEverything(Table):
    """One time that everything was stopped. While it is not lifted, nothing goes out."""

    __tablename__ = "stops_of_everything"
    __data__ = TableData(
        "hold the whole installation at one press, and say who did and lifted it", Retention.AUDIT
    )
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[PrimaryKey]
    stopped_at: Mapped[datetime] = technical()
    stopped_by: Mapped[str] = staff()
    reason: Mapped[str] = situation()
    asked_at: Mapped[datetime | None] = technical()  # the first of the two who lift it
    asked_by: Mapped[str | None] = staff()
    lifted_at: Mapped[datetime | None] = technical()
    lifted_by: Mapped[str | None] = staff()  # the second
