"""The processes that `benchmarks.send_texts` measures."""

import csv
import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from channels.sms.providers import Answer, Found, ListedText, Provider, Text, TextState
    from installation.installation import Installation

AT_ONCE = 8
EXAMPLE = Path("campaigns/examples/texts-2023.yaml")
MOMENT, DUE = "2023-06-01T09:00", "2023-06-06T10:00"
ACCOUNT, TOKEN, SENDER = "AC" + "1" * 32, "benchmark", "+31612340000"


def run_part(name: str, texts: int, home: Path) -> int:
    """Run one part and print its seconds."""
    parts = {
        "fill": _fill,
        "deliver": _deliver,
        "bare": _bare,
        "record": _record,
        "rows": _rows,
        "instant": _instantly,
    }
    print(json.dumps({"seconds": parts[name](home, texts)}))
    return 0


def _open(home: Path) -> "Installation":
    from installation.installation import open_installation
    from installation.settings import Settings

    return open_installation(Settings(home=home, secret="a key of 32 signs for a benchmark"))  # noqa: S106  nobody's


def _moment(text: str) -> datetime:
    from store.clock import parse_moment

    return parse_moment(text)


def _fill(home: Path, texts: int) -> float:
    """Import so many people with a mobile number each, and launch a campaign that texts all of them."""
    from campaigns.planning import lifecycle, submitting
    from people.columns import COLUMNS
    from people.importing import import_people
    from store.audit_log import Decider
    from store.states import Road

    installation, now = _open(home), _moment(MOMENT)
    with (home / "people.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.DictWriter(stream, COLUMNS, restval="")
        rows.writeheader()
        for n in range(texts):
            rows.writerow(
                {
                    "person_ref": f"P{n:06}",
                    "initials": "T.",
                    "family_name": "Proef",
                    "birth_date": "1980-05-17",
                    "gender": "V",
                    "language": "nl",
                    "street": "Verzonnenlaan",
                    "house_number": n // 9000 + 1,
                    "postcode": f"{1000 + n % 9000}AB",
                    "town": "Utrecht",
                    "country": "NL",
                    "phone": f"061{n:07}",
                    "address_under_investigation": "N",
                    "secret_address": "0",
                }
            )
    import_people(installation.store, home / "people.csv", key=b"benchmark", now=now)
    source = EXAMPLE.read_text(encoding="utf-8")
    for old, new in (
        (r"years_without_return >= 1\s+and refund_expected\s+and has", "has"),
        (r"limit: 2000\n", ""),
        (r"  - date: 2023-06-13\n", ""),
        (r"share: 80", "share: 100"),
        (r"  - name: hold-out\n.*\n.*\n", ""),
        (r"budget: 500", "budget: 100000"),
    ):
        source = re.sub(old, new, source)
    (home / "texts.yaml").write_text(source, encoding="utf-8")
    submitting.submit(
        installation, home / "texts.yaml", by=Decider("Anja", road=Road.COMMAND), now=now
    )
    lifecycle.approve(installation, "texts-2023", by=Decider("Bilal", road=Road.COMMAND), now=now)
    lifecycle.launch(installation, "texts-2023", by=Decider("Bilal", road=Road.COMMAND), now=now)
    return 0.0


def _deliver(home: Path, texts: int) -> float:
    import twilio.rest  # noqa: F401  importing it takes a second or two, once for each process

    installation = _open(home)
    started = time.perf_counter()
    went = _handed_over(installation)
    seconds = time.perf_counter() - started
    if went != texts:
        raise SystemExit(f"{went} of {texts} went")
    return seconds


def _handed_over(installation: "Installation") -> int:
    """Deliver every shard, and return how many touches were handed over."""
    from campaigns.delivery.claiming import open_shards
    from campaigns.delivery.dispatch import deliver_shard

    due = open_shards(installation, _moment(DUE))
    return sum(
        done.handed_over
        for shard in due
        for done in deliver_shard(installation, shard, now=_moment(DUE))
    )


def _bare(_home: Path, texts: int) -> float:
    """Post texts in a bare loop on as many threads, and forget every answer."""
    import requests

    mine = local()
    place = f"{os.environ['KAARTJE_TWILIO_URL']}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

    def post(number: int) -> int:
        if not hasattr(mine, "session"):
            mine.session = requests.Session()
        form = {
            "To": f"+3162{number:07}",
            "From": SENDER,
            "Body": "Hallo! Bel ons gratis: 0800 1234. Antwoord STOP.",
        }
        return int(
            mine.session.post(place, data=form, auth=(ACCOUNT, TOKEN), timeout=10).status_code
        )

    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(post, range(texts)))
    seconds = time.perf_counter() - started
    if set(answers) != {201}:
        raise SystemExit(f"the peer was refused: {set(answers)}")
    return seconds


