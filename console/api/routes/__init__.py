"""The resources of the API, one noun a module."""

from console.api.routes import (
    agents,
    appointments,
    calculators,
    calls,
    campaigns,
    cases,
    doubts,
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
        lines,
        takings,
        calls,
        wrap_up,
        appointments,
        cases,
        handovers,
        referrals,
        signals,
        doubts,
        agents,
        campaigns,
        calculators,
    )
)
TAGS = {
    "lines": "The free phone lines, who waits, and who picks up.",
    "queue": "Who waits, and taking, keeping and putting back.",
    "calls": "A call in hand, its guide, the identity check and its outcome.",
    "appointments": "Slots, and the appointments in them.",
    "cases": "Cases, and what is late.",
    "handovers": "Clear instructions for a colleague.",
    "referrals": "Referrals to other organisations, with consent.",
    "signals": "Reports of what goes wrong structurally.",
    "doubts": "Messages that may be objections, to be read.",
    "agents": "Agents and their trainings.",
    "campaigns": "Campaigns and their funnels.",
    "calculators": "Sample size, comparison, staffing and pacing.",
}
