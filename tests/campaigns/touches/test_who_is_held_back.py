"""People held back and touches that wait, judged at the claim and again before dispatch."""

import threading
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update

from campaigns.planning.plans import plan
from installation.installation import Installation, open_installation
from installation.settings import Settings
from people.importing import import_people
from people.invented.population import write_population
from store.clock import FixedClock, parse_moment
from store.errors import BadInput
from store.states import AddressKind, CallState, TouchState
from store.tables import AddressDecision, Attempt, Call, Campaign, Obligation, Person, Touch
from suppression.lists import add
from tests.conftest import NOW
from tests.passes import Delivered, deliver
from tests.snapshots import Snapshots
from tests.stories import ARMS, CARD_STEP, campaign_file, launched, manifests, populate

DUE = parse_moment("2023-06-05")  # a Monday
EVERYBODY = f"  - {{name: card, share: 100, {CARD_STEP}}}"


@pytest.fixture
def running(installation: Installation, snapshots: Snapshots) -> Installation:
    return snapshots.bring(installation, launch)


def launch(installation: Installation) -> None:
    populate(installation, 400, now=NOW)
    launched(installation, campaign_file(installation.settings.home), now=NOW)


def touches(installation: Installation) -> dict[str, Any]:
    with installation.store.reading() as connection:
        rows = connection.execute(
            select(Person.person_ref, Touch.id, Touch.state, Touch.reason, Touch.not_before).join(
                Person, Person.id == Touch.person_id
            )
        )
        return {row.person_ref: row for row in rows}


@pytest.mark.thorough
def test_a_word_that_comes_between_the_claim_and_the_hand_over_holds_its_own_card_and_no_other(
    running: Installation,
) -> None:
    ref = sorted(touches(running))[3]

    def listen(phase: str, _done: int, _total: int) -> None:
        if phase == "claim":
            add(running.store, ref, "OBJECTION", source="call", by="agent", now=DUE)

    made = deliver(running, now=DUE, watch=listen)
    found = touches(running)
    assert (found[ref].state, found[ref].reason) == (TouchState.WITHHELD, "OBJECTION")
    assert made.withheld == 1
    assert made.handed_over == len(found) - 1
    assert Counter(row.state for row in found.values())[TouchState.HANDED_OVER] == made.handed_over
    assert str(found[ref].id) not in {row["touch"] for row in manifests(running)}
    with running.store.reading() as connection:
        taken_back = connection.execute(
            select(Attempt.state)
            .join(Touch, Touch.id == Attempt.touch_id)
            .where(Touch.state == TouchState.WITHHELD)
        ).scalars()
        assert list(taken_back) == ["taken_back"]


