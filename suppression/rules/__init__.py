"""The suppression rules, one module each. The policy gives their order.

A rule names its reason, says it in Dutch and English, and gives a condition over `Person` that the database judges for
a whole country at once. HOUSEHOLD, LIMIT and HOLD_OUT are no rules: a campaign draws them afterwards.
"""

from importlib import import_module
from pkgutil import iter_modules

from suppression.reasons import Reason
from suppression.rules.rule import Rule


def _found() -> dict[Reason, Rule]:
    """Return the rule of every module beside this one, in the order of the reasons."""
    modules = [each.name for each in iter_modules(__path__) if each.name != "rule"]
    rules: list[Rule] = [import_module(f"{__name__}.{name}").RULE for name in modules]
    return {
        rule.reason: rule
        for rule in sorted(rules, key=lambda rule: list(Reason).index(rule.reason))
    }


BY_REASON: dict[Reason, Rule] = _found()
"""Every rule by its reason."""

__all__ = ["BY_REASON", "Rule"]
