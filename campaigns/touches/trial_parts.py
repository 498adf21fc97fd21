"""The trial of a campaign file, which is the part that says how its effect will be judged."""

from typing import Annotated

from pydantic import Field

from campaigns.touches.campaign_parts import Day, Name, Part, ShortText
from methods.sequential_boundaries import Kind
from store.states import OutcomeKind

MOST_STRATA = 6
_Condition = Annotated[str, Field(min_length=1, max_length=1000)]


class TrialFile(Part):
    """How the effect will be judged, fixed before anything goes out. What is left out is filled in.

    The campaign file holds it against its waves and arms.
    """

    outcome: Annotated[
        OutcomeKind,
        Field(default=OutcomeKind.FILED, description="The one that the verdict is about"),
    ]
    as_of: Annotated[
        Day | None,
        Field(default=None, description="The last look; left out: 90 days after the last touch"),
    ]
    looks: Annotated[
        tuple[Day, ...],
        Field(default=(), description="Earlier days on which the effect is looked at"),
    ]
    boundaries: Annotated[
        Kind,
        Field(default=Kind.OBRIEN_FLEMING, description="How the 5 % are divided over the looks"),
    ]
    strata: Annotated[
        dict[Name, _Condition],
        Field(
            default={},
            max_length=MOST_STRATA,
            description="Groups that every arm gets its part of, each a condition as in audience.where",
        ),
    ]
    subgroups: Annotated[
        tuple[Name, ...],
        Field(default=(), description="Strata of which the effect is looked at on its own"),
    ]
    stopping: Annotated[
        ShortText | None,
        Field(default=None, description="What is done when a look before the last is clear"),
    ]
    hold_out_until: Annotated[
        Day | None,
        Field(
            default=None, description="When the hold-out ends; left out: the day of the last look"
        ),
    ]
