"""Sides of a comparison in an audience: a name with days added to it, a question, or a constant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlglot import expressions as exp


class NotSaid(Exception):
    """A part of an audience has no words of its own, so that it is quoted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a comparison.

    Attributes:
        name: A fact or a column.
        value: A constant; a day as 2023-06-01.
        days: What is added to the day of that name.
        since: A day from which that of the name is taken: the days between.
        call: A question.
    """

    name: str = ""
    value: str = ""
    days: int = 0
    since: str = ""
    call: exp.Anonymous | None = None


@dataclass(frozen=True, slots=True)
class Sides:
    """Reads the sides of comparisons. `today` is the day that `today` means."""

    today: date

    def of(self, node: exp.Expr) -> Side:
        """Return what stands at one side.

        Raises:
            NotSaid: There are no words for it.
        """
        match node:
            case exp.Paren():
                return self.of(node.this)
            case exp.Column() if node.name.lower() == "today":
                return Side(value=self.today.isoformat())
            case exp.Column():
                return Side(name=node.name)
            case exp.Literal() | exp.Boolean():
                return Side(value=str(node.this))
            case exp.Neg():
                return Side(value=f"-{self.of(node.this).value}")
            case exp.Anonymous():
                return Side(call=node)
            case exp.Add() | exp.Sub():
                return self._moved(node)
            case _:
                raise NotSaid

    def _moved(self, node: exp.Add | exp.Sub) -> Side:
        """Return a day some days before or after, or the days from one day to another."""
        left, right = self.of(node.left), self.of(node.right)
        if isinstance(node, exp.Add) and left.value.isdigit():
            left, right = right, left
        if isinstance(node, exp.Sub) and left.value and right.name and not right.days:
            return replace(right, since=left.value)
        if right.name or right.call or left.call or not right.value.isdigit():
            raise NotSaid
        days = int(right.value) * (1 if isinstance(node, exp.Add) else -1)
        if left.name:
            return replace(left, days=left.days + days)
        return Side(value=_day_after(left.value, days))


def constants(sides: Sequence[Side], *, moved: int = 0) -> tuple[str, ...]:
    """Return constants, each `moved` days earlier.

    Raises:
        NotSaid: One of them is no constant.
    """
    if any(side.name or side.call for side in sides):
        raise NotSaid
    return tuple(_day_after(side.value, -moved) if moved else side.value for side in sides)


def earlier(day: str, days: Side) -> Side:
    """Return the day that many days before `day`.

    Raises:
        NotSaid: `days` is no number of days.
    """
    if not days.value.isdigit():
        raise NotSaid
    return Side(value=_day_after(day, -int(days.value)))


def _day_after(day: str, days: int) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        raise NotSaid from None
