"""Texts in any state for tests, in an installation with a running campaign."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert, select, update

from inbound.receipts import apply_receipts
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.mapped_rows import read_all, read_one
from store.states import AnswerKind, AttemptState, DeliveryState, TouchState
from store.tables import (
    Answer,
    Attempt,
    Campaign,
    Delivery,
    Person,
    PersonNumber,
    Suppression,
    Touch,
    TouchEvent,
)
from tests.inbound.posting import ACCOUNTS, Poster, events
from tests.snapshots import Snapshots
from tests.stories import campaign_file, launched, populate

TEXT = "steps: [{channel: sms, template: text-invitation}]"
THEN_CARD = (
    "steps: [{channel: sms, template: text-invitation}, "
    "{channel: card, template: contact-card, price: 0.85, delay: 10, condition: no_reply}]"
)
THEN_TEXT = (
    "steps: [{channel: sms, template: text-invitation}, "
    "{channel: sms, template: text-invitation, delay: 40, condition: no_reply}]"
)
DAYTIME = datetime.fromisoformat("2023-06-06T09:00+00:00")


def open_texting(tmp_path: Path, url: str, **more: Any) -> Installation:
    settings = Settings(
        home=tmp_path,
        database_url=url,
        secret="a key for tests only, nobody has another",
        **{**ACCOUNTS, **more},
    )
    return open_installation(settings, clock=FixedClock(DAYTIME), draws=Random(2023))


@cache
def _launching(steps: str) -> Callable[[Installation], None]:
    """Return what launches a campaign of texts with these steps, the same for the same steps."""

    def launch(installation: Installation) -> None:
        before = DAYTIME - timedelta(days=5)
        populate(installation, 120, now=before)
        file = campaign_file(
            installation.settings.home,
            name="texts",
            where="years_without_return >= 1 and has(sms)",
            arms=f"  - {{name: text, share: 100, {steps}}}",
        )
        launched(installation, file, now=before)

    return launch


@dataclass
class Texting:
    """One installation that sends texts."""

    installation: Installation
    now: datetime = DAYTIME
    poster: Poster = field(init=False)
    keys: Iterator[int] = field(default_factory=lambda: iter(range(1, 1_000)))

    def __post_init__(self) -> None:
        self.poster = Poster(self.installation)

    def launch(self, steps: str = TEXT, snapshots: Snapshots | None = None) -> None:
        story = _launching(steps)
        if snapshots:
            snapshots.bring(self.installation, story)
        else:
            story(self.installation)

    def planned(self) -> list[int]:
        """Return first-step touches that wait."""
        query = select(Touch.id).where(
            Touch.state == TouchState.PLANNED, Touch.channel == "sms", Touch.not_before <= self.now
        )
        with self.installation.store.reading() as connection:
            return list(connection.execute(query.order_by(Touch.id)).scalars())

    def at(
        self, state: TouchState, touch: int | None = None, ref: str | None = None
    ) -> tuple[int, str]:
        """Put one touch in a state, as a sender that stopped there left it. Return it with the key of its try."""
        touch_id = touch or self.planned()[0]
        number = next(self.keys)
        key = f"texts-w1-{900_000 + number}"
        attempt = {
            TouchState.HANDED_OVER: AttemptState.RECEIPT,
            TouchState.CLAIMED: AttemptState.WRITTEN,
            TouchState.UNKNOWN: AttemptState.UNKNOWN,
            TouchState.PLANNED: AttemptState.TAKEN_BACK,
        }[state]
        taken = state is not TouchState.PLANNED
        went = self.now if state is TouchState.HANDED_OVER else None
        with self.installation.store.writing() as connection:
            row = read_one(connection, select(Touch).where(Touch.id == touch_id))
            delivery = connection.execute(
                insert(Delivery)
                .values(
                    key=key,
                    campaign_id=row.campaign_id,
                    step_id=row.step_id,
                    wave_id=row.wave_id,
                    channel="sms",
                    state=DeliveryState.OPEN if taken else DeliveryState.TAKEN_BACK,
                    size=1,
                    opened_at=self.now,
                )
                .returning(Delivery.id)
            ).scalar_one()
            connection.execute(
                update(Touch)
                .where(Touch.id == touch_id)
                .values(state=state, delivery_id=delivery if taken else None, handed_over_at=went)
            )
            connection.execute(
                insert(Attempt).values(
                    touch_id=touch_id,
                    delivery_id=delivery,
                    number=number,
                    state=attempt,
                    provider_ref=ref if attempt is AttemptState.RECEIPT else None,
                    written_at=self.now,
                )
            )
        return touch_id, f"{key}.{touch_id}"

    def answer(self, state: TouchState, ref: str | None = None) -> int:
        """Write an answer to an incoming text. Return its key."""
        values = {
            "kind": AnswerKind.HELP,
            "e164": "+31612345678",
            "language": "nl",
            "body": "Bel 0800 1234",
            "not_before": self.now,
            "written_at": self.now,
            "updated_at": self.now,
            "state": state,
            "provider_ref": ref,
            "handed_over_at": self.now if state is TouchState.HANDED_OVER else None,
        }
        with self.installation.store.writing() as connection:
            return int(
                connection.execute(insert(Answer).values(values).returning(Answer.id)).scalar_one()
            )

    def answered(self, answer_id: int) -> Answer:
        with self.installation.store.reading() as connection:
            return read_one(connection, select(Answer).where(Answer.id == answer_id))

    def apply(self) -> dict[str, int]:
        return dict(apply_receipts(self.installation, now=self.now))

    def touch(self, touch_id: int) -> Touch:
        with self.installation.store.reading() as connection:
            return read_one(connection, select(Touch).where(Touch.id == touch_id))

    def history(self, touch_id: int) -> list[tuple[str, str | None]]:
        """Return the states a touch went through since it was planned, each with its reason."""
        query = select(TouchEvent.to_state, TouchEvent.reason).where(
            TouchEvent.touch_id == touch_id
        )
        with self.installation.store.reading() as connection:
            rows = connection.execute(
                query.where(TouchEvent.from_state.is_not(None)).order_by(TouchEvent.id)
            )
            return [(row.to_state.value, row.reason) for row in rows]

    def attempts(self, touch_id: int) -> list[Attempt]:
        query = select(Attempt).where(Attempt.touch_id == touch_id).order_by(Attempt.number)
        with self.installation.store.reading() as connection:
            return read_all(connection, query)

    def number(self, touch_id: int) -> str:
        query = select(PersonNumber.e164).join(Person).join(Touch, Touch.person_id == Person.id)
        with self.installation.store.reading() as connection:
            found = connection.execute(
                query.where(Touch.id == touch_id, PersonNumber.may_text.is_(True)).order_by(
                    PersonNumber.position
                )
            )
            return str(found.scalars().first())

    def closed(self) -> list[Suppression]:
        with self.installation.store.reading() as connection:
            return read_all(connection, select(Suppression).order_by(Suppression.id))

    def campaign(self) -> str:
        with self.installation.store.reading() as connection:
            return str(connection.execute(select(Campaign.state)).scalar_one().value)

    def outcomes(self) -> list[str | None]:
        return [
            event.outcome.value if event.outcome else None for event in events(self.installation)
        ]
