"""Faults of a draft in plain words, each with the field where it is mended."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from campaigns.drafts.document_edits import value_at
from campaigns.drafts.drafts import Draft
from campaigns.planning.audiences import parsed
from campaigns.planning.campaign_checks import check
from campaigns.touches.campaign_reading import CampaignText
from console.catalogues import translation_to
from console.web.draft_fields import Field, Input
from console.web.draft_questions import QUESTIONS
from console.web.sessions import Visit
from console.web.words import say
from store.clock import local_date
from store.errors import BadInput, SeveralRefused
from store.sentences import Sentence, as_sentence, translated

_UNREADABLE = {
    Input.DATE: "making.bad_date",
    Input.NUMBER: "making.bad_number",
    Input.MONEY: "making.bad_money",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a draft.

    Attributes:
        question: The page on which it can be mended, or empty where only the file itself can.
        field: The name of the field there, or empty for the whole page.
        label: What the field asks, or the place in the file.
        text: What is wrong and what to do, in the reader's language.
        line: The line of the campaign file.
        place: Where it stands in the campaign file.
    """

    question: str
    field: str
    label: str
    text: str
    line: int | None
    place: str


def problems_of(visit: Visit, draft: Draft) -> list[Problem]:
    """Return everything that the check of a campaign file finds wrong with a draft."""
    document = draft.document
    fields = {
        field.name: (name, field)
        for name, question in QUESTIONS.items()
        for field in question.fields(document, visit.language)
    }
    return [_problem(visit, each, fields, document) for each in _refused(visit, draft)]


def _refused(visit: Visit, draft: Draft) -> list[BadInput]:
    now = visit.installation.now()
    try:
        check(visit.installation, CampaignText("", draft.source), now=now)
    except SeveralRefused as several:
        found = several.each
    except BadInput as one:
        found = [one]
    else:
        return []
    where = value_at(draft.document, ("audience", "where"))
    if isinstance(where, str) and not any(
        (each.field or "").startswith("audience") for each in found
    ):
        found = [*found, *_audience(visit, where)]
    return found


def _audience(visit: Visit, where: str) -> list[BadInput]:
    """Return what is wrong with a rule whose file has other faults that are found first."""
    installation = visit.installation
    try:
        with installation.store.reading() as connection:
            parsed(connection, where, today=local_date(installation.now()))
    except BadInput as refused:
        return [BadInput(refused.problem, refused.remedy, field="audience.where")]
    return []


def _problem(
    visit: Visit, refused: BadInput, fields: dict[str, tuple[str, Field]], document: Any
) -> Problem:
    place = str(refused.field or "").replace(".channel", ".template")
    name = _nearest(place, fields)
    question, field = fields[name] if name else ("", None)
    return Problem(
        question=question,
        field=name if field is not None else "",
        label=field.asked(visit.language) if field else place,
        text=_text(visit, refused, field, document),
        line=refused.line,
        place=place,
    )


def _nearest(place: str, fields: Iterable[str]) -> str:
    """Return the name of the field at a place, of one within it, or of one around it."""
    names = list(fields)
    return (
        next((name for name in names if name == place), "")
        or next((name for name in names if name.startswith(f"{place}.")), "")
        or next((name for name in names if place.startswith(f"{name}.")), "")
    )


def _text(visit: Visit, refused: BadInput, field: Field | None, document: Any) -> str:
    value = value_at(document, field.place) if field else None
    if refused.problem in {"is missing", "is empty"} and field is not None and value is None:
        return say(visit.language, "making.fill_in")
    if field is not None and isinstance(value, str) and field.input in _UNREADABLE:
        readable = field.input is Input.DATE and "is not a date" not in refused.problem
        if not readable:
            return say(visit.language, _UNREADABLE[field.input])
    sentence = as_sentence(refused.problem)
    if refused.remedy:
        sentence = Sentence(
            "{problem}; {remedy}", problem=sentence, remedy=as_sentence(refused.remedy)
        )
    text = " ".join(translated(sentence, translation_to(visit.language)).split())
    return f"{text[:1].upper()}{text[1:]}"
