"""SQL conditions on a person's obligations, each one tax of one year.

Each obligation goes through the same stages, in this order; the first that holds of it ends its claim on anybody's
attention. While one obligation of a person passes every stage, the person may be reached. When none does, the stage
that the furthest of them came to is the reason.

    FILED     the return was filed
    LAW       the law of that year asks for nothing, or the term to ask for something is over
    ASSESSED  the assessment was made without it
    LATE      the assessment comes within days
    EXTENDED  there is still time, by an extension
    UNDUNNED  no dunning letter yet, or too recently (duty)
"""

from datetime import date, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_

from store.table_aliases import alias_for
from store.tables import Obligation, Person
from suppression.occasions import Occasion

Alias = Any


class Stage(IntEnum):
    """The stages at which an obligation can drop out, in the order in which they are tested."""

    FILED = 0
    LAW = 1
    ASSESSED = 2
    LATE = 3
    EXTENDED = 4
    UNDUNNED = 5


def any_of(occasion: Occasion) -> ColumnElement[bool]:
    """Match people with any obligation that the campaign is about."""
    one = alias_for(Obligation, "obligation")
    return exists().where(*_theirs(one, occasion))


def stops_at(occasion: Occasion, stage: Stage) -> ColumnElement[bool]:
    """Match people with an obligation that reaches `stage`, and none beyond it."""
    asked = _asked(occasion)
    if stage not in asked:
        return false()
    before = asked[: asked.index(stage)]
    came = alias_for(Obligation, "obligation_that_came")
    beyond = alias_for(Obligation, "obligation_beyond")
    return and_(
        exists().where(*_theirs(came, occasion), *_pass(came, occasion, before)),
        ~exists().where(*_theirs(beyond, occasion), *_pass(beyond, occasion, (*before, stage))),
    )


def letter_between(occasion: Occasion, first: date, last: date) -> ColumnElement[bool]:
    """Match people with a letter about one of the obligations in these days."""
    one = alias_for(Obligation, "obligation_with_letter")
    days = (one.invited_on, one.reminded_on, one.dunned_on, one.assessed_on)
    return exists().where(*_theirs(one, occasion), or_(*(day.between(first, last) for day in days)))


def _asked(occasion: Occasion) -> tuple[Stage, ...]:
    passed_over = set()
    if occasion.after_assessment:
        passed_over |= {Stage.ASSESSED, Stage.LATE}
    if occasion.purpose != "duty" or "dunned_on" in occasion.asked:
        passed_over.add(Stage.UNDUNNED)
    return tuple(stage for stage in Stage if stage not in passed_over)


def _theirs(one: Alias, occasion: Occasion) -> tuple[ColumnElement[bool], ...]:
    about = [
        and_(one.tax == each.tax, one.year.in_(each.years)) if each.years else one.tax == each.tax
        for each in occasion.about
    ]
    return (one.person_ref == Person.person_ref, or_(false(), *about))


def _pass(one: Alias, occasion: Occasion, stages: tuple[Stage, ...]) -> list[ColumnElement[bool]]:
    """Return the condition under which an obligation passes each stage."""
    return [not_(func.coalesce(_ends(one, occasion, stage), false())) for stage in stages]


def _ends(one: Alias, occasion: Occasion, stage: Stage) -> ColumnElement[bool]:
    on, rests = occasion.on, occasion.policy.rests
    match stage:
        case Stage.FILED:
            return one.filed_on <= on  # type: ignore[no-any-return]
        case Stage.LAW:
            return _under_law(one, occasion)
        case Stage.ASSESSED:
            return one.assessed_on <= on  # type: ignore[no-any-return]
        case Stage.LATE:
            soon = on + timedelta(days=rests.assessment)
            return or_(one.assessment_due_on <= soon, _assessed_by_law(one, occasion, soon))
        case Stage.EXTENDED:
            return one.extension_until >= on  # type: ignore[no-any-return]
        case Stage.UNDUNNED:
            return not_(func.coalesce(one.dunned_on <= on - timedelta(days=rests.dunning), false()))


def _assessed_by_law(one: Alias, occasion: Occasion, soon: date) -> ColumnElement[bool]:
    """Match obligations without an assessment date whose legal term ends by `soon`."""
    # a refund has a longer term, which is a stage of the law itself
    if occasion.purpose != "duty":
        return false()
    return and_(
        one.assessment_due_on.is_(None),
        one.year <= last_year(soon, occasion.policy.terms.assessment),
    )


def _under_law(one: Alias, occasion: Occasion) -> ColumnElement[bool]:
    found = [
        and_(one.tax == law.tax, one.year.between(law.first_year, law.last_year))
        for law in occasion.policy.law
        if occasion.purpose in law.purposes and law.in_force(occasion.on)
    ]
    if occasion.purpose == "rights":
        found.append(
            one.year <= last_year(occasion.on - timedelta(days=1), occasion.policy.terms.refund)
        )
    return or_(false(), *found)


def last_year(day: date, years: int) -> int:
    """Return the last tax year whose term of `years` years, to 31 December, has ended on `day`."""
    ended = day.year - years
    return ended if (day.month, day.day) == (12, 31) else ended - 1
