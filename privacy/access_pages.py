"""Everything about one person as pages to read, in PDF."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from campaigns.looking_back.card_pictures import card_as_sent
from channels.press.report_pages import Grid, Heading, Part, Picture, Sentences, pages
from installation.installation import Installation
from outcomes.explanations import why
from outcomes.spoken import SpokenCampaign
from outcomes.spoken_person import spoken_person
from store.written_dates import Language, written_moment

_LONGEST = 1_500  # characters in one cell, which must fit on a page


def access_pages(
    installation: Installation, document: Mapping[str, Any], *, language: Language, now: datetime
) -> bytes:
    """Return what was prepared for a person as a PDF, with what they got by post as pictures.

    What we decided is told in sentences, as it is known now.
    """
    parts = [
        *_opening(document, language),
        *_decided(installation, document["person_ref"], language, now),
        *_texts(document, language),
        *_by_post(installation, document, language),
    ]
    for record in document["records"]:
        parts += _record(record, language)
    return pages(say(language, "title"), parts, language=language)


def say(language: Language, key: str, /, **values: object) -> str:
    """Return one text of an access export, filled in."""
    return str(_words()["say"][key][language]).format(**values)


def column_label(language: Language, column: str) -> str:
    """Return the label of a column in words."""
    if language == "nl":
        return str(_words()["columns"][column])
    return column.replace("_", " ")


def table_title(language: Language, table: str) -> str:
    """Return the heading of a table's rows."""
    return str(_words()["tables"][table][language])


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("privacy").joinpath("export_words.toml").read_text("utf-8"))


def _moment(text: str, language: Language) -> str:
    return written_moment(datetime.fromisoformat(text), language)


def _opening(document: Mapping[str, Any], language: Language) -> list[Part]:
    lead = say(language, "lead", at=_moment(document["made_at"], language))
    rest = (say(language, key) for key in ("no_score", "others", "rights"))
    return [Sentences(lead, large=True), *map(Sentences, rest)]


def _decided(
    installation: Installation, ref: str, language: Language, now: datetime
) -> Iterator[Part]:
    said = spoken_person(why(installation, ref, now=now), language)
    if said.campaigns:
        yield Heading(say(language, "decided"))
    for campaign in said.campaigns:
        yield from map(Sentences, _sentences(campaign))
    if said.lists:
        yield Heading(say(language, "lists"))
        yield from (Sentences(" ".join(each)) for each in said.lists)
    if said.since:
        yield Heading(say(language, "happened"))
        yield from (Sentences(f"{each.when}: {each.sentence}") for each in said.since)


def _sentences(campaign: SpokenCampaign) -> Iterator[str]:
    yield f"{campaign.title}: {campaign.lead}"
    yield from (each.sentence for each in campaign.reasons)
    if campaign.because:
        clauses = "; ".join(each.clause for each in campaign.because)
        yield f"{campaign.because_heading} {clauses}."
    yield from campaign.notes
    yield from (f"{each.when}: {each.sentence}" for each in (*campaign.past, *campaign.coming))


def _texts(document: Mapping[str, Any], language: Language) -> Iterator[Part]:
    if document["texts"]:
        yield Heading(say(language, "texts"))
    for text in document["texts"]:
        yield Sentences(f"{_moment(text['sent_at'], language)}: {text['words']}")


def _by_post(
    installation: Installation, document: Mapping[str, Any], language: Language
) -> Iterator[Part]:
    for piece in document["by_post"]:
        if (picture := card_as_sent(installation, piece["touch"])) is not None:
            yield Heading(say(language, "by_post"))
            at = _moment(piece["sent_at"], language)
            yield Sentences(say(language, "drawn_again", at=at), with_next=True)
            yield Picture(picture)


def _record(record: Mapping[str, Any], language: Language) -> Iterator[Part]:
    yield Heading(table_title(language, record["table"]))
    if language == "en":  # purposes are written with the columns, in English
        yield Sentences(say(language, "purpose", purposes="; ".join(record["purposes"])))
    kept = "; ".join(str(_words()["kept"][each][language]) for each in record["kept"])
    yield Sentences(say(language, "kept", kept=kept), with_next=True)
    head = (say(language, "what"), say(language, "value"))
    for row in record["rows"]:
        lines = [
            (column_label(language, column), _cell(value, language)[:_LONGEST])
            for column, value in row.items()
            if value not in (None, "", [], {})
        ]
        yield Grid(head, tuple(lines))


def _cell(value: Any, language: Language) -> str:
    match value:
        case bool():
            return say(language, "yes" if value else "no")
        case Mapping():
            return ", ".join(f"{key}: {_cell(each, language)}" for key, each in value.items())
        case list():
            return ", ".join(_cell(each, language) for each in value)
        case str():
            return _written(value, language)
        case _:
            return str(value)


def _written(text: str, language: Language) -> str:
    """Return a text, a moment as a citizen reads it."""
    if len(text) < len("2023-06-01T09:00") or "T" not in text[10:11]:
        return text
    try:
        return _moment(text, language)
    except ValueError:
        return text
