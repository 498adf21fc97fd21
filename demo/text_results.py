"""Results of the demo of texts, and its closing page."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk.queue.queues import QueuedCall
from outcomes.funnels import Funnel
from store.clock import LOCAL

NAME = "text-then-card"
"""The campaign of the demo."""


@dataclass(kw_only=True)
class TextDemo:
    """Results of the demo."""

    home: Path
    texts: int = 0
    delivered: int = 0  # of the texts, by what the provider reported
    failed: int = 0
    cards: int = 0
    filed_before_the_card: int = 0
    asked: Counter[str] = field(default_factory=Counter)  # what people answered, by what they meant
    # by kind: texts that answered by themselves
    answers: dict[str, int] = field(default_factory=dict)
    confirmed_by_provider: int = 0
    held: int = 0  # touches withheld because somebody objected
    waiting: list[QueuedCall] = field(default_factory=list)
    funnel: Funnel | None = None
    account: str = ""  # of the manager
    agent: str = ""
    password: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "simulated": "the population, the provider and every reply are made up",
            "campaign": NAME,
            "texts": self.texts,
            "delivered": self.delivered,
            "failed": self.failed,
            "cards": self.cards,
            "filed_before_the_card": self.filed_before_the_card,
            "replies": self.asked.total(),
            "asked": dict(self.asked),
            "answers": self.answers,
            "confirmed_by_provider": self.confirmed_by_provider,
            "held": self.held,
            "true_effect": 0.0,
            "waiting": [call.as_data() for call in self.waiting],
            "report": self.funnel.as_data() if self.funnel else {},
            "home": self.home,
            "account": {"name": self.account, "password": self.password},
            "agent": {"name": self.agent, "password": self.password},
        }


def closing(demo: TextDemo) -> Iterator[str]:
    """Yield the closing page in plain words, with what was sent, answered and held."""
    asked = demo.asked
    promised = [call for call in demo.waiting if call.promised_from]
    yield f"{demo.texts} texts went out; as reported, {demo.delivered} were delivered and {demo.failed} failed."
    yield f"{asked.total()} people answered."
    yield f"  {asked['stop']} said STOP. Everything planned for them was held at once: {demo.held} touches did not go."
    stopped, by_provider = demo.answers.get("stopped", 0), demo.confirmed_by_provider
    yield f"    {stopped} of them had a text that says so; {by_provider} had it from the provider."
    yield f"  {asked['help']} asked for help by one word and got the free number."
    yield f"  {len(demo.waiting)} stand in the queue of the phone line, {len(promised)} of them with a time they named:"
    for call in promised[:5]:
        yield f"    {_promise(call)}  {call.text!r}"
    called, nobody = demo.answers.get("call_back", 0), demo.answers.get("out_of_hours", 0)
    yield f"  {called} got a text with the time of our call, {nobody} a text that nobody was there at that hour."
    yield f"Ten days later {demo.filed_before_the_card} had filed; {demo.cards} others got a card."
    yield "Whoever wrote to us was left in peace for two weeks, and is called instead."


def _promise(call: QueuedCall) -> str:
    if call.promised_from is None or call.promised_until is None:
        return ""
    begins, ends = call.promised_from.astimezone(LOCAL), call.promised_until.astimezone(LOCAL)
    return f"{begins:%Y-%m-%d %H:%M}-{ends:%H:%M}"
