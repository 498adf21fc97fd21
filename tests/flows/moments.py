"""Lend an installation to the flows of a test, with its clock at a moment of the test's choosing."""

from contextlib import AbstractContextManager
from dataclasses import replace

from flows.task_installation import lending
from installation.installation import Installation
from store.clock import FixedClock, parse_moment


def at(installation: Installation, moment: str) -> AbstractContextManager[None]:
    """Lend this installation, at this moment (ISO 8601)."""
    return lending(replace(installation, clock=FixedClock(parse_moment(moment))), None)
