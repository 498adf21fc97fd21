"""Judge a whole set of people on one occasion, in the database, with every reason that held."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, ColumnElement, Connection, case, literal, null, select

from store.tables import FactColumn
from suppression.reasons import Reason, bits
from suppression.rules import RULES, Occasion, Rule


def declared_facts(connection: Connection) -> dict[str, str]:
    """Return the type of every fact that some import declared, by name."""
    return {row.name: row.type for row in connection.execute(select(FactColumn.name, FactColumn.type))}


def applicable(occasion: Occasion) -> tuple[Rule, ...]:
    """Return the rules that have anything to say on this occasion, in order."""
    return tuple(rule for rule in RULES if rule.applies(occasion))


def mask(occasion: Occasion) -> ColumnElement[int]:
    """Return, for each row of `Person`, the bits of every reason that holds; 0 means this person may be reached."""
    total: ColumnElement[int] = literal(0, BigInteger)
    for rule in applicable(occasion):
        total = total + case((rule.holds(occasion), bits([rule.reason])), else_=0)
    return total


ORDER: tuple[Reason, ...] = tuple(rule.reason for rule in RULES)
"""The reasons in the order in which the rules are asked."""


def first_reason(held: ColumnElement[int], among: Iterable[Reason] = ORDER) -> ColumnElement[str | None]:
    """Return the code of the first reason whose bit is set in `held`, in the order of the rules."""
    return case(*((held.bitwise_and(bits([reason])) != 0, reason.value) for reason in among), else_=null())


def first_of(held: int) -> Reason | None:
    """Return the first reason in a mask, in the order of the rules."""
    return next((reason for reason in ORDER if held & bits([reason])), None)
