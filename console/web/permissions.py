"""Permissions of each role, as one table that a test compares with every page."""

from enum import StrEnum

from store.states import Role


class Area(StrEnum):
    """One thing that may be seen or done."""

    TODAY = "today"  # what waits for whom, of what else they may see
    ACCOUNT = "account"  # one's own: password and tokens
    STOPPING = "stopping"  # holding the whole installation, and lifting that as one of two
    CAMPAIGNS = "campaigns"  # in figures, texts and a specimen card: no citizen's name
    DRAFTS = "drafts"  # making campaigns, and submitting them
    DECISIONS = "decisions"  # approving, launching, pausing, resuming, stopping
    STATISTICS = "statistics"  # effects and calculators: figures without a person
    PRINT_RUNS = "print_runs"  # the list, and what is decided about a run
    PRINT_SHOP = "print_shop"  # the shop's entrance and the files, with names and addresses
    IMPORTS = "imports"  # files that came in, and what was found in their rows
    QUEUE = "queue"  # seeing who waits
    CALLS = "calls"  # taking a call, wrapping it up, finding a card
    FOLLOW_UPS = "follow_ups"  # what somebody still has to do for a person, and that person's case
    WHY = "why"  # every decision about one person
    DOUBTS = "doubts"  # reading what may be an objection
    LOOKS = "looks"  # who looked at whose data
    REQUESTS = "requests"  # what citizens ask about their own data, with all of it
    ACCOUNTS = "accounts"  # who may sign in, and unlocking them


MAY: dict[Area, frozenset[Role]] = {
    Area.TODAY: frozenset(Role),
    Area.ACCOUNT: frozenset(Role),
    Area.STOPPING: frozenset({Role.MANAGER, Role.PRIVACY_OFFICER}),
    Area.CAMPAIGNS: frozenset({Role.MANAGER, Role.AGENT, Role.ANALYST, Role.PRIVACY_OFFICER}),
    Area.DRAFTS: frozenset({Role.MANAGER}),
    Area.DECISIONS: frozenset({Role.MANAGER}),
    Area.STATISTICS: frozenset({Role.MANAGER, Role.ANALYST}),
    Area.PRINT_RUNS: frozenset({Role.MANAGER}),
    Area.PRINT_SHOP: frozenset({Role.MANAGER, Role.PRINT_SHOP}),
    Area.IMPORTS: frozenset({Role.MANAGER}),
    Area.QUEUE: frozenset({Role.MANAGER, Role.AGENT}),
    Area.CALLS: frozenset({Role.AGENT}),
    Area.FOLLOW_UPS: frozenset({Role.MANAGER, Role.AGENT}),
    Area.WHY: frozenset({Role.MANAGER, Role.AGENT, Role.PRIVACY_OFFICER}),
    Area.DOUBTS: frozenset({Role.MANAGER, Role.AGENT, Role.PRIVACY_OFFICER}),
    Area.ACCOUNTS: frozenset({Role.MANAGER}),
    Area.LOOKS: frozenset({Role.PRIVACY_OFFICER}),
    Area.REQUESTS: frozenset({Role.PRIVACY_OFFICER}),
}

FIRST_PAGE = "/today"
"""The first page of every role after signing in."""


def may(role: Role, area: Area) -> bool:
    """Say whether this role may see or do this."""
    return role in MAY[area]
