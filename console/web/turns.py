"""Turns for slow work, so that it holds few of the threads that answer pages."""

import asyncio
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool

T = TypeVar("T")


class Turns:
    """At most so many pieces of slow work at a time. The others wait without a thread."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
            WeakKeyDictionary()
        )

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work in a thread once it is its turn, and return what it returns."""
        loop = asyncio.get_running_loop()
        async with self._of_loop.setdefault(loop, asyncio.Semaphore(self._at_once)):
            return await run_in_threadpool(work)
