"""The judge in sets and the oracle, one person at a time, say the same: person by person, reason by reason."""

from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.engine import Store
from store.tables import Person
from suppression.judging import first_of, first_reason, mask, verdict
from suppression.policies import Policy, shipped_policy
from suppression.reasons import Reason, named
from suppression.rules import BY_REASON
from suppression.verdicts import Allowed, Blocked
from tests.examples import examples
from tests.suppression.oracle import look_up, reasons
from tests.suppression.worlds import World, occasions

PEOPLE = 16
STRICT = shipped_policy().model_copy(
    update={
        "households": shipped_policy().households.model_copy(update={"most_adults": 3}),
        "numbers": shipped_policy().numbers.model_copy(update={"most_people": 2}),
    }
)
"""The shipped policy with small numbers, so that a few people are many."""


def compare(store: Store, seed: int, policy: Policy) -> set[Reason]:
    """Judge one random world both ways; return every reason that came up."""
    draw = Random(seed)
    seen: set[Reason] = set()
    with store.writing() as connection:
        World(draw, PEOPLE).write(connection)
        session = Session(bind=connection)
        known = [
            look_up(session, person)
            for person in session.scalars(select(Person).order_by(Person.id))
        ]
        for occasion in occasions(draw, policy):
            found = select(Person.id, mask(occasion).label("mask")).subquery()
            first = first_reason(found.c.mask, policy)
            judged = connection.execute(
                select(found.c.id, found.c.mask, first).order_by(found.c.id)
            ).all()
            for (person_id, held, code), each in zip(judged, known, strict=True):
                expected = reasons(each, occasion)
                assert set(named(held)) == expected, (seed, person_id, occasion)
                assert code == (reason.value if (reason := first_of(held, policy)) else None)
                seen |= expected
        connection.rollback()
    return seen


@pytest.mark.thorough
@given(seed=st.integers(0, 2**32))
@settings(
    max_examples=examples(4),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_judge_agrees_with_the_oracle_on_any_world(store: Store, seed: int) -> None:
    compare(store, seed, STRICT)


@pytest.mark.heavy
@given(seed=st.integers(0, 2**32))
@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_judge_agrees_with_the_oracle_on_very_many_worlds(store: Store, seed: int) -> None:
    compare(store, seed, STRICT)


@pytest.mark.heavy
def test_every_rule_comes_up_in_some_world(store: Store) -> None:
    seen: set[Reason] = set()
    for seed in range(8):
        seen |= compare(store, seed, STRICT)
    assert seen == set(BY_REASON)


def test_a_rule_that_is_switched_off_is_not_asked_and_the_others_are(store: Store) -> None:
    rules = STRICT.rules.model_copy(
        update={"off": {Reason.LETTER_NEAR: "no letters known", Reason.MINOR: "a test"}}
    )
    seen = compare(store, 1, STRICT.model_copy(update={"rules": rules}))
    assert not {Reason.LETTER_NEAR, Reason.MINOR} & seen


@pytest.mark.thorough
def test_one_person_s_verdict_names_the_first_reason_and_all_others(store: Store) -> None:
    with store.writing() as connection:
        World(Random(3), PEOPLE).write(connection)
        session = Session(bind=connection)
        everybody = session.scalars(select(Person).order_by(Person.id)).all()
        for at, occasion in enumerate(occasions(Random(4), STRICT)):
            for person in everybody[
                at % 3 :: 3
            ]:  # everybody on two occasions: one at a time is slow
                expected = reasons(look_up(session, person), occasion)
                match verdict(connection, person.id, occasion):
                    case Allowed():
                        assert not expected
                    case Blocked(reason, also):
                        assert {reason, *also} == expected
                        assert reason is next(
                            each for each in STRICT.rules.order if each in expected
                        )
        connection.rollback()
