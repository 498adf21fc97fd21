"""Compare the texts that a provider lists with the touches and the answers to citizens.

What was sent is read first, then the provider's list, and then whose each text is. So a text that goes meanwhile is
neither missed nor taken for a stranger's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, select

from campaigns.auditing.invariants import Breach, Findings, Invariant, Note
from campaigns.touches.trial_texts import trial_numbers
from channels.port import Unavailable
from channels.sms.account import Account
from channels.sms.providers import CannotSay, ListedText, Provider, UnlistedTexts
from channels.sms.text_hashes import mark
from installation.installation import Installation
from store.errors import BadInput
from store.plain_errors import why_it_failed
from store.sentences import Sentence
from store.states import AttemptState, TouchState
from store.tables import Answer, Attempt, PersonNumber, Touch

IN_LIST = 2_000
"""Values in one statement, below what either database takes."""
_FAILED = frozenset({"failed", "undelivered", "canceled"})
_OPEN = (TouchState.CLAIMED, TouchState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """Text that counts as sent."""

    subject: str
    touch_id: int | None
    cost: int | None
    state: TouchState


def compare_texts(
    installation: Installation, *, since: datetime, providers: Sequence[Provider] | None = None
) -> Findings:
    """Compare what each provider lists since a moment with what counts as sent."""
    with installation.store.reading() as connection:
        sent = dict(_sent(connection, since))
    try:
        given = providers if providers is not None else _providers(installation)
    except (Unavailable, BadInput) as nobody:
        return _without_provider(sent, why_it_failed(nobody))
    account, total = Account.read(installation.settings.accounts), Findings()
    for provider in given:
        try:
            listed = list(provider.listed(since))
        except UnlistedTexts as never:
            total += Findings(not_compared=(Note(provider.name, why_it_failed(never)),))
            continue
        except CannotSay as now_not:
            total += Findings(failed=(Note(provider.name, why_it_failed(now_not)),))
            continue
        total += _compare(installation, provider, listed, sent, account)
    return total


def _providers(installation: Installation) -> Sequence[Provider]:
    return Account.read(installation.settings.accounts).providers()


def _without_provider(sent: dict[str, _Sent], why: str) -> Findings:
    note = Note(Sentence("{count} texts", count=len(sent)), why)
    return Findings(failed=(note,)) if sent else Findings()


def _sent(connection: Connection, since: datetime) -> Iterator[tuple[str, _Sent]]:
    """Yield what counts as sent since then, by the provider's reference."""
    tries = (
        select(Attempt.provider_ref, Attempt.touch_id, Attempt.cost, Touch.state)
        .join(Touch, Touch.id == Attempt.touch_id)
        .where(
            Touch.channel == "sms",
            Attempt.state == AttemptState.RECEIPT,
            Attempt.provider_ref.is_not(None),
            Attempt.written_at >= since,
        )
    )
    for ref, touch, cost, state in connection.execute(tries):
        subject = Sentence("touch {touch}", touch=touch)
        yield str(ref), _Sent(subject=subject, touch_id=touch, cost=cost, state=state)
    answers = select(Answer.provider_ref, Answer.id, Answer.cost, Answer.state).where(
        Answer.provider_ref.is_not(None), Answer.written_at >= since
    )
    for ref, number, cost, state in connection.execute(answers):
        subject = Sentence("answer {number}", number=number)
        yield str(ref), _Sent(subject=subject, touch_id=None, cost=cost, state=state)


def _compare(
    installation: Installation,
    provider: Provider,
    listed: Sequence[ListedText],
    sent: dict[str, _Sent],
    account: Account,
) -> Findings:
    there = {each.ref: each for each in listed}
    known = [(each, sent[each.ref]) for each in there.values() if each.ref in sent]
    breaches = [breach for text, ours in known for breach in _differing(text, ours, account)]
    breaches += _twice(known)
    breaches += [
        Breach(
            invariant=Invariant.TEXT_NOT_AT_PROVIDER,
            subject=ours.subject,
            detail=Sentence("{provider} does not list {ref}", provider=provider.name, ref=ref),
        )
        for ref, ours in sent.items()
        if ref not in there and provider.made(ref)
    ]
    strange = _strangers(installation, provider, there, known)
    return strange + Findings(breaches=tuple(breaches), compared={"texts": len(there)})


