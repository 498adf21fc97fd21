"""Scenario of a rehearsal with the faults of the network and the behaviour of people, from TOML."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from simulators.sms_faults import Seconds, Share
from store.described_toml import DescribedToml

Count = Annotated[float, Field(gt=0, le=36_000)]


class LineFaults(BaseModel):
    """Faults of the network.

    Shares are of requests, from 0 to 1. Times are seconds of the rehearsal.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    late_share: Share = 0  # requests that leave `late` seconds later
    late: Seconds = 3
    double_share: Share = 0  # requests that come twice; the first answer counts
    lost_share: Share = 0  # reports that never come
    reorder_share: Share = 0  # reports that do not wait for the one before
    # questions whose answer never reaches the network: the caller hears an error
    broken_share: Share = 0
    sha256: bool = False  # requests are signed in the newer way


class Crowd(BaseModel):
    """Behaviour of callers.

    Shares are of callers, from 0 to 1. Times are seconds of the rehearsal.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    within: Count = 600  # all of them ring within so many seconds
    patience: Count = 180  # on average, in the queue
    talk: Count = 120  # on average
    withheld_share: Share = 0.1  # whose number is not shown
    right_share: Share = 0.6  # who key the code of their card
    mistyped_share: Share = 0.15  # who key it wrong at first
    guessed_share: Share = 0.05  # who key what is no code of theirs; the others key none
    call_back_share: Share = 0.2  # who rather are called back, where that is offered
    voicemail_share: Share = 0.5  # who speak after the beep
    again_share: Share = 0.1  # who ring again after they gave up or were cut off
    again_after: Seconds = 60
    again_times: Annotated[int, Field(ge=1, le=20)] = 1
    languages: dict[str, Share] = {
        "en": 0.1,
        "tr": 0.05,
        "ar": 0.05,
        "pl": 0.05,
    }  # the others speak Dutch


class Desk(BaseModel):
    """Behaviour of agents, and of everybody else who is rung."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answer_share: Share = 0.9
    answer_after: Seconds = 6  # at most
    busy_share: Share = 0  # of those who do not answer: engaged
    agent_talk: Count = 180  # on average, before the agent ends it
    pause: Seconds = 10  # between two conversations


class Rehearsal(BaseModel):
    """The content of a scenario file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    line: LineFaults = LineFaults()
    callers: Crowd = Crowd()
    agents: Desk = Desk()


def read_rehearsal(path: Path) -> Rehearsal:
    """Read a TOML file with the tables `line`, `callers` and `agents`.

    Raises:
        BadInput: it cannot be read, or a key is unknown or out of bounds.
    """
    return DescribedToml(kind=Rehearsal, name="a file of a rehearsal").read(path)
