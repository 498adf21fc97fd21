"""Voice, text and wrap-up promise at one moment and never wait for one another in a circle (decision 0139)."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from desk.cases.call_consequences import Promise as Agreed
from desk.line import incoming_calls, queue_exits
from desk.line.incoming_calls import CallEvent
from desk.queue import queues
from desk.queue.wrap_up import wrap_up
from inbound.incoming_texts import InboundText, process_text
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.states import CallKind, CallState, PromiseState
from store.tables import Call, Promise
from tests.deciding import deciding
from tests.inbound.calling import LINE, VOICE, add_line, sign_in

ROUNDS = 4
HENRI = deciding("Henri")


def installation_on(url: str, home: Path, now: datetime) -> Installation:
    settings = Settings(
        home=home,
        database_url=url,
        secret="a key for tests only, nobody has another",
        **VOICE,
    )
    return open_installation(settings, clock=FixedClock(now))


def waits(installation: Installation, ref: str, number: str, now: datetime) -> CallEvent:
    """Let a caller wait on the line."""
    came = CallEvent(ref, number, LINE)
    incoming_calls.join_queue(installation, came, room=50, now=now)
    return came


def open_wishes(installation: Installation, number: str) -> tuple[int, int]:
    """Return how many open promises and waiting call-backs there are for a number."""
    mine = (Call.number == number, Call.kind == CallKind.CALL_BACK)
    waiting = select(func.count()).select_from(Call).where(*mine, Call.state == CallState.WAITING)
    promised = (
        select(func.count())
        .select_from(Promise)
        .join(Call, Call.id == Promise.call_id)
        .where(Call.number == number, Promise.state == PromiseState.OPEN)
    )
    with installation.store.reading() as connection:
        return (
            int(connection.execute(promised).scalar_one()),
            int(connection.execute(waiting).scalar_one()),
        )


@pytest.mark.thorough
@pytest.mark.parametrize("first", [0, 1, 2])
def test_voice_text_and_wrap_up_promise_at_once_and_one_wish_stands(
    postgres_url: str, tmp_path: Path, now: datetime, first: int
) -> None:
    installation = installation_on(postgres_url, tmp_path, now)
    add_line(installation)
    sign_in(installation, "Henri")
    tomorrow = now + timedelta(days=1)
    agreed = Agreed(tomorrow, tomorrow + timedelta(hours=8), installation.policy.hours)
    for turn in range(ROUNDS):
        number = f"+3161234{first}{turn:03}"
        # one entry with two connections: they asked to be called, and rang again
        rings = waits(installation, f"CA-asked-{turn}", number, now)
        queue_exits.wish_call_back(installation, rings, now=now)
        taken = waits(installation, f"CA-again-{turn}", number, now)
        with installation.store.reading() as connection:
            entry = connection.execute(select(func.max(Call.id))).scalar_one()
        queues.take(installation.store, entry, "Henri", now)
        queue_exits.apply_status(installation, taken, "completed", now=now)
        text = InboundText(
            provider="twilio",
            ref=f"SM{turn}",
            sender=number,
            to=LINE,
            body="bel mij morgen",
            received_at=now,
        )

        def wraps(entry: int = entry) -> None:
            wrap_up(
                installation.store,
                entry,
                by=HENRI,
                disposition="call_back",
                note="",
                now=now,
                agreed=agreed,
            )

        def keys(rings: CallEvent = rings) -> None:
            queue_exits.key_number(installation, rings, "1", now=now)

        def texts(text: InboundText = text) -> None:
            process_text(installation, text, now=now)

        at_once(installation, [wraps, keys, texts], first)
        assert open_wishes(installation, number) == (1, 1)
    installation.store.engine.dispose()


def at_once(installation: Installation, acts: list[Callable[[], None]], first: int) -> None:
    """Run acts in threads of their own. One holds its first lock until the others stand before theirs."""
    troubles: list[BaseException] = []
    begun, go_on = threading.Event(), threading.Event()
    name = threading.local()

    @event.listens_for(installation.store.engine, "after_cursor_execute")
    def _wait(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if getattr(name, "first", False) and statement.startswith(
            ("UPDATE calls", "INSERT INTO calls")
        ):
            begun.set()
            go_on.wait(0.2)  # as long as it takes the others to come to their locks

    def run(act: Callable[[], None], *, leads: bool) -> None:
        name.first = leads
        try:
            if not leads:
                begun.wait(5)
            act()
        except BaseException as error:  # noqa: BLE001  shown below
            troubles.append(error)
        finally:
            begun.set()

    threads = [
        threading.Thread(target=run, args=(act,), kwargs={"leads": place == first})
        for place, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    event.remove(installation.store.engine, "after_cursor_execute", _wait)
    assert troubles == []
