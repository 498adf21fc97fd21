"""Trying again where a disk or a network share only stumbles."""

import errno
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_STUMBLES = frozenset(
    {
        errno.EAGAIN,
        errno.EBUSY,
        errno.EINTR,
        errno.EIO,
        errno.ESTALE,
        errno.ETIMEDOUT,
        errno.EHOSTDOWN,
        errno.ENETDOWN,
    }
)


def is_stumble(error: BaseException) -> bool:
    """Say whether trying again in a moment makes sense: a busy or absent share, not a full disk or a closed door."""
    return isinstance(error, OSError) and error.errno in _STUMBLES


def patiently(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do `act`, and do it again (four times in all, within about a second and a half) when it only stumbled.

    Only for acts that may be repeated: making a folder, writing a whole file anew, renaming.
    """
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

    waiting: Any = wait_random_exponential(multiplier=0.1, max=0.8)
    again = Retrying(
        retry=retry_if_exception(is_stumble), stop=stop_after_attempt(4), wait=waiting, reraise=True
    )
    return again(act, *args, **kwargs)
