"""Words of templates that were saved in the database, which win over those of the folders."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from store.audit_log import About, Decider, Kind, record
from store.tables import TemplateWords
from templates.texts import Template, load, sources


@dataclass(frozen=True, slots=True)
class WordsVersion:
    """One version of the words of a template in one language."""

    number: int
    source: str | None  # None: the words of the folder hold again
    saved_at: datetime
    saved_by: str


def saved_sources(connection: Connection, name: str) -> dict[str, str]:
    """Return the newest saved words of a template, by file."""
    newest = (
        select(TemplateWords.file, func.max(TemplateWords.number).label("number"))
        .where(TemplateWords.template == name)
        .group_by(TemplateWords.file)
        .subquery()
    )
    found = select(TemplateWords.file, TemplateWords.source).join(
        newest,
        (newest.c.file == TemplateWords.file) & (newest.c.number == TemplateWords.number),
    )
    chosen = connection.execute(found.where(TemplateWords.template == name))
    return {file: source for file, source in chosen if source is not None}


def load_words(connection: Connection, name: str) -> Template:
    """Load a template with the words that were saved, before the body's own and the shipped ones.

    Raises:
        BadInput: there is no such template, or one of its files is wrong.
    """
    saved = saved_sources(connection, name)
    if not saved:
        return load(name)
    return Template.from_sources(name, {**sources(name), **saved})


def words_versions(connection: Connection, name: str, file: str) -> tuple[WordsVersion, ...]:
    """Return the versions of the words of a template in one language, the newest first."""
    chosen = (
        select(
            TemplateWords.number,
            TemplateWords.source,
            TemplateWords.saved_at,
            TemplateWords.saved_by,
        )
        .where(TemplateWords.template == name, TemplateWords.file == file)
        .order_by(TemplateWords.number.desc())
    )
    return tuple(WordsVersion(*row) for row in connection.execute(chosen))


def save_words(
    connection: Connection,
    name: str,
    file: str,
    source: str | None,
    *,
    by: Decider,
    now: datetime,
) -> None:
    """Save words as the next version. None gives the words of the folder back."""
    earlier = words_versions(connection, name, file)
    if (earlier[0].source if earlier else None) == source:
        return
    number = earlier[0].number + 1 if earlier else 1
    connection.execute(
        insert(TemplateWords).values(
            template=name,
            file=file,
            number=number,
            source=source,
            saved_at=now,
            saved_by=by.name,
        )
    )
    record(
        connection, by, "save words", About(Kind.TEMPLATE, name), now=now, file=file, version=number
    )
