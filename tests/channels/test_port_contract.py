"""Every channel and its dry twin keep every law of the port."""

from pathlib import Path
from typing import get_args

import pytest

from channels import KINDS
from channels.port import ChannelSettings, type_of_address
from tests.channels.laws import LAWS, Trial

DEAR = {"after_a_crash_nobody_is_reached_twice_and_nobody_is_lost"}
"""Laws that a channel of the test of a new channel keeps every day, and ours before a change lands."""


@pytest.mark.parametrize("dry", [False, True], ids=["real", "dry"])
@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    "law",
    [
        pytest.param(
            law, id=law.__name__, marks=pytest.mark.thorough if law.__name__ in DEAR else ()
        )
        for law in LAWS
    ],
)
def test_every_channel_keeps_the_law(law: object, kind: str, dry: bool, tmp_path: Path) -> None:  # noqa: FBT001  pytest fills it in
    assert callable(law)
    law(Trial(kind, dry, tmp_path))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_channel_says_what_it_is(kind: str, tmp_path: Path) -> None:
    channel = KINDS[kind]
    assert channel.kind == kind
    assert channel.reaches in get_args(type_of_address)
    assert channel.open(ChannelSettings(tmp_path)).batch_size > 0
    assert channel.pages >= 0