def _record(home: Path, _texts: int) -> float:
    """Claim everything and record a receipt for each, as a delivery does, without composing or sending."""
    from sqlalchemy import select

    from campaigns.delivery.claiming import claim, open_shards
    from campaigns.delivery.dispatch import RECORD_STEP
    from campaigns.touches.results import record_results
    from channels.port import Receipt
    from store.tables import Touch

    installation, now = _open(home), _moment(DUE)
    started = time.perf_counter()
    (shard,) = open_shards(installation, now)
    while True:
        with ExitStack() as held:
            taken = claim(installation, shard, held, now=now)
            if taken is None:
                return time.perf_counter() - started
            with installation.store.reading() as connection:
                mine = list(
                    connection.execute(
                        select(Touch.id).where(Touch.delivery_id == taken.delivery_id)
                    ).scalars()
                )
            for at in range(0, len(mine), RECORD_STEP):
                receipts = [
                    Receipt(touch, f"SM{touch}", 753) for touch in mine[at : at + RECORD_STEP]
                ]
                with installation.store.writing() as connection:
                    record_results(connection, taken.delivery_id, receipts, now=now)


def _rows(home: Path, texts: int) -> float:
    """Write the same attempts, states and history one by one through the ORM, with a commit for each step."""
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    from store.states import AttemptState, DeliveryState, TouchState
    from store.tables import Attempt, Delivery, Touch, TouchEvent

    installation, now = _open(home), _moment(DUE)
    with Session(installation.store.engine.execution_options(writes=True)) as session:
        first = session.execute(select(Touch).limit(1)).scalar_one()
        batch = Delivery(
            key="rows",
            campaign_id=first.campaign_id,
            step_id=first.step_id,
            wave_id=first.wave_id,
            channel="sms",
            state=DeliveryState.OPEN,
            size=texts,
            opened_at=now,
        )
        session.add(batch)
        session.commit()
        keys, delivery_id = list(session.execute(select(Touch.id)).scalars()), batch.id
        started = time.perf_counter()
        for key in keys:
            touch = session.get_one(Touch, key)
            touch.state, touch.delivery_id, touch.updated_at = TouchState.CLAIMED, delivery_id, now
            attempt = Attempt(
                touch_id=key,
                delivery_id=delivery_id,
                number=1,
                state=AttemptState.WRITTEN,
                written_at=now,
            )
            claimed = TouchEvent(
                touch_id=key, from_state=TouchState.PLANNED, to_state=TouchState.CLAIMED, at=now
            )
            session.add_all([attempt, claimed])
            session.commit()
            attempt.state, attempt.provider_ref, attempt.cost = (
                AttemptState.RECEIPT,
                f"SM{key}",
                753,
            )
            attempt.finished_at = touch.updated_at = touch.handed_over_at = now
            touch.state = TouchState.HANDED_OVER
            session.add(
                TouchEvent(
                    touch_id=key,
                    from_state=TouchState.CLAIMED,
                    to_state=TouchState.HANDED_OVER,
                    at=now,
                )
            )
            session.commit()
        return time.perf_counter() - started


class _Instant:
    """A provider that takes everything at once."""

    name = "instant"

    def hand_over(self, text: "Text") -> "Answer":
        from channels.sms.providers import Taken

        return Taken(f"SM{text.touch_id}", 1)

    def find(self, to: str, since: datetime) -> "Sequence[Found]":
        del to, since
        return ()

    def status(self, ref: str) -> "TextState":
        from channels.sms.providers import TextState

        del ref
        return TextState("sent", None)

    def made(self, ref: str) -> bool:
        return ref.startswith("SM")

    def listed(self, since: datetime) -> "Iterator[ListedText]":
        del since
        return iter(())


def _instantly(home: Path, texts: int) -> float:
    """Deliver through the real channel to a provider in this process, to see our memory only."""
    from sqlalchemy import event

    from channels.sms import Sms
    from channels.sms.account import Account

    class Free(Account):
        """An account with a provider of its own."""

        def providers(self) -> "tuple[Provider, ...]":
            return (_Instant(),)

    installation = _open(home)

    @event.listens_for(installation.store.engine, "connect")
    def _small_cache(connection: Any, _record: Any) -> None:
        connection.execute(
            "PRAGMA cache_size=-2048"
        )  # the database's own cache is bounded (64 MB); ours is looked at

    installation.store.engine.dispose()  # what was opened before has the large one
    settings = Account.read(installation.settings.accounts)
    account = Free(**{each.name: getattr(settings, each.name) for each in fields(Account)})
    channels: dict[str, Any] = {
        **installation.channels,
        "sms": Sms(installation.settings.outbox / ".sms", account),
    }
    started = time.perf_counter()
    went = _handed_over(replace(installation, channels=channels))
    if went != texts:
        raise SystemExit(f"{went} of {texts} went")
    return time.perf_counter() - started
