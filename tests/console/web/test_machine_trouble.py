"""A disk, a database or a caller that is in the way is one line in the log, and nothing is lost."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from console.web.app import make_app
from flows.delivery_pass import run_pass
from installation.installation import Installation
from tests.conftest import NOW
from tests.console.conftest import Browser, TestClient


@pytest.fixture
def only_readable(console_installation: Installation) -> Iterator[Installation]:
    """Return an installation whose database lets itself be read and not written."""
    engine = console_installation.store.engine

    def turn(connection: Any, _record: Any) -> None:
        connection.execute("pragma query_only = on")

    make_app(console_installation)  # with a cookie's key, as one that has run before
    engine.dispose()
    event.listen(engine, "connect", turn)
    yield console_installation
    event.remove(engine, "connect", turn)


def test_a_page_that_cannot_be_stored_says_so_and_logs_one_line(
    only_readable: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Browser(client=TestClient(make_app(only_readable)))  # which lets no error through
    browser.sign_in("anja", "not the password")
    assert browser.status == 500
    (line,) = (each for each in caplog.records if each.levelno >= logging.ERROR)
    assert line.exc_info is None
    assert "may not be written by this user; give this user the right to it" in line.message


def test_a_pass_on_a_database_that_cannot_be_written_logs_no_traceback(
    only_readable: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    done = run_pass(only_readable, now=NOW)
    assert done.failures
    assert all("may not be written" in each.reason for each in done.failures)
    assert caplog.records
    assert not any(each.exc_info for each in caplog.records)


def test_a_form_of_which_half_arrives_is_no_fault(
    console_installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    parts = iter(
        (
            {"type": "http.request", "body": b"name=an", "more_body": True},
            {"type": "http.disconnect"},
        )
    )

    async def receive() -> dict[str, Any]:
        return next(parts)

    async def send(_message: dict[str, Any]) -> None:
        return None

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/sign-in",
        "raw_path": b"/sign-in",
        "query_string": b"",
        "headers": [(b"content-type", b"application/x-www-form-urlencoded")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
        "http_version": "1.1",
    }
    asyncio.run(make_app(console_installation)(scope, receive, send))  # type: ignore[arg-type]
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]
