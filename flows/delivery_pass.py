"""A delivery pass, one ordered list of named steps over everything that is due.

The command line and the flow `deliver` run all of it, the flow `reconcile` some of it. Every step is isolated, and so
is every part of one that can be: a launch, an open batch, a shard, a print run. What fails is logged with its
traceback, named in the result with its reason, and holds up nothing else. Only a database that is away ends a pass.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import DBAPIError

from campaigns.delivery.claiming import open_shards
from campaigns.delivery.dispatch import Delivered, deliver_shard, open_batches, settle_orphan
from campaigns.planning import lifecycle
from campaigns.post.hand_over import hand_over_runs
from campaigns.post.pull_lists import make_lists, shards_at_the_shop, want_pulls_of
from campaigns.touches.occasions import Shard
from channels.port import Unavailable, Watch, unwatched
from desk.cases.team_task_delivery import deliver_team_tasks
from desk.entries.answer_delivery import deliver_answers
from desk.entries.answers import CHANNEL as ANSWERS_GO_BY
from desk.entries.outbound_calls import drop_calls, queue_handed_over
from inbound.polling import poll
from inbound.post.answer_server import fetch_if_any
from inbound.receipts import apply_receipts
from inbound.text_inbox import process_texts
from installation.installation import Installation
from store.errors import BadInput
from store.plain_errors import log_failure, why_it_failed
from store.sentences import Sentence, as_sentence, in_terms, joined

LOG = logging.getLogger("kaartje.delivery")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A part of a pass that failed, and why in plain words."""

    reason: str
    step: str = ""
    channel: str | None = None
    campaign: str | None = None
    batch: str | None = None
    foreseen: bool = True  # a channel that is away, or bad input: to try again at once is no use

    def __str__(self) -> str:
        """Return it as one line in English."""
        return str(self.sentence())

    def sentence(self) -> Sentence:
        """Return it as one line that can be shown in another language."""
        campaign = Sentence("campaign {name}", name=self.campaign) if self.campaign else ""
        channel = in_terms(self.channel) if self.channel else ""
        of = joined(", ", filter(None, (channel, campaign, self.batch)))
        step, reason = as_sentence(self.step), as_sentence(self.reason)
        if not of:
            return Sentence("{step}: {reason}", step=step, reason=reason)
        return Sentence("{step} ({of}): {reason}", step=step, of=of, reason=reason)

    def as_data(self) -> dict[str, str | None]:
        """Return the failure as plain data for JSON."""
        return {
            "step": self.step,
            "channel": self.channel,
            "campaign": self.campaign,
            "batch": self.batch,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PassResult:
    """Counts of what a pass, or a part of one, came to, and everything in it that failed."""

    counts: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()

    def __add__(self, other: "PassResult") -> "PassResult":
        """Add the counts, and name the failures one after the other."""
        counts = Counter(self.counts)
        counts.update(other.counts)
        return PassResult(counts=dict(counts), failures=(*self.failures, *other.failures))

    def as_data(self) -> dict[str, Any]:
        """Return counts and failures as plain data for JSON."""
        return {**self.counts, "failures": [each.as_data() for each in self.failures]}


class PassFailed(Exception):
    """Something in a pass failed. All else was done, and `result` has the counts and every failure."""

    def __init__(self, result: PassResult) -> None:
        super().__init__("; ".join(map(str, result.failures)))
        self.result = result


@dataclass(frozen=True, slots=True)
class Step:
    """A named step of a pass."""

    name: str
    run: Callable[[Installation, datetime, Watch], PassResult]


def run_pass(installation: Installation, *, now: datetime, watch: Watch = unwatched) -> PassResult:
    """Make one whole pass, running every step in its order whatever fails."""
    total, began = PassResult(), installation.now()
    for step in STEPS:
        moment = now + (installation.now() - began)
        total += run_step(installation, step, now=moment, watch=watch)
    return total


def run_step(
    installation: Installation, step: Step, *, now: datetime, watch: Watch = unwatched
) -> PassResult:
    """Run one step, and return its counts and what failed in it.

    Raises:
        DBAPIError: the database is away.
    """
    tally = _Tally()
    with tally.isolated():
        tally.add(step.run(installation, now, watch))
    return _named(tally.result, step.name)


def run_shard(
    installation: Installation,
    shard: Shard,
    *,
    now: datetime,
    watch: Watch = unwatched,
    longest: timedelta | None = None,
) -> PassResult:
    """Deliver one shard, which a flow does in a task of its own, and return its counts and failures.

    Args:
        installation: The open installation.
        shard: One step of one wave.
        now: The moment of this pass.
        watch: Where progress goes.
        longest: After which no further batch is claimed; by default nothing of it is left.

    Raises:
        DBAPIError: the database is away.
    """
    return _named(_deliver_one(installation, shard, now, watch, longest), DELIVER_SHARDS)


def of_campaign(installation: Installation, shard: Shard, result: PassResult) -> PassResult:
    """Return all counts of a result, and the failures of one shard's campaign on its channel."""
    mine = (shard.channel, _name_of(installation, shard))
    failures = (each for each in result.failures if (each.channel, each.campaign) == mine)
    return replace(result, failures=tuple(failures))


def step_named(name: str) -> Step:
    """Return the step of this name."""
    return next(step for step in STEPS if step.name == name)


class _Tally:
    """Counts and failures while they add up."""

    def __init__(self, zero: Any = None) -> None:
        self.result = PassResult(counts=asdict(zero) if zero else {})

    def add(self, result: PassResult) -> None:
        """Add the result of a part."""
        self.result += result

    def count(self, values: Any) -> None:
        """Add the counts of a dataclass."""
        self.add(PassResult(counts=asdict(values)))

    @contextmanager
    def isolated(
        self, *, channel: str | None = None, campaign: str | None = None, batch: str | None = None
    ) -> Iterator[None]:
        """Name what fails in this block as a failure, and go on after it. Counts added before stand.

        Raises:
            DBAPIError: the database is away.
        """
        place = ", ".join(part for part in (channel, campaign, batch) if part) or "a step"
        foreseen = True
        try:
            yield
        except Unavailable as error:
            LOG.warning("%s: the channel cannot be reached: %s", place, error)
            reason = why_it_failed(error)
        except BadInput as error:
            LOG.warning("%s was left out: %s", place, error)
            reason = why_it_failed(error)
        except Exception as error:
            if _database_is_away(error):
                raise
            log_failure(LOG, error, f"{place} failed")
            reason, foreseen = why_it_failed(error), False
        else:
            return
        failure = Failure(
            reason=reason, channel=channel, campaign=campaign, batch=batch, foreseen=foreseen
        )
        self.add(PassResult(failures=(failure,)))


def _database_is_away(error: Exception) -> bool:
    """Return whether no connection could be made or kept, or another writer holds the database."""
    return isinstance(error, DBAPIError) and (
        error.connection_invalidated
        or error.statement is None
        or "database is locked" in str(error.orig)
    )


def _named(result: PassResult, step: str) -> PassResult:
    """Return the result with the step's name on each failure."""
    return replace(result, failures=tuple(replace(each, step=step) for each in result.failures))


def _apply_reports(installation: Installation, now: datetime, _watch: Watch) -> PassResult:
    apply_receipts(installation, now=now)
    return PassResult()


def _process_texts(installation: Installation, now: datetime, _watch: Watch) -> PassResult:
    process_texts(installation, now=now)
    return PassResult()


def _deliver_answers(installation: Installation, now: datetime, _watch: Watch) -> PassResult:
    done = deliver_answers(installation, now=now)
    failures = tuple(Failure(channel=ANSWERS_GO_BY, reason=why) for why in done.failures)
    return PassResult(counts=done.counts(), failures=failures)


def _deliver_team_tasks(installation: Installation, now: datetime, _watch: Watch) -> PassResult:
    return PassResult(counts=asdict(deliver_team_tasks(installation, now=now)))


def _launch(installation: Installation, now: datetime, _watch: Watch) -> PassResult:
    """Launch what is due. A campaign that may not go any more stays approved, and holds up no other."""
    tally = _Tally()
    tally.add(PassResult(counts={"launched": 0}))
    for name in lifecycle.due_to_launch(installation, now=now):
        with tally.isolated(campaign=name):
            lifecycle.launch(installation, name, by=lifecycle.SYSTEM, now=now)
            tally.add(PassResult(counts={"launched": 1}))
    return tally.result


def _reconcile(installation: Installation, now: datetime, watch: Watch) -> PassResult:
    tally, waiting = _Tally(Delivered()), open_batches(installation)
    for at, batch in enumerate(waiting, 1):
        with tally.isolated(channel=batch.channel, campaign=batch.campaign, batch=batch.key):
            for done in settle_orphan(installation, batch, now=now, watch=watch):
                tally.count(done)
        watch("settle", at, len(waiting))
    return tally.result


def _fetch_shop_answers(installation: Installation, now: datetime, _watch: Watch) -> PassResult:
    received = fetch_if_any(installation, now=now)
    failures = tuple(Failure(channel="print shop", reason=why) for why in received.failures)
    return PassResult(counts=received.counts(), failures=failures)


def _poll_texts(installation: Installation, now: datetime, _watch: Watch) -> PassResult:
    return PassResult(counts=poll(installation, now=now).counts())


def _ask_pieces_back(installation: Installation, now: datetime, _watch: Watch) -> PassResult:
    tally = _Tally()
    for shard in shards_at_the_shop(installation, now):
        with tally.isolated(channel=shard.channel, campaign=_name_of(installation, shard)):
            want_pulls_of(installation, shard, now=now)
    with tally.isolated():
        make_lists(installation, now=now)
    return tally.result


def _deliver_shards(installation: Installation, now: datetime, watch: Watch) -> PassResult:
    total, began = PassResult(counts={**asdict(Delivered()), "shards": 0}), installation.now()
    for shard in open_shards(installation, now):
        moment = now + (installation.now() - began)
        total += _deliver_one(installation, shard, moment, watch)
    return total


def _deliver_one(
    installation: Installation,
    shard: Shard,
    now: datetime,
    watch: Watch,
    longest: timedelta | None = None,
) -> PassResult:
    tally = _Tally()
    tally.add(PassResult(counts={"shards": 1}))
    with tally.isolated(channel=shard.channel, campaign=_name_of(installation, shard)):
        for done in deliver_shard(installation, shard, now=now, watch=watch, longest=longest):
            tally.count(done)
    return tally.result


def _name_of(installation: Installation, shard: Shard) -> str:
    with installation.store.reading() as connection:
        return lifecycle.name_of(connection, shard.campaign_id)


def _hand_over(installation: Installation, now: datetime, watch: Watch) -> PassResult:
    done = hand_over_runs(installation, now=now, watch=watch)
    counts = {"runs": done.runs, "runs_waiting": len(done.waiting), "recalled": done.recalled}
    failed = (each for each in done.waiting if each.failed)
    failures = tuple(
        Failure(channel="print shop", batch=each.key, reason=each.why) for each in failed
    )
    return PassResult(counts=counts, failures=failures)


def _queue_calls(installation: Installation, now: datetime, _watch: Watch) -> PassResult:
    queued = queue_handed_over(installation)
    return PassResult(counts={"queued": queued, "calls_dropped": drop_calls(installation, now=now)})


def _finish(installation: Installation, now: datetime, _watch: Watch) -> PassResult:
    with installation.store.writing() as connection:
        lifecycle.finish_done(connection, now=now)
    return PassResult()


ANSWERING = ("apply provider reports", "process incoming texts", "deliver answers")
"""Steps that answer citizens. They hand over nothing that a campaign asks for."""
RECONCILE, DELIVER_SHARDS = "reconcile open batches", "deliver shards"
HAND_OVER = "hand over print runs"
STEPS = (
    # what was reported since decides what is due in this pass, and whom we answer
    Step("apply provider reports", _apply_reports),
    Step("process incoming texts", _process_texts),
    # somebody who waits for an answer does not wait for a campaign
    Step("deliver answers", _deliver_answers),
    Step("deliver team tasks", _deliver_team_tasks),
    Step("launch scheduled campaigns", _launch),
    Step(RECONCILE, _reconcile),
    # what the shop says holds its campaign's post, or lets it go
    Step("fetch print shop answers", _fetch_shop_answers),
    Step("poll silent texts", _poll_texts),
    Step("ask pieces back", _ask_pieces_back),
    Step(DELIVER_SHARDS, _deliver_shards),
    Step(HAND_OVER, _hand_over),
    Step("queue calls", _queue_calls),
    Step("finish campaigns", _finish),
)
"""The steps of a pass, in their order."""

RECONCILING = (
    "apply provider reports",
    "process incoming texts",
    RECONCILE,
    "fetch print shop answers",
    "poll silent texts",
)
"""The steps that hand nothing new over, by name."""
