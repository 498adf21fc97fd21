"""One small campaign by post, text and call, made once and copied for every trial."""

import csv
import shutil
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, cast

from campaigns.auditing.audit import audit_deliveries
from campaigns.auditing.invariants import Findings
from inbound.post.shop_rows import shop_rows
from installation.installation import Installation, open_installation
from installation.settings import Settings
from people.columns import COLUMNS
from people.importing import import_people
from store.clock import FixedClock, parse_moment
from tests.faults.in_process import InProcess, texting_through
from tests.stories import campaign_file, launched

DUE = parse_moment("2023-06-06T10:00")
SECRET = "a key for tests only, nobody has another"
ARMS = """\
  - {name: card, share: 34, steps: [{channel: card, template: contact-card, price: 0.85}]}
  - {name: text, share: 33, steps: [{channel: sms, template: text-invitation}]}
  - {name: call, share: 33, steps: [{channel: call, template: call-guide, price: 0}]}"""


def populate(installation: Installation, people: int, *, now: datetime) -> None:
    """Import people who can be reached by post, text and call."""
    file = installation.settings.home / "people.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.DictWriter(stream, COLUMNS, restval="")
        rows.writeheader()
        for n in range(people):
            rows.writerow(
                {
                    "person_ref": f"P{n:06}",
                    "initials": "T.",
                    "family_name": "Proef",
                    "birth_date": "1980-05-17",
                    "gender": "V",
                    "language": "nl",
                    "street": "Verzonnenlaan",
                    "house_number": n + 1,
                    "postcode": f"{1000 + n}AB",
                    "town": "Utrecht",
                    "country": "NL",
                    "phone": f"061{n:07}",
                    "address_under_investigation": "N",
                    "secret_address": "0",
                }
            )
    import_people(installation.store, file, key=installation.settings.key(), now=now)


def opened(
    home: Path,
    provider: InProcess,
    *,
    at: datetime = DUE,
    url: str = "",
    files: Path | None = None,
) -> Installation:
    """Open the installation of a home folder, its texts through this provider."""
    settings = Settings(
        home=home,
        database_url=url,
        secret=SECRET,
        files=str(files or ""),
        sms_rate=1_000_000,
        sms_patience=0.001,
        sms_at_once=1,
    )
    installation = open_installation(settings, clock=FixedClock(at), draws=Random(1))
    return replace(installation, channels=cast("Any", texting_through(installation, provider)))


def prepare(
    home: Path,
    people: int,
    *,
    now: datetime,
    seed: int = 2023,
    url: str = "",
    files: Path | None = None,
) -> Path:
    """Make a home folder with a launched campaign of which nothing has gone yet."""
    home.mkdir(parents=True, exist_ok=True)
    installation = opened(home, InProcess(), at=now, url=url, files=files)
    populate(installation, people, now=now)
    launched(installation, campaign_file(home, where="has(sms)", arms=ARMS, seed=seed), now=now)
    if installation.store.embedded:
        with installation.store.engine.connect() as connection:
            connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    installation.store.engine.dispose()
    return home


def copied(home: Path, to: Path) -> Path:
    """Copy a home folder with its database."""
    return Path(shutil.copytree(home, to))


def audited(
    installation: Installation, provider: InProcess, *elsewhere: Path, now: datetime = DUE
) -> Findings:
    """Audit the deliveries of an installation against the provider's own list and every file."""
    return audit_deliveries(
        installation,
        now=now,
        elsewhere=elsewhere,
        shop=partial(shop_rows, installation, now=now),
        providers=[provider],
    )
