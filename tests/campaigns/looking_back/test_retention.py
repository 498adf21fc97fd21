"""Retention: a ledger goes when its class says so, without a period it stays, and a kill half-way is no harm."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from campaigns.looking_back import retention
from campaigns.looking_back.retention import LedgerState, ledgers, remove_due
from console.cli.options import _plain
from console.cli.people.why import explanation_lines
from installation.installation import Installation
from outcomes.explanations import why
from outcomes.funnels import funnel
from outcomes.person_history import LedgerRemoved
from store.errors import BadInput
from store.states import CampaignState
from store.tables import AuditEntry, Decision, Removal, Touch
from suppression.reasons import Reason
from tests.builders import Builder
from tests.conftest import NOW
from tests.deciding import deciding

BY = deciding("anja")
PERIODS = "[days]\ntwo-years = 730\n"


def put(
    installation: Installation,
    name: str,
    *,
    ended: int | None = 800,
    people: int = 3,
    **columns: Any,
) -> None:
    """Put down a campaign with the class `two-years` that ended so many days ago, and its ledger."""
    with installation.store.writing() as connection:
        builder = Builder(connection, NOW - timedelta(days=900))
        state = CampaignState.RUNNING if ended is None else CampaignState.FINISHED
        ended_at = None if ended is None else NOW - timedelta(days=ended)
        values = {
            "spec": {"retention": "two-years"},
            "state": state,
            "ended_at": ended_at,
            **columns,
        }
        campaign = builder.campaign(name, **values)
        for number in range(people):
            builder.reach(campaign, f"{name}-{number}")
        builder.decide(campaign, builder.person(f"{name}-left-out"), Reason.MINOR)


def write(installation: Installation, text: str) -> None:
    (installation.settings.home / "retention.toml").write_text(text)


def counted(installation: Installation, table: Any) -> int:
    with installation.store.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def standing(installation: Installation) -> dict[str, LedgerState]:
    return {each.campaign: each.standing for each in ledgers(installation, now=NOW)}


def test_each_ledger_stands_where_its_class_and_its_end_put_it(installation: Installation) -> None:
    write(installation, 'legal_hold = ["held"]\n' + PERIODS)
    put(installation, "due")
    put(installation, "young", ended=729)
    put(installation, "going", ended=None)
    put(installation, "held")
    put(installation, "classless", spec={"retention": "selectielijst 5.2"})
    assert standing(installation) == {
        "due": LedgerState.DUE,
        "young": LedgerState.KEPT,
        "going": LedgerState.RUNNING,
        "held": LedgerState.HELD,
        "classless": LedgerState.NO_PERIOD,
    }


def test_without_a_file_no_period_is_invented_and_nothing_is_removed(
    installation: Installation,
) -> None:
    put(installation, "old", ended=20_000)
    assert standing(installation) == {"old": LedgerState.NO_PERIOD}
    assert remove_due(installation, by=BY, now=NOW) == []
    assert counted(installation, Decision) == 4


def test_a_due_ledger_goes_in_chunks_and_only_that_one(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 3)  # so that a few rows are several chunks
    write(installation, PERIODS)
    put(installation, "due", people=7)
    put(installation, "young", ended=10)
    (removed,) = remove_due(installation, by=BY, now=NOW)
    assert (removed.campaign, removed.removed, removed.rows, removed.standing) == (
        "due",
        8,
        0,
        LedgerState.REMOVED,
    )
    assert counted(installation, Decision) == 4
    assert counted(installation, Touch) == 10
    with installation.store.reading() as connection:
        row = connection.execute(select(Removal.__table__)).one()
        (act,) = connection.execute(select(AuditEntry.__table__)).all()
    assert (row.what, row.rows, row.retention, row.days, row.removed_at, row.removed_by) == (
        "decisions",
        8,
        "two-years",
        730,
        NOW,
        "anja",
    )
    assert (act.actor, act.action, act.about, act.detail["rows"]) == (
        "anja",
        "remove_ledger",
        "campaign:due",
        8,
    )
    assert remove_due(installation, by=BY, now=NOW) == []
    assert counted(installation, AuditEntry) == 1


def test_killed_half_way_it_goes_on_where_it_was_and_the_count_is_right(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 3)
    write(installation, PERIODS)
    put(installation, "due", people=7)
    with monkeypatch.context() as killed:
        killed.setattr(retention, "_remove_some", _dying_after(2, retention._remove_some))
        with pytest.raises(KeyboardInterrupt):
            remove_due(installation, by=BY, now=NOW)
    assert counted(installation, Decision) == 2
    assert why(installation, "due-0").campaigns[0].decision == "ledger_removed"
    assert standing(installation) == {"due": LedgerState.DUE}
    (removed,) = remove_due(installation, by=BY, now=NOW + timedelta(days=1))
    assert (removed.removed, removed.rows) == (8, 0)
    assert counted(installation, Removal) == 1


def _dying_after(times: int, remove: Callable[..., int]) -> Callable[..., int]:
    left = [times]

    def dying(*words: Any, **named: Any) -> int:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return remove(*words, **named)

    return dying


def test_why_says_that_the_ledger_was_removed_and_still_knows_the_touch(
    installation: Installation,
) -> None:
    write(installation, PERIODS)
    put(installation, "due")
    remove_due(installation, by=BY, now=NOW)
    (decided,) = why(installation, "due-1").campaigns
    assert (decided.decision, decided.removed) == (
        "ledger_removed",
        LedgerRemoved(date(2023, 6, 1), "two-years"),
    )
    assert [touch.state for touch in decided.touches] == ["handed_over"]
    text = " ".join(" ".join(explanation_lines(why(installation, "due-left-out"), "en")).split())
    assert "The records were removed on 1 June 2023" in text
    assert "(two-years)" in text
    assert "not meant for you" not in text


def test_who_was_imported_after_the_audience_was_frozen_was_surely_not_in_it(
    installation: Installation,
) -> None:
    write(installation, PERIODS)
    put(installation, "due")
    with installation.store.writing() as connection:
        Builder(connection, NOW).person("late")
    remove_due(installation, by=BY, now=NOW)
    assert why(installation, "late").campaigns[0].decision == "not_in_audience"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[days\n", "retention.toml, line 1: is not TOML"),
        (
            "[periods]\nx = 1\n",
            "periods: is not a known key of the file of retention periods; remove it, or write one of days, classes",
        ),
        ("[days]\nx = 0\n", "line 2, days.x: 0 is too small; write a number of at least 1"),
        ("[days]\nx = true\n", "days.x: True is not a whole number"),
        ('[days]\nx = "2 years"\n', "days.x: '2 years' is not a whole number"),
        ("days = 3\n", "days: 3 is not a group of keys"),
        ('legal_hold = "x"\n', "legal_hold: 'x' is not a list"),
        ('legal_hold = ["nowhere"]\n', "legal_hold: there is no campaign 'nowhere' to hold back"),
    ],
)
def test_a_bad_file_is_one_clear_line_and_removes_nothing(
    installation: Installation, text: str, said: str
) -> None:
    put(installation, "due")
    write(installation, text)
    with pytest.raises(BadInput) as refused:
        remove_due(installation, by=BY, now=NOW)
    assert said in str(refused.value)
    assert counted(installation, Decision) == 4


def test_two_cannot_remove_at_once(installation: Installation) -> None:
    write(installation, PERIODS)
    with (
        installation.store.holding("retention"),
        pytest.raises(BadInput, match="somebody else is removing"),
    ):
        remove_due(installation, by=BY, now=NOW)


def test_a_ledger_is_plain_data(installation: Installation) -> None:
    write(installation, PERIODS)
    put(installation, "due")
    (data,) = (each.as_data() for each in ledgers(installation, now=NOW))
    assert (data["standing"], data["rows"], _plain(data["due_at"])) == (
        "due",
        4,
        "2023-03-23T07:00:00+00:00",
    )


@pytest.mark.thorough
def test_the_funnel_says_that_it_can_no_longer_count(installation: Installation) -> None:
    write(installation, PERIODS)
    put(installation, "due")
    assert funnel(installation, "due", now=NOW).ledger_removed_on is None
    remove_due(installation, by=BY, now=NOW)
    counted_now = funnel(installation, "due", now=NOW)
    assert (counted_now.ledger_removed_on, counted_now.matched) == ("2023-06-01", 0)
