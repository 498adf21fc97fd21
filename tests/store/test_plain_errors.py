"""Why something failed is said in our own words, whatever library failed."""

import errno
import json
from collections.abc import Callable
from typing import Any

import asyncssh
import pytest
import requests
import sqlalchemy
from pydantic import BaseModel, TypeAdapter
from ruamel.yaml import YAML
from sqlalchemy import exc
from twilio.base.exceptions import TwilioRestException

from channels.port import Unavailable
from console.catalogues import translation_to
from store.errors import BadInput, SeveralRefused
from store.plain_errors import in_plain_words, why_it_failed
from store.sentences import Sentence


class _Form(BaseModel):
    size: int


def _raised(act: Callable[[], Any]) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011  whichever the library raises
        act()
    return caught.value


RAW = "Connection reset by peer: [Errno 104] input should be a valid dictionary"
ERRORS: list[tuple[Exception, str]] = [
    (BadInput("is empty", "write it", field="name"), "name: is empty; write it"),
    (
        SeveralRefused.of([BadInput("is empty", field="a"), BadInput("is empty", field="b")]),
        "a: is empty; b: is empty",
    ),
    (Unavailable(Sentence("{key} is still being sent", key="b1")), "b1 is still being sent"),
    (Unavailable("the outbox is away"), "the outbox is away"),
    (
        OSError(errno.ENOSPC, RAW, "/out"),
        "/out: cannot be written, since the disk is full; make room, and try again",
    ),
    (TimeoutError(RAW), "it took too long"),
    (ConnectionResetError(RAW), "the connection broke"),
    (_raised(b"\xff".decode), "what was read is not UTF-8"),
    (_raised(lambda: json.loads("{")), "what was read is not JSON"),
    (_raised(lambda: YAML().load("a: [")), "what was read is not YAML"),
    (
        _raised(lambda: _Form.model_validate({"size": "many"})),
        "size: is not a whole number; write it in digits, as 12",
    ),
    (
        _raised(lambda: TypeAdapter(dict[str, str]).validate_python(3)),
        "is not a group of keys; write its keys and their values",
    ),
    (
        exc.OperationalError("SELECT 1", {}, Exception(RAW), connection_invalidated=True),
        "the database does not answer; start it, or correct KAARTJE_DATABASE_URL",
    ),
    (exc.ArgumentError(RAW), "the database refused it; the log says how"),
    (requests.ConnectionError(RAW), "the other system cannot be reached"),
    (TwilioRestException(500, "/x", RAW), "the provider gave an answer that we do not know"),
    (
        asyncssh.SFTPFailure(RAW),
        "the server broke the connection, or refused what was asked",
    ),
    (
        KeyError(RAW),
        "it went wrong in a way that nobody foresaw; the log says how (KeyError)",
    ),
]


@pytest.mark.parametrize(("error", "said"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_of_a_library_is_said_in_our_words(error: Exception, said: str) -> None:
    assert in_plain_words(error) == said
    assert sqlalchemy.__name__ not in said
    assert RAW not in in_plain_words(error)


@pytest.mark.parametrize(("error", "said"), ERRORS, ids=lambda value: type(value).__name__)
def test_it_has_a_dutch_sentence(error: Exception, said: str) -> None:
    dutch = in_plain_words(error, translation_to("nl"))
    assert isinstance(why_it_failed(error), Sentence)
    assert dutch != said or isinstance(error, Unavailable)
