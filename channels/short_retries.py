"""Short retries of file operations on a slow disk or a network share."""

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
    """Say whether an error is transient, as with a busy or absent share, and not a full disk."""
    return isinstance(error, OSError) and error.errno in _STUMBLES


def patiently(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `act`, and retry it up to three times within about a second and a half on transient errors.

    Only for acts that may be repeated: making a folder, writing a whole file anew, renaming.
    """
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

    waiting: Any = wait_random_exponential(multiplier=0.1, max=0.8)
    again = Retrying(
        retry=retry_if_exception(is_stumble), stop=stop_after_attempt(4), wait=waiting, reraise=True
    )
    return again(act, *args, **kwargs)
