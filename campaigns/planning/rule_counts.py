"""Count what each rule did to an audience, from the numbers for each combination of reasons."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.planning.draft_decisions import MaskCount
from suppression.judging import first_of
from suppression.policies import Policy
from suppression.reasons import Reason, named

SAMPLE = 3
"""References shown for each rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCount:
    """The effect of one rule on an audience.

    Attributes:
        reason: Which rule.
        took_out: How many it took out, the rules before it having been asked.
        held: How many it would have taken out as the only rule.
        alone: How many no other rule would have taken out.
        sample: The references of a few whom it holds, to look at with `kaartje why`.
    """

    reason: Reason
    took_out: int
    held: int
    alone: int
    sample: tuple[str, ...] = ()


def rule_counts(by_mask: Mapping[int, MaskCount], policy: Policy) -> tuple[RuleCount, ...]:
    """Return the counts of every rule that holds for anybody, in the order of the policy."""
    took: Counter[Reason] = Counter()
    held: Counter[Reason] = Counter()
    alone: Counter[Reason] = Counter()
    sample: dict[Reason, set[str]] = defaultdict(set)
    for mask_, together in by_mask.items():
        reasons = named(mask_)
        for reason in reasons:
            held[reason] += together.count
            sample[reason].update(together.refs)
        if (first := first_of(mask_, policy)) is not None:
            took[first] += together.count
        if len(reasons) == 1:
            alone[reasons[0]] += together.count
    return tuple(
        RuleCount(
            reason=r,
            took_out=took[r],
            held=held[r],
            alone=alone[r],
            sample=tuple(sorted(sample[r])[:SAMPLE]),
        )
        for r in policy.rules.order
        if r in held
    )
