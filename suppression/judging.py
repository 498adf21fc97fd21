"""Judge people on an occasion in the database, with every reason that holds."""

from sqlalchemy import BigInteger, ColumnElement, Connection, case, literal, null, select

from store.tables import FactColumn, Person
from suppression.occasions import Occasion
from suppression.policies import Policy, shipped_policy
from suppression.reasons import Reason, bits, named
from suppression.rules import BY_REASON, Rule
from suppression.verdicts import Allowed, Blocked


def declared_facts(connection: Connection) -> dict[str, str]:
    """Return the type of every declared fact, by name."""
    return {
        row.name: row.type for row in connection.execute(select(FactColumn.name, FactColumn.type))
    }


def applicable(occasion: Occasion) -> tuple[Rule, ...]:
    """Return the rules that apply on an occasion, in the order of the policy."""
    rules = (BY_REASON[reason] for reason in occasion.policy.asked)
    return tuple(rule for rule in rules if rule.applies(occasion))


def mask(occasion: Occasion) -> ColumnElement[int]:
    """Return the bits of every reason that holds, for each row of `Person`. 0 means none."""
    total: ColumnElement[int] = literal(0, BigInteger)
    for rule in applicable(occasion):
        total = total + case(
            (rule.holds(occasion), literal(bits([rule.reason]), BigInteger)), else_=0
        )
    return total


def first_reason(
    held: ColumnElement[int], policy: Policy | None = None
) -> ColumnElement[str | None]:
    """Return the code of the first reason whose bit is set in `held`, in the order of the policy."""
    order = (policy or shipped_policy()).rules.order
    return case(
        *(
            (held.bitwise_and(literal(bits([reason]), BigInteger)) != 0, reason.value)
            for reason in order
        ),
        else_=null(),
    )


def first_of(held: int, policy: Policy | None = None) -> Reason | None:
    """Return the first reason in a mask, in the order of the policy."""
    order = (policy or shipped_policy()).rules.order
    return next((reason for reason in order if held & bits([reason])), None)


def verdict(connection: Connection, person_id: int, occasion: Occasion) -> Allowed | Blocked:
    """Judge one person on one occasion.

    Raises:
        LookupError: there is no such person.
    """
    held = connection.execute(
        select(mask(occasion)).where(Person.id == person_id)
    ).scalar_one_or_none()
    if held is None:
        raise LookupError(f"there is no person {person_id}")
    first = first_of(held, occasion.policy)
    if first is None:
        return Allowed()
    return Blocked(first, tuple(reason for reason in named(held) if reason is not first))
