"""A suppression rule, with a reason, a sentence in two languages, and an SQL condition."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from suppression.occasions import Occasion
from suppression.reasons import Reason

EVERY_WAY = frozenset({"post", "text", "call"})
BY_POST = frozenset({"post"})
BY_PHONE = frozenset({"text", "call"})

Condition = Callable[[Occasion], ColumnElement[bool]]


def _always(_: Occasion) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One reason not to reach somebody.

    Attributes:
        reason: The code that is stored.
        holds: The condition, over each row of `Person`, under which it holds; never NULL.
        reaches: The ways of reaching people that it is asked of.
        asks: Whether it has anything to say on an occasion at all.
        needs_fact: A fact without which it cannot be judged: where no import ever declared it, nobody is held.
        or_about: Whether a campaign's obligations tell the same, so that the fact is not needed.
        of_service: Whether it is asked too of what the citizen asked for.
    """

    reason: Reason
    holds: Condition
    reaches: frozenset[str] = EVERY_WAY
    asks: Callable[[Occasion], bool] = _always
    needs_fact: str | None = None
    or_about: bool = False
    of_service: bool = False

    def applies(self, occasion: Occasion) -> bool:
        """Return whether this rule applies on an occasion."""
        return self._would_ask(occasion) and self.lacks(occasion) is None

    def lacks(self, occasion: Occasion) -> str | None:
        """Return the fact that the rule lacks on an occasion, or None if it can be judged."""
        if (
            self.needs_fact is None
            or self.needs_fact in occasion.declared
            or not self._would_ask(occasion)
        ):
            return None
        return None if self.or_about and occasion.about else self.needs_fact

    def _would_ask(self, occasion: Occasion) -> bool:
        asked = self.of_service or not occasion.is_service
        return occasion.reaches in self.reaches and asked and self.asks(occasion)
