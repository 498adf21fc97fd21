"""Error codes of a provider and their meaning for the text, by a table and a rule for the rest."""

import tomllib
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).with_name("faults.toml")
_SERVERS_FAULT = 500


class Fault(StrEnum):
    """Meaning of a provider's refusal."""

    RETRY_SAFE = "retry_safe"  # never processed: may be tried again at once
    AMBIGUOUS = "ambiguous"  # it may have gone
    SUPPRESS = "suppress"  # the citizen asked the provider to stop
    PERMANENT_NUMBER = "permanent_number"  # this number cannot be texted
    PERMANENT_PAIR = "permanent_pair"  # this number cannot be texted from this sender
    RETRY_LATER = "retry_later"  # not now; later makes sense
    EXPIRED = "expired"  # it did not go in time
    CONTENT = "content"  # this text can never go
    CONFIG = "config"  # nothing goes before somebody corrects the settings
    RACE = "race"  # somebody else was first
    REVIEW = "review"  # not taken, for a reason nobody has met: a person looks


def classify(code: int | None, status: int | None = None) -> Fault:
    """Return the meaning of an error code.

    Args:
        code: The provider's own; None where it gave none.
        status: Of HTTP, for the answer to a request; None for a later report on a text already taken.

    What was answered with 429 was never processed and what was answered with 5xx may have been, whatever the code
    says. A code nobody knows is a refusal to be looked at when it answers a request, and afterwards a text that may be
    tried once more, late.
    """
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Fault.RETRY_SAFE
    if status is not None and status >= _SERVERS_FAULT:
        return Fault.AMBIGUOUS
    if code in _codes():
        return _codes()[code][0]
    match status:
        case None:
            return Fault.RETRY_LATER
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN | HTTPStatus.NOT_FOUND:
            return Fault.CONFIG
        case HTTPStatus.REQUEST_TIMEOUT:
            return Fault.AMBIGUOUS
        case _:
            return Fault.REVIEW


def may_have_arrived(code: str) -> bool:
    """Say whether a text may have arrived although its provider reports this code for it."""
    return not code.isdigit() or int(code) in _unclear()


def meaning(code: int | None) -> str:
    """Return the meaning of an error code as a plain sentence."""
    return (
        _codes()[code][1] if code in _codes() else "the provider gave a reason that we do not know"
    )


@cache
def _codes() -> dict[int | None, tuple[Fault, str]]:
    tables = {fault: _table()[fault] for fault in Fault if fault in _table()}
    return {
        int(code): (fault, sentence)
        for fault, codes in tables.items()
        for code, sentence in codes.items()
    }


@cache
def _unclear() -> frozenset[int]:
    return frozenset(_table()["unclear"])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))
