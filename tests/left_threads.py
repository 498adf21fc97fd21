"""Fail the test that leaves a thread running: whatever that thread does next, it does to a later test.

A fixture of a module, a package or the session keeps the threads that it started until it ends itself.
"""

import threading
from collections.abc import Generator
from time import monotonic
from typing import Any

import pytest

PATIENCE = 10.0
"""Seconds in which a thread that was told to end has ended, on a busy machine."""
LATER = frozenset({"prefect_server"})
"""Fixtures of which the threads start when a test first uses them: Prefect's loops and workers, with the first flow."""


class LeftThreads:
    """Looks after every test for threads that neither the process nor a wider fixture holds."""

    def __init__(self) -> None:
        self._known = set(threading.enumerate())
        self._held: dict[int, set[threading.Thread]] = {}
        self._later: dict[int, set[threading.Thread]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any]
    ) -> Generator[None, object, object]:
        """Remember which threads a wider fixture started."""
        before = set(threading.enumerate())
        try:
            return (yield)
        finally:
            if fixturedef.scope != "function":
                self._held[id(fixturedef)] = set(threading.enumerate()) - before
            if fixturedef.argname in LATER:
                self._later[id(fixturedef)] = self._held[id(fixturedef)]

    def pytest_fixture_post_finalizer(self, fixturedef: pytest.FixtureDef[Any]) -> None:
        """A fixture that has ended holds nothing."""
        self._held.pop(id(fixturedef), None)
        self._later.pop(id(fixturedef), None)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Fail the test after which a thread is still there."""
        result = yield
        if left := self._still_there():
            self._known |= left  # only the test that left it fails
            names = ", ".join(sorted(thread.name for thread in left))
            pytest.fail(
                f"{item.nodeid} left threads running: {names}. "
                "End them in the fixture, or in the code, that starts them.",
                pytrace=False,
            )
        return result

    def _still_there(self) -> set[threading.Thread]:
        held = self._known.union(*self._held.values())
        left = set(threading.enumerate()) - held
        for later in self._later.values():  # looked at again when that fixture ends
            later.update(left)
            return set()
        until = monotonic() + PATIENCE
        return {thread for thread in left if not has_ended(thread, until)}


def has_ended(thread: threading.Thread, until: float) -> bool:
    """Wait for the end of a thread, which may not have run its first line yet, and then cannot be joined."""
    while True:
        try:
            thread.join(max(0.0, until - monotonic()))
        except RuntimeError:
            threading.Event().wait(0.01)
        else:
            return not thread.is_alive()
        if monotonic() > until:
            return False
