"""The resources of the API, one noun a module."""

from console.api.routes import (
    agents,
    appointments,
    calls,
    campaigns,
    cases,
    handovers,
    lines,
    referrals,
    signals,
    takings,
    wrap_up,
)

ROUTERS = tuple(
    module.router
    for module in (
        lines, takings, calls, wrap_up, appointments, cases, handovers, referrals, signals, agents, campaigns,
    )
)  # fmt: skip
TAGS = {
    "lines": "The free phone lines, who waits, and who picks up.",
    "queue": "Who waits; taking, keeping and putting back.",
    "calls": "A call in hand: the guide, who is speaking, and what came of it.",
    "appointments": "Slots, and the appointments in them.",
    "cases": "The case of one person, and what is late.",
    "handovers": "Clear instructions for a colleague.",
    "referrals": "To another organisation, with consent.",
    "signals": "What goes wrong structurally.",
    "agents": "Who picks up, and what they were trained for.",
    "campaigns": "Campaigns and what became of everyone, in figures.",
}
