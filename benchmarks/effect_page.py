"""The page of an effect from stored results, beside a page that is not there.

python -m benchmarks.effect_page [--quick | --people N] [--json]

A country is filled by inserts, and a campaign has sent something to four in five of its people. The peer is the answer
"not found" of the same application to the same signed-in reader, which passes the same middleware.
"""

import argparse
import re
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

from fastapi.testclient import TestClient
from sqlalchemy import text

from benchmarks.country import MOMENT, TODAY, fill
from benchmarks.measuring import Verdict, ratio, report
from console.web.app import make_app
from installation import accounts
from installation.installation import Installation, open_installation
from installation.settings import Settings
from outcomes.effect_results import count_effect
from store.audit_log import Decider
from store.clock import FixedClock
from store.states import Road, Role

MANY, FEW, LOOKS = 1_000_000, 50_000, 30
MOST = 20.0
PASSWORD = "a long word that only a benchmark has"  # noqa: S105  of an account that lives for a minute
NAME, HELD_OUT_OF = "country", 5


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help=f"{FEW:,} people")
    parser.add_argument("--people", type=int, default=MANY, metavar="N")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return report(
            _measured(Path(folder), FEW if given.quick else given.people), as_json=given.json
        )


def _measured(home: Path, people: int) -> list[Verdict]:
    now = MOMENT
    installation = open_installation(Settings(home=home), clock=FixedClock(now))
    fill(installation.store, people)
    _run_campaign(installation)
    client = _signed_in(installation)
    began = time.perf_counter()
    count_effect(installation, NAME, as_of=TODAY, now=now)
    counting = time.perf_counter() - began
    page = f"/campaigns/{NAME}/effect"
    bare = _seconds(client, "/nothing-of-this-name", 404)
    about = f"of {people:,} people drawn"
    return [
        ratio(f"page of an effect {about}", _seconds(client, page, 200), bare, MOST),
        Verdict(
            name=f"counting the effect {about}, once",
            ours=counting,
            goal="none: it is paid once a change",
            holds=True,
        ),
    ]


def _seconds(client: TestClient, path: str, status: int) -> float:
    taken = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        assert client.get(path).status_code == status  # noqa: S101  another page would measure nothing
        taken.append(time.perf_counter() - began)
    return median(taken)


def _signed_in(installation: Installation) -> TestClient:
    by = Decider("benchmark", road=Road.COMMAND)
    accounts.add(
        installation.store, "ann", Role.ANALYST, password=PASSWORD, now=installation.now(), by=by
    )
    client = TestClient(make_app(installation), raise_server_exceptions=False)
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/sign-in").text)
    fields = {"name": "ann", "password": PASSWORD, "csrf": token[1] if token else ""}
    client.post("/sign-in", data=fields)
    return client


def _run_campaign(installation: Installation) -> None:
    """Put everybody into a campaign, one in five held out and a card sent to the others."""
    first, sent = TODAY - timedelta(days=60), f"{TODAY - timedelta(days=60)} 07:00:00.000000"
    held = f"id % {HELD_OUT_OF} = 0"
    statements = (
        (
            "insert into campaigns (id, name, title, purpose, state, spec, source, line_id, line_open_until,"
            " first_date, frozen_hash, submitted_at, submitted_by) values (2, :name, 'A country', 'duty', 'running',"
            " '{}', '', 1, '2023-12-31', :first, '', :sent, 'a')"
        ),
        (
            "insert into arms (id, campaign_id, position, name, share, hold_out)"
            " values (2, 2, 0, 'card', 80, 0), (3, 2, 1, 'hold-out', 20, 1)"
        ),
        "insert into waves (id, campaign_id, number, date) values (2, 2, 1, :first)",
        (
            "insert into steps (id, campaign_id, arm_id, position, channel, template, delay_days, condition)"
            " values (3, 2, 2, 0, 'card', 'contact-card', 0, 'always')"
        ),
        (
            "insert into decisions (campaign_id, person_id, selected, reason, reasons, arm_id, wave_id, decided_at)"
            f" select 2, id, not ({held}), case when {held} then 'HOLD_OUT' end, 0,"
            f" case when {held} then 3 else 2 end, 2, :sent from people"
        ),
        (
            "insert into touches (campaign_id, person_id, step_id, wave_id, channel, state, reasons, due_on,"
            " not_before, handed_over_at, updated_at) select 2, id, 3, 2, 'card', 'posted', 0, :first, :sent, :sent,"
            f" :sent from people where not ({held})"
        ),
        (
            "insert into touch_events (touch_id, from_state, to_state, at)"
            " select id, 'printed', 'posted', :sent from touches where campaign_id = 2"
        ),
    )
    given = {"name": NAME, "first": first.isoformat(), "sent": sent}
    with installation.store.writing() as connection:
        for statement in statements:
            wanted = {name: value for name, value in given.items() if f":{name}" in statement}
            connection.execute(text(statement), wanted)
    with installation.store.engine.connect() as connection:
        connection.exec_driver_sql("analyze")


if __name__ == "__main__":
    raise SystemExit(main())
