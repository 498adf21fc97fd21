"""How many examples a property test tries: a few every day, all of them before a change lands.

`.ci/run` tries every property test again with the profile `thorough` (decision 0147).
"""

import hypothesis
from hypothesis.internal.conjecture import providers

THOROUGH = "thorough"
SHARE = 4
"""One in so many examples is tried every day."""


def register() -> None:
    """Make the two profiles, and begin with the everyday one; `--hypothesis-profile` chooses the other."""
    # how long one example takes is the machine's affair: what must be fast is measured by benchmarks
    hypothesis.settings.register_profile(THOROUGH, deadline=None, max_examples=50)
    hypothesis.settings.register_profile("house", deadline=None, max_examples=50 // SHARE)
    hypothesis.settings.load_profile("house")


def spare_the_reading() -> None:
    """Let no few examples be drawn from what stands in our code: to read a thousand modules for it takes long."""
    if hypothesis.settings.get_current_profile_name() != THOROUGH:
        providers._get_local_constants = lambda: providers._local_constants


def examples(many: int) -> int:
    """Return how many examples to try of a rule that needs `many` of them."""
    profile = hypothesis.settings.get_current_profile_name()
    return many if profile == THOROUGH else max(2, many // SHARE)