@pytest.mark.thorough
def test_two_campaigns_that_claim_the_same_people_at_once_do_not_both_reach_them(
    postgres_url: str, tmp_path: Path, now: datetime
) -> None:
    """The first claim commits only when the second waits for its people, or has passed it by."""

    def open_one(name: str) -> Installation:
        settings = Settings(
            home=tmp_path / "home",
            database_url=postgres_url,
            secret="a key for tests only, nobody has another",
        )
        (tmp_path / "home").mkdir(exist_ok=True)
        return open_installation(settings, clock=FixedClock(DUE), draws=Random(name))

    one, other = open_one("one"), open_one("other")
    populate(one, 400, now=now)
    for name in ("cards-a", "cards-b"):
        launched(one, campaign_file(tmp_path, name=name, arms=EVERYBODY), now=now)
    assert len(touches(one)) > 20
    claimed, waiting = threading.Event(), threading.Event()

    @event.listens_for(one.store.engine, "before_cursor_execute")
    def _hold_open(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "INSERT INTO attempts" in statement and not claimed.is_set():
            claimed.set()
            waiting.wait(20)

    @event.listens_for(other.store.engine, "before_cursor_execute")
    def _comes_second(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FOR NO KEY UPDATE" in statement:
            waiting.set()

    def second() -> None:
        claimed.wait(20)
        deliver(other, now=DUE)
        waiting.set()

    thread = threading.Thread(target=second)
    thread.start()
    deliver(one, now=DUE)
    thread.join()
    with one.store.reading() as connection:
        reached = connection.execute(
            select(Touch.person_id).where(Touch.state == TouchState.HANDED_OVER)
        ).scalars()
        assert max(Counter(reached).values()) == 1
        held = connection.execute(
            select(Touch.reason).where(Touch.state == TouchState.WITHHELD)
        ).scalars()
        assert set(held) == {"FREQUENCY_CAP"}
    one.store.engine.dispose()
    other.store.engine.dispose()


@pytest.mark.thorough
def test_a_card_waits_until_it_would_arrive_on_a_day_the_line_is_open(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 400, now=now)
    weekdays = "monday, tuesday, wednesday, thursday, friday"
    launched(
        installation, campaign_file(tmp_path, waves=("2023-06-07",), open_days=weekdays), now=now
    )
    # handed over on Wednesday, posted on Thursday, it would come on Saturday, when nobody picks up
    assert {row.not_before for row in touches(installation).values()} == {
        parse_moment("2023-06-08T00:00")
    }
    assert deliver(installation, now=parse_moment("2023-06-07T10:00")) == Delivered()
    assert deliver(installation, now=parse_moment("2023-06-08T10:00")).handed_over > 20


def test_a_line_that_is_open_on_no_day_of_delivery_is_refused_with_its_line_before_anything_is_planned(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 60, now=now)
    file = campaign_file(tmp_path, open_days="monday")
    with pytest.raises(
        BadInput, match=r"cards\.yaml, line \d+, phone_line\.open_days: .*could arrive"
    ):
        plan(installation, file, now=now)


@pytest.mark.thorough
def test_what_came_due_on_a_good_day_waits_when_it_is_delivered_on_another(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 400, now=now)
    launched(
        installation,
        campaign_file(tmp_path, open_days="monday, tuesday, wednesday, thursday, friday"),
        now=now,
    )
    waited = deliver(installation, now=parse_moment("2023-06-07T10:00"))
    assert waited.later == len(touches(installation)) > 20
    assert {row.state for row in touches(installation).values()} == {TouchState.PLANNED}
    assert deliver(installation, now=parse_moment("2023-06-08T09:00")).handed_over == waited.later


@pytest.mark.thorough
def test_nothing_is_handed_over_on_data_that_nobody_confirmed_for_too_long(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    people = installation.settings.home / "people.csv"
    write_population(people, 400, 7)
    import_people(installation.store, people, key=installation.settings.key(), now=now)
    launched(installation, campaign_file(tmp_path, waves=("2023-10-02", "2023-10-03")), now=now)
    late = parse_moment("2023-10-02")  # 123 days on
    assert {row.reason for row in touches(installation).values()} == {None}
    first = deliver(installation, now=late)
    assert first.handed_over == 0
    assert {row.reason for row in touches(installation).values()} == {None, "STALE_DATA"}
    # the same people again in a newer file: nothing changed, and all of it is fresh
    newer = people.with_name("newer.csv")
    newer.write_bytes(people.read_bytes() + b"\r\n")
    report = import_people(installation.store, newer, key=installation.settings.key(), now=late)
    assert (report.added, report.updated) == (0, 0)
    assert deliver(installation, now=late + timedelta(days=1)).handed_over > 10


@pytest.mark.thorough
def test_the_same_old_file_read_again_makes_nothing_fresher(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 400, now=now)
    launched(installation, campaign_file(tmp_path, waves=("2023-10-02",)), now=now)
    late = parse_moment("2023-10-02")
    populate(installation, 400, now=late)
    assert deliver(installation, now=late).handed_over == 0


@pytest.mark.thorough
def test_nobody_is_in_two_running_campaigns_about_one_subject(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 400, now=now)
    first = campaign_file(tmp_path, name="first", more="subject: income-2021", arms=ARMS)
    chosen = plan(installation, first, now=now)
    launched(installation, first, now=now)
    same = plan(
        installation,
        campaign_file(tmp_path, name="same", more="subject: income-2021", arms=ARMS),
        now=now,
    )
    other = plan(
        installation,
        campaign_file(tmp_path, name="other", more="subject: vat-2022", arms=ARMS),
        now=now,
    )
    # whom the first reaches, and whom it holds out to compare them with
    assert same.left_out["OTHER_CAMPAIGN"] == chosen.selected + chosen.hold_out
    assert "OTHER_CAMPAIGN" not in other.left_out


def test_whoever_has_just_talked_with_us_gets_no_card_on_top(running: Installation) -> None:
    spoke, waits, long_ago = sorted(touches(running))[:3]
    for ref, state, days in (
        (spoke, CallState.WRAPPED_UP, 3),
        (waits, CallState.WAITING, 3),
        (long_ago, CallState.WRAPPED_UP, 15),
    ):
        with running.store.writing() as connection:
            person = connection.execute(
                select(Person.id).where(Person.person_ref == ref)
            ).scalar_one()
            line = connection.execute(select(Campaign.line_id)).scalar_one()
            moment = DUE - timedelta(days=days)
            connection.execute(
                insert(Call).values(
                    line_id=line,
                    person_id=person,
                    received_at=moment,
                    state=state,
                    note="",
                    disposition="helped",
                    wrapped_up_at=moment if state is CallState.WRAPPED_UP else None,
                )
            )
    deliver(running, now=DUE)
    found = touches(running)
    assert found[spoke].reason == found[waits].reason == "COOLING_DOWN"
    assert found[long_ago].state is TouchState.HANDED_OVER


@pytest.mark.thorough
def test_a_housemate_may_be_reached_after_the_cap_and_not_before(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 400, now=now)
    where = "dunned_on <= '2023-05-11' and not has(sms) and not has(call)"
    launched(
        installation, campaign_file(tmp_path, name="first", arms=EVERYBODY, where=where), now=now
    )
    deliver(installation, now=DUE)
    soon = plan(
        installation,
        campaign_file(tmp_path, name="soon", waves=("2023-07-03",), where=where),
        now=DUE,
    )
    then = parse_moment("2023-09-05")
    later = plan(
        installation,
        campaign_file(tmp_path, name="later", waves=("2023-09-11",), where=where),
        now=then,
    )
    housemates = {rule.reason.value: rule.held for rule in soon.rules}
    assert housemates["HOUSEHOLD_CAP"] > 0
    assert soon.selected == 0
    assert later.selected > 20
    assert "HOUSEHOLD_CAP" not in later.left_out


@pytest.mark.thorough
def test_an_address_with_many_adults_waits_for_a_person_s_decision(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 400, now=now)
    with installation.store.writing() as connection:
        some = select(Person.id).where(
            Person.household_key.is_not(None), Person.birth_last < date(2000, 1, 1)
        )
        ids = list(connection.execute(some.order_by(Person.id).limit(9)).scalars())
        connection.execute(
            update(Person)
            .where(Person.id.in_(ids))
            .values(household_key=7, postcode="1234AB", name_damaged=False)
        )
    where = "postcode = '1234AB'"

    def planned() -> tuple[dict[str, int], int]:
        made = plan(
            installation,
            campaign_file(tmp_path, where=where, arms=EVERYBODY, purpose="invitation"),
            now=now,
        )
        return made.left_out, made.selected

    def decide(kind: AddressKind) -> None:
        with installation.store.writing() as connection:
            connection.execute(
                insert(AddressDecision).values(
                    household_key=7, kind=kind, why="seen", decided_at=now, decided_by="a"
                )
            )

    undecided, nobody = planned()
    assert nobody == 0
    assert undecided["SHARED_ADDRESS"] > 0
    decide(AddressKind.HOUSEHOLD)
    assert planned()[1] == 1
    decide(AddressKind.SEPARATE)
    apart = planned()[1]
    assert apart > 1
    decide(AddressKind.CLOSED)
    assert planned()[1] == 0


@pytest.mark.thorough
def test_a_campaign_about_some_years_leaves_out_whoever_owes_nothing_for_them(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 400, now=now)
    file = campaign_file(
        tmp_path, arms=EVERYBODY, more="about: [{tax: income, years: [2020, 2021]}]"
    )
    assert set(plan(installation, file, now=now).left_out) >= {"NO_OBLIGATION"}
    assert plan(installation, file, now=now).selected == 0
    before = plan(installation, campaign_file(tmp_path, name="bare", arms=EVERYBODY), now=now)
    with installation.store.writing() as connection:
        people = connection.execute(select(Person.person_ref)).scalars().all()
        for year, filed in ((2020, date(2023, 1, 9)), (2021, None)):
            connection.execute(
                insert(Obligation),
                [
                    {
                        "person_ref": ref,
                        "tax": "income",
                        "year": year,
                        "filed_on": filed,
                        "updated_at": now,
                        "dunned_on": date(2023, 1, 2),
                        "import_id": 1,
                    }
                    for ref in people
                ],
            )
    made = plan(installation, file, now=now)
    assert (
        made.selected >= before.selected > 20
    )  # one of the two is still open, and one touch is about both
    with installation.store.writing() as connection:
        connection.execute(
            update(Obligation).where(Obligation.year == 2021).values(assessed_on=date(2023, 5, 1))
        )
    assert plan(installation, file, now=now).left_out["ASSESSED"] >= before.selected


@pytest.mark.everyday(3)
@pytest.mark.parametrize(
    ("year", "day", "held"),
    [
        (2021, "2024-06-03", None),
        (2022, "2024-06-03", None),
        (2021, "2025-06-02", None),
        (2022, "2025-06-02", "NOT_UNDER_THIS_LAW"),
        (2021, "2026-06-01", None),
        (2022, "2026-06-01", "NOT_UNDER_THIS_LAW"),
        (2021, "2027-01-04", "NOT_UNDER_THIS_LAW"),
        (2020, "2025-12-29", None),
        (2020, "2026-01-05", "NOT_UNDER_THIS_LAW"),
    ],
)
def test_the_law_of_the_tax_year_says_until_when_a_refund_is_a_reason_to_reach_out(
    installation: Installation, tmp_path: Path, year: int, day: str, held: str | None
) -> None:
    now = parse_moment(day)
    write_population(tmp_path / "p.csv", 60, 3)
    import_people(installation.store, tmp_path / "p.csv", key=b"k", now=now)
    with installation.store.writing() as connection:
        for ref in connection.execute(select(Person.person_ref)).scalars().all():
            connection.execute(
                insert(Obligation).values(
                    person_ref=ref, tax="income", year=year, updated_at=now, import_id=1
                )
            )
    file = campaign_file(
        tmp_path,
        where="has(card)",
        purpose="rights",
        arms=EVERYBODY,
        waves=(day,),
        dpia="2029-12-31",
        more=f"about: [{{tax: income, years: [{year}]}}]",
    )
    file.write_text(file.read_text().replace("open_until: 2024-06-30", "open_until: 2029-06-30"))
    made = plan(installation, file, now=now)
    assert (made.selected == 0) is (held is not None)
    assert ("NOT_UNDER_THIS_LAW" in made.left_out) is (held is not None)
