"""Whether a campaign helped, and calculators for a plan and a trial."""

from datetime import date

from fastapi import APIRouter, HTTPException, Response
from markupsafe import Markup
from sqlalchemy import select

from console.catalogues import page_translation_to
from console.web import action_log
from console.web.reading.calculators import CALCULATORS, answer
from console.web.rendering import page
from console.web.sessions import SeeingStatistics
from outcomes.effect_drawings import differences, flow, shares
from outcomes.effect_looks import record_look
from outcomes.effect_report import report
from outcomes.effect_results import known_effect
from outcomes.effect_words import deviations, said
from outcomes.effects import Effect
from store.clock import local_date
from store.errors import BadInput
from store.plain_errors import in_plain_words
from store.sentences import Translate, translated
from store.tables import Campaign

router = APIRouter()


@router.get("/campaigns/{name}/effect")
def show_effect(visit: SeeingStatistics, name: str, as_of: str = "") -> Response:
    """Show what we know of a campaign's effect on one day, how sure, and what we do not know."""
    now, translate = visit.installation.now(), page_translation_to(visit.language)
    try:
        day = date.fromisoformat(as_of) if as_of else local_date(now)
    except ValueError:
        raise HTTPException(404) from None
    with visit.installation.store.reading() as connection:
        if name not in connection.execute(select(Campaign.name)).scalars().all():
            raise HTTPException(404)
    try:
        counted, trouble = known_effect(visit.installation, name, as_of=day, now=now), ""
        record_look(visit.installation, counted.effect, by=action_log.decider(visit), now=now)
    except BadInput as error:
        counted, trouble = None, in_plain_words(error, translate)
    found = counted.effect if counted else None
    return page(
        visit,
        "effect.html",
        status=400 if trouble and as_of else 200,
        campaign=name,
        as_of=day.isoformat(),
        effect=found,
        counted_at=counted.at if counted else None,
        said=[translated(line, translate) for line in said(found).lines()] if found else [],
        departed=[translated(each, translate) for each in deviations(found)] if found else [],
        signed={"preregistration": found.registered} if found else None,
        drawings=_drawn(found, translate) if found else [],
        trouble=trouble,
    )


def _drawn(found: Effect, translate: Translate) -> list[Markup]:
    drawings = [flow(found, translate), shares(found, translate)]
    if found.main.differences:
        drawings.append(differences(found, translate))
    return [Markup(each.as_svg(f"drawing-{at}")) for at, each in enumerate(drawings)]  # noqa: S704  every word in it is escaped


@router.get("/campaigns/{name}/effect.pdf")
def report_effect(visit: SeeingStatistics, name: str, as_of: str = "") -> Response:
    """Return the report of a campaign's effect on one day as PDF, in the reader's language."""
    now = visit.installation.now()
    try:
        day = date.fromisoformat(as_of) if as_of else local_date(now)
        found = known_effect(visit.installation, name, as_of=day, now=now).effect
    except (ValueError, BadInput):
        raise HTTPException(404) from None
    made = report(found, page_translation_to(visit.language), language=visit.language)
    return Response(
        made,
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{found.campaign}-{day}.pdf"'},
    )


@router.get("/calculators")
def calculate(visit: SeeingStatistics) -> Response:
    """Show the calculators, and the answer of the one that was filled in."""
    given = dict(visit.request.query_params)
    what, figures, trouble = given.get("what", ""), None, ""
    if what:
        try:
            figures = answer(what, given)
        except BadInput as error:
            trouble = in_plain_words(error, page_translation_to(visit.language))
    return page(
        visit,
        "calculators.html",
        status=400 if trouble else 200,
        calculators=CALCULATORS,
        what=what,
        given=given,
        figures=figures,
        trouble=trouble,
    )