def _differing(text: ListedText, ours: _Sent, account: Account) -> Iterator[Breach]:
    if ours.state is TouchState.DELIVERED and text.status in _FAILED:
        yield Breach(
            invariant=Invariant.TEXT_NOT_ARRIVED,
            subject=ours.subject,
            detail=Sentence("{ref} is {status} there", ref=text.ref, status=text.status),
        )
    due = account.cost(text.segments) if text.segments else None
    if due is not None and ours.cost not in {None, due}:
        yield Breach(
            invariant=Invariant.TEXT_COST,
            subject=ours.subject,
            detail=Sentence(
                "{ref} has {count} segments there, worth {due}, and {cost} was recorded"
                " (hundredths of a cent)",
                ref=text.ref,
                count=text.segments,
                due=due,
                cost=ours.cost,
            ),
        )


def _twice(known: Iterable[tuple[ListedText, _Sent]]) -> Iterator[Breach]:
    """Yield the touches that have two texts at the provider, of which none surely failed."""
    by_touch: dict[int, list[str]] = defaultdict(list)
    for text, ours in known:
        if ours.touch_id is not None and text.status not in _FAILED:
            by_touch[ours.touch_id].append(text.ref)
    for touch, refs in by_touch.items():
        if len(refs) > 1:
            yield Breach(
                invariant=Invariant.TEXT_TWICE,
                subject=Sentence("touch {touch}", touch=touch),
                detail=Sentence("the provider lists {refs}", refs=", ".join(sorted(refs))),
            )


def _strangers(
    installation: Installation,
    provider: Provider,
    there: dict[str, ListedText],
    known: Sequence[tuple[ListedText, _Sent]],
) -> Findings:
    """Say of each text that nothing knows whether it is under way, a trial, a double or a stranger."""
    trials = trial_numbers(installation.settings.sms_test_numbers)
    with installation.store.reading() as connection:
        refs = set(there) - {text.ref for text, _ in known}
        left = [there[ref] for ref in sorted(refs - _recorded(connection, refs))]
        left = [each for each in left if each.ours and each.to not in trials]
        waits = _under_way(connection, {each.to for each in left})
        persons = _touches_at(connection, {each.to for each in left})
    same = Counter((each.to, mark(each.body)) for each in there.values() if each.body)
    breaches, under_way = list[Breach](), list[Note]()
    for text in left:
        if waits[text.to]:
            waits[text.to] -= 1
            under_way.append(
                Note(text.ref, Sentence("a touch to this number is still asked after"))
            )
            continue
        twice = same[text.to, mark(text.body)] > 1
        touches = ", ".join(map(str, persons[text.to])) or "-"
        breaches.append(
            Breach(
                invariant=Invariant.TEXT_TWICE if twice else Invariant.TEXT_WITHOUT_TOUCH,
                subject=text.ref,
                detail=Sentence(
                    "at {provider}; touches of whoever has the number: {touches}",
                    provider=provider.name,
                    touches=touches,
                ),
            )
        )
    return Findings(breaches=tuple(breaches), under_way=tuple(under_way))


def _recorded(connection: Connection, refs: set[str]) -> set[str]:
    """Return the references that some attempt or answer has by now."""
    found = set[str]()
    for some in _some(refs):
        for column in (Attempt.provider_ref, Answer.provider_ref):
            found.update(
                ref
                for ref in connection.execute(select(column).where(column.in_(some))).scalars()
                if ref
            )
    return found


def _under_way(connection: Connection, numbers: set[str]) -> Counter[str]:
    """Return how many texts to each number may have gone without their result being known."""
    found = Counter[str]()
    for some in _some(numbers):
        touches = (
            select(PersonNumber.e164)
            .join(Touch, Touch.person_id == PersonNumber.person_id)
            .where(PersonNumber.e164.in_(some), Touch.channel == "sms", Touch.state.in_(_OPEN))
        )
        found.update(connection.execute(touches).scalars())
        answers = select(Answer.e164).where(Answer.e164.in_(some), Answer.state.in_(_OPEN))
        found.update(connection.execute(answers).scalars())
    return found


def _touches_at(connection: Connection, numbers: set[str]) -> dict[str, list[int]]:
    """Return the touches by text of whoever has each number."""
    found: dict[str, list[int]] = defaultdict(list)
    for some in _some(numbers):
        query = (
            select(PersonNumber.e164, Touch.id)
            .join(Touch, Touch.person_id == PersonNumber.person_id)
            .where(PersonNumber.e164.in_(some), Touch.channel == "sms")
            .order_by(Touch.id)
        )
        for number, touch in connection.execute(query):
            found[number].append(touch)
    return found


def _some(values: Iterable[str]) -> Iterator[list[str]]:
    left = iter(sorted(values))
    while some := list(islice(left, IN_LIST)):
        yield some
