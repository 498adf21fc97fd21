"""The results of stored reports, from their order and the tries they are about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from sqlalchemy import ColumnElement, Connection, or_, select

from channels.sms.reports import Status, read_status
from inbound.events import RECEIPT, StoredReport
from inbound.report_order import ReportedStatus, Text, rank_reports
from inbound.report_targets import AnswerTry, Target, TouchTry, find
from store.states import AttemptState, EventOutcome
from store.tables import ProviderEvent

STEP = 200
"""Reports applied in one transaction, few enough that a provider's next request hardly waits."""


@dataclass(kw_only=True)
class ReportResults:
    """The results of a set of reports."""

    outcomes: dict[int, EventOutcome]
    targets: Mapping[int, Target]
    # by touch, with the provider's reference
    bound: dict[int, tuple[TouchTry, str | None]] = field(default_factory=dict)
    # by touch
    ended: dict[int, tuple[TouchTry, StoredReport, Status]] = field(default_factory=dict)
    # by answer
    answers: dict[int, tuple[AnswerTry, StoredReport, Status | None]] = field(default_factory=dict)


def pending_reports(connection: Connection) -> list[StoredReport]:
    """Return the first `STEP` reports that were not applied yet, in order of arrival."""
    waiting = (ProviderEvent.outcome.is_(None), ProviderEvent.kind == RECEIPT)
    columns = (getattr(ProviderEvent, each.name) for each in fields(StoredReport))
    query = select(*columns).where(*waiting).order_by(ProviderEvent.id).limit(STEP)
    return [StoredReport(**row._asdict()) for row in connection.execute(query)]


def ranked(connection: Connection, events: Sequence[StoredReport]) -> ReportResults:
    """Return what each report does to the text it is about."""
    targets = find(connection, events)
    known = [event for event in events if event.id in targets]
    reports = [
        ReportedStatus(
            event.id, _text(event.provider, event.provider_ref, event.attempt), event.status
        )
        for event in known
    ]
    outcomes, _ = rank_reports(reports, _known_statuses(connection, known))
    results = ReportResults(
        outcomes=dict.fromkeys((event.id for event in events), EventOutcome.UNKNOWN_MESSAGE)
        | outcomes,
        targets=targets,
    )
    for event in known:
        match targets[event.id]:
            case TouchTry() as touch:
                _take_touch(results, event, touch)
            case AnswerTry() as answer:
                _take_answer(results, event, answer)
    return results


def _text(provider: str, ref: str | None, attempt: str | None) -> Text:
    """Return the key of a text at its provider."""
    return provider, ref or attempt or ""


def _known_statuses(connection: Connection, events: Sequence[StoredReport]) -> dict[Text, Status]:
    """Return the latest applied status of each of these texts."""
    refs = {event.provider_ref for event in events if event.provider_ref}
    keys = {event.attempt for event in events if not event.provider_ref}
    columns = (
        ProviderEvent.provider,
        ProviderEvent.provider_ref,
        ProviderEvent.attempt,
        ProviderEvent.status,
    )
    bare = (ProviderEvent.provider_ref.is_(None), ProviderEvent.attempt.in_(keys))
    rows = connection.execute(
        select(*columns).where(
            ProviderEvent.outcome == EventOutcome.APPLIED,
            or_(ProviderEvent.provider_ref.in_(refs), *([_both(bare)] if keys else [])),
        )
    )
    known: dict[Text, Status] = {}
    for provider, ref, attempt, word in rows:
        text = _text(provider, ref, attempt)
        status, before = read_status(word), known.get(text)
        if status is not None and (before is None or status.rank > before.rank):
            known[text] = status
    return known


def _both(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    return conditions[0] & conditions[1]


def _take_touch(results: ReportResults, event: StoredReport, touch: TouchTry) -> None:
    """Add the result of one report on a touch. Any report proves that the provider has the text."""
    if touch.attempt is not AttemptState.RECEIPT:
        results.bound.setdefault(touch.touch_id, (touch, event.provider_ref))
    status = read_status(event.status)
    if results.outcomes[event.id] is not EventOutcome.APPLIED or status is None:
        return
    if not touch.current or (status.is_end and touch.touch_id in results.ended):
        # it was tried again since, or nobody waits for it any more
        results.outcomes[event.id] = EventOutcome.LEFT
    elif status.is_end:
        results.ended[touch.touch_id] = (touch, event, status)


def _take_answer(results: ReportResults, event: StoredReport, answer: AnswerTry) -> None:
    status = read_status(event.status)
    if results.outcomes[event.id] is not EventOutcome.APPLIED:
        return
    before = results.answers.get(answer.answer_id)
    if before is None or before[2] is None:
        results.answers[answer.answer_id] = (
            answer,
            event,
            status if status and status.is_end else None,
        )
