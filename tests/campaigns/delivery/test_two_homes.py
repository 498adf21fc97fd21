"""Two machines work on one database without a shared folder: nobody is texted twice, and nobody is lost."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from time import monotonic

import pytest
from sqlalchemy import select, text, update

from campaigns.delivery.shared_limits import SharedBreaker, SharedTurns, shared_lines
from channels.port import Watch, unwatched
from flows.delivery_pass import PassResult, run_pass
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock, SystemClock
from store.states import TouchState
from store.tables import JournalLine, Lease, Touch
from tests import passes
from tests.channels.sms import simulated
from tests.stories import campaign_file, launched, populate

pytestmark = pytest.mark.postgres

SECRET = "a key for tests only, nobody has another"
LATER = datetime.fromisoformat("2023-06-06T09:00+00:00")
END_ALL = (
    "select pg_terminate_backend(pid) from pg_stat_activity"
    " where pid <> pg_backend_pid() and datname = current_database()"
)
AWAY = "another-host boot/pid:[1] 77 12345"


@dataclass(frozen=True)
class Two:
    """Two machines of one installation, and the account that both text through."""

    one: Installation
    other: Installation
    account: str

    def texts(self) -> Counter[str]:
        """Count the texts that the provider took, by number."""
        return Counter(each["to"] for each in simulated.flawless().texts(self.account))

    def states(self) -> Counter[TouchState]:
        with self.one.store.reading() as connection:
            return Counter(connection.execute(select(Touch.state)).scalars())

    def write(self, statement: str) -> None:
        with self.other.store.writing() as connection:
            connection.execute(text(statement))


def opened(home: Path, url: str, accounts: dict[str, str], now: datetime) -> Installation:
    files = str(home.parent / "files")
    settings = Settings(home=home, database_url=url, secret=SECRET, files=files, **accounts)
    return open_installation(settings, clock=FixedClock(now), draws=Random(2023))


@pytest.fixture
def two(tmp_path: Path, postgres_url: str, now: datetime) -> Iterator[Two]:
    accounts = simulated.accounts(simulated.flawless(), tmp_path)
    homes = tmp_path / "one", tmp_path / "other"
    for each in (*homes, tmp_path / "files"):
        each.mkdir()
    one = opened(homes[0], postgres_url, accounts, now)
    other = opened(homes[1], postgres_url, accounts, now)
    populate(one, 300, now=now)
    arms = "  - {name: text, share: 100, steps: [{channel: sms, template: text-invitation}]}"
    where = "years_without_return >= 1 and has(sms)"
    launched(one, campaign_file(homes[0], name="texts", where=where, arms=arms), now=now)
    yield Two(one, other, accounts["twilio_account_sid"])
    one.store.engine.dispose()
    other.store.engine.dispose()


def passed(installation: Installation, watch: Watch = unwatched) -> PassResult:
    return run_pass(installation, now=LATER, watch=watch)


class Once:
    """Does something at one moment of a pass."""

    def __init__(self, phase: str, at: int) -> None:
        self.when = (phase, at)
        self.done = False

    def due(self, phase: str, done: int) -> bool:
        if self.done or phase != self.when[0] or done < self.when[1]:
            return False
        self.done = True
        return True


def test_a_second_machine_leaves_a_batch_alone_whose_sessions_were_dropped(two: Two) -> None:
    once = Once("send", 25)
    elsewhere: list[PassResult] = []

    def watch(phase: str, done: int, _total: int) -> None:
        if once.due(phase, done):
            two.write(END_ALL)
            two.other.store.engine.dispose()
            elsewhere.append(passed(two.other))

    done = passed(two.one, watch)
    (meanwhile,) = elsewhere
    assert meanwhile.counts["handed_over"] == meanwhile.counts["settled"] == 0
    assert done.failures == meanwhile.failures == ()
    assert set(two.states()) == {TouchState.HANDED_OVER}
    assert two.texts().total() == two.states().total() == done.counts["handed_over"] > 40


def test_two_passes_at_once_share_the_work(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two.one.channels["sms"], "batch_size", 10)
    once = Once("compose", 1)
    elsewhere: list[PassResult] = []

    def watch(phase: str, done: int, _total: int) -> None:
        if once.due(phase, done):
            elsewhere.append(passed(two.other))

    done = passed(two.one, watch)
    (meanwhile,) = elsewhere
    assert done.failures == meanwhile.failures == ()
    assert done.counts["handed_over"] == 10
    assert meanwhile.counts["handed_over"] > 30
    assert two.texts().total() == two.states().total()


def test_a_sender_that_lost_its_batch_sends_nothing_more(two: Two) -> None:
    once = Once("send", 25)
    elsewhere: list[PassResult] = []

    def watch(phase: str, done: int, _total: int) -> None:
        if once.due(phase, done):
            with two.other.store.writing() as connection:
                gone = {"owner": AWAY, "held_until": text("now() - interval '1 s'")}
                connection.execute(update(Lease).values(gone))
            elsewhere.append(passed(two.other))

    done = passed(two.one, watch)
    (meanwhile,) = elsewhere
    assert meanwhile.failures == ()
    assert "taken over by another process" in str(done.failures[0])
    for _ in range(2):  # what the provider did not list at once
        _age(two)
        passed(two.other)
    assert set(two.states()) == {TouchState.HANDED_OVER}
    assert two.texts().total() == two.states().total()


def test_a_batch_of_which_nothing_began_is_not_asked_about(two: Two) -> None:
    class ThePlugIsPulled(BaseException):
        """Ends a delivery as a kill does."""

    def pull(phase: str, _done: int, _total: int) -> None:
        if phase == "compose":
            raise ThePlugIsPulled

    with pytest.raises(ThePlugIsPulled):
        passed(two.one, pull)
    accounts = {"twilio_url": "http://127.0.0.1:9"}  # where nobody answers
    blind = opened(two.other.settings.home, two.other.settings.url, accounts, LATER)
    assert passes.reconcile(blind, now=LATER).settled == 1
    blind.store.engine.dispose()
    passed(two.other)
    assert set(two.states()) == {TouchState.HANDED_OVER}
    assert two.texts().total() == two.states().total()


def test_no_number_stays_in_a_journal_that_came_to_its_end(two: Two) -> None:
    passed(two.one)
    with two.one.store.reading() as connection:
        lines = [*connection.execute(select(JournalLine.line)).scalars()]
    assert lines
    assert "+31" not in str(lines)


def test_journals_that_ended_long_ago_go_and_those_in_doubt_stay(two: Two) -> None:
    insert = "insert into journal_lines (key, line, written_at) values"
    two.write(f"{insert} ('ended', '{{\"all\": []}}', now() - interval '31 days')")
    two.write(f"{insert} ('in doubt', '{{\"free\": 1}}', now() - interval '31 days')")
    passed(two.one)
    with two.one.store.reading() as connection:
        keys = set(connection.execute(select(JournalLine.key)).scalars())
    assert "ended" not in keys
    assert "in doubt" in keys


def test_a_providers_wrong_settings_stop_every_machine(two: Two) -> None:
    breaker = SharedBreaker(two.one.store)
    breaker.trip("twilio", "20003", "it knows no such account", now=SystemClock().now())
    (failure,) = passed(two.other).failures
    assert "it knows no such account" in str(failure)
    assert not two.texts()
    with two.other.store.writing() as connection:
        rested = text("update sending_limits set trip = jsonb_set(trip, '{until}', trip -> 'at')")
        connection.execute(rested)
        connection.execute(update(Touch).values(not_before=LATER))
    passed(two.other)
    assert two.texts().total() == two.states().total()


def test_the_providers_pace_and_lines_are_one_for_all_machines(two: Two) -> None:
    turns = [SharedTurns(each.store, rate=10) for each in (two.one, two.other)]
    began = monotonic()
    reserved = [each._reserve(2) for each in (*turns, *turns)]
    gaps = [later - earlier for earlier, later in pairwise(reserved)]
    assert gaps == pytest.approx([0.2] * 3, abs=0.1 + monotonic() - began)
    with shared_lines(two.one.store, 2) as both, shared_lines(two.other.store, 4) as rest:
        assert (both, rest) == (2, 2)


def _age(two: Two) -> None:
    """Let the patience with what a provider does not list yet pass."""
    with two.other.store.writing() as connection:
        aged = text(
            "update journal_lines set line = jsonb_set(jsonb_set(line, '{begin,at}',"
            " '\"2020-01-01T00:00:00+00:00\"', false), '{taken}', '\"2020-01-01T00:00:00+00:00\"', false)"
        )
        connection.execute(aged)
