"""Words of templates that were written in the console, in versions."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from store.base import Table
from store.column_classes import Retention, TableData, staff, technical


class TemplateWords(Table):
    """One version of the words of a template in one language. It never changes."""

    __tablename__ = "template_words"
    __data__ = TableData("give campaigns the words that colleagues wrote", Retention.SETUP)

    template: Mapped[str] = technical(primary_key=True)
    file: Mapped[str] = technical(primary_key=True)  # "nl.j2"
    number: Mapped[int] = technical(primary_key=True)  # 1, 2, ...
    source: Mapped[str | None] = technical()  # None: the words of the folder hold again
    saved_at: Mapped[datetime] = technical()
    saved_by: Mapped[str] = staff()
