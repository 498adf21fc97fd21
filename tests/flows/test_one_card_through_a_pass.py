"""One card goes through few modules of `campaigns`, and never from a lower layer into a higher one."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

import campaigns
from flows.delivery_pass import run_pass
from installation.installation import Installation
from store.clock import parse_moment
from tests.stories import campaign_file, launched, populate

LAYERS = ("audience_language", "touches", "planning", "post", "delivery", "looking_back")
MOST_MODULES = 15
ROOT = f"{Path(campaigns.__file__).parent}/"


@dataclass
class Followed:
    """Which modules of `campaigns` were entered, and which calls went from a lower layer into a higher one."""

    modules: set[str] = field(default_factory=set)
    climbs: set[tuple[str, str]] = field(default_factory=set)

    def follow(self, frame: FrameType, event: str, _argument: Any) -> None:
        """Note a call, as `sys.setprofile` tells of it."""
        entered = module_of(frame)
        if event != "call" or entered is None:
            return
        self.modules.add(entered)
        caller = nearest_module(frame.f_back)
        if caller is not None and layer_of(caller) < layer_of(entered):
            self.climbs.add((caller, entered))


def module_of(frame: FrameType) -> str | None:
    file = frame.f_code.co_filename
    return file.removeprefix(ROOT).removesuffix(".py") if file.startswith(ROOT) else None


def nearest_module(frame: FrameType | None) -> str | None:
    """Return the module of `campaigns` that called, also where it did so through another package."""
    while frame is not None and module_of(frame) is None:
        frame = frame.f_back
    return None if frame is None else module_of(frame)


def layer_of(module: str) -> int:
    return LAYERS.index(module.partition("/")[0])


@contextmanager
def following() -> Iterator[Followed]:
    found, before = Followed(), sys.getprofile()
    sys.setprofile(found.follow)
    try:
        yield found
    finally:
        sys.setprofile(before)


def test_one_card_enters_few_modules_and_no_layer_calls_a_higher_one(
    installation: Installation, now: datetime
) -> None:
    populate(installation, 300, now=now)
    launched(installation, campaign_file(installation.settings.home, limit=1), now=now)
    with following() as found:
        done = run_pass(installation, now=parse_moment("2023-06-05"))
    assert (done.counts["handed_over"], done.counts["runs"], done.failures) == (1, 1, ())
    assert {module.partition("/")[0] for module in found.modules} >= {"touches", "post", "delivery"}
    assert len(found.modules) <= MOST_MODULES, sorted(found.modules)
    assert found.climbs == set()
