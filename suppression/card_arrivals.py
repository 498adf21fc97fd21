"""Expected arrival of a card, and the day to hand it over so that the line is open then."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from store.errors import BadInput
from suppression.days import ONE_DAY, add_working_days, holiday, next_working_day

Weekday = Annotated[int, Field(ge=1, le=7, description="1 is Monday, 7 is Sunday")]
HORIZON = 366
"""Days to look ahead for a day to hand over."""


class Post(BaseModel):
    """Days that a card is under way, at the print shop and in the mail.

    PostNL delivers letters on Tuesday to Saturday. When the mail gets slower, `transit_days` says so.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    production_days: Annotated[
        int, Field(ge=0, le=60, description="Working days from hand-over to posting")
    ] = 1
    transit_days: Annotated[
        int, Field(ge=1, le=30, description="Delivery days from posting to arrival")
    ] = 2
    delivery_days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = (2, 3, 4, 5, 6)
    # days of a strike or a decree, without printing, posting or delivery
    closed_days: tuple[date, ...] = ()
    delivered_holidays: tuple[date, ...] = ()  # holidays on which the post comes all the same

    def delivers(self, day: date) -> bool:
        """Return whether letters are delivered on a day."""
        if day.isoweekday() not in self.delivery_days or day in self.closed_days:
            return False
        return holiday(day) is None or day in self.delivered_holidays


def expected_arrival(handed_over: date, post: Post) -> date:
    """Return the delivery day on which a card is expected to arrive.

    What is handed over on a day the print shop is closed counts as handed over on its next working day.
    """
    received = next_working_day(handed_over, post.closed_days)
    posted = add_working_days(received, post.production_days, post.closed_days)
    arrival = posted
    for _ in range(post.transit_days):
        arrival = _next_delivery(arrival + ONE_DAY, post)
    return arrival


def next_hand_over(
    day: date, post: Post, open_days: Collection[int], closed: Collection[date] = ()
) -> date:
    """Return the first day, from `day` on, whose cards are expected while the phone line is open.

    Args:
        day: The first day that will do.
        post: How long a card is under way.
        open_days: ISO weekdays (1 is Monday) on which the line is open. On holidays it is closed.
        closed: More days on which it is closed.

    Raises:
        BadInput: no card handed over within a year would arrive on such a day.
    """
    for ahead in range(HORIZON):
        candidate = day + timedelta(days=ahead)
        arrival = expected_arrival(candidate, post)
        if arrival.isoweekday() in open_days and arrival not in closed and holiday(arrival) is None:
            return candidate
    remedy = "open the line on a day on which letters are delivered"
    raise BadInput("has no day on which a card could arrive", remedy, field="open_days")


def _next_delivery(day: date, post: Post) -> date:
    while not post.delivers(day):
        day += ONE_DAY
    return day
