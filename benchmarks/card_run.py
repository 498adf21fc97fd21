"""One delivery from touches in the database to files, manifest and ledger, for `benchmarks.cards`.

python -m benchmarks.card_run COUNT [--all-cores]

Prints JSON with the number of cards, the processor seconds of the delivery on one core, and the
seconds that qpdf took for its independent check. With `--all-cores` it prints the wall-clock
seconds with a process on each core, without the independent check. The processes that compose read
this module too, so they skip it as well.
"""

import json
import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random

from benchmarks.measuring import ALL_CORES
from campaigns.planning import lifecycle, submitting
from channels.card import read_back
from flows.delivery_pass import run_pass
from installation.installation import Installation, open_installation
from installation.settings import Settings
from people.importing import import_people
from people.invented.population import write_population
from store.audit_log import Decider
from store.clock import FixedClock, parse_moment
from store.states import Road

MOMENT = parse_moment("2023-06-01T08:00")
CAMPAIGN = """\
campaign: cards
title: Contactkaartjes
purpose: invitation
legal_basis: public task
dpia: {reference: DPIA-1, valid_until: 2024-12-31}
retention: two-years
owner: Team Dichtbij
open_card: true
sender:
  name: Team Dichtbij
  team: {nl: het team van Dichtbij, en: the Dichtbij team}
  return_address: Postbus 1200, 3500 BE Utrecht
  privacy_url: dichtbij.example/privacy
  qr_url: https://dichtbij.example/k
phone_line: {number: 0800 1234, name: Lijn Dichtbij, hours: elke dag, open_until: 2024-06-30}
audience: {where: "true"}
limit: %d
seed: 2023
arms: [{name: card, share: 100, steps: [{channel: card, template: contact-card, price: 0.85}]}]
waves: [{date: 2023-06-05}]
budget: 1000000
"""


_APART = "KAARTJE_BENCHMARK_APART"  # set: the independent look is left out, here and in every process that composes


def main() -> int:
    """Deliver and print the figures."""
    count, all_cores = int(sys.argv[1]), ALL_CORES in sys.argv
    if all_cores:
        os.environ[_APART] = "yes"
        _leave_out_the_independent_look()
    with tempfile.TemporaryDirectory() as folder:
        installation = _ready(Path(folder), count)
        print(json.dumps(_on_the_wall(installation) if all_cores else _on_one_core(installation)))
        installation.store.engine.dispose()
    return 0


def _ready(home: Path, count: int) -> Installation:
    """Return an installation with a launched campaign."""
    installation = open_installation(Settings(home=home), clock=FixedClock(MOMENT), draws=Random(7))
    write_population(home / "people.csv", count + count // 2, 7)
    import_people(installation.store, home / "people.csv", key=b"benchmark", now=MOMENT)
    file = home / "cards.yaml"
    file.write_text(CAMPAIGN % count)
    submitting.submit(installation, file, by=Decider("anja", road=Road.COMMAND), now=MOMENT)
    lifecycle.approve(installation, "cards", by=Decider("bilal", road=Road.COMMAND), now=MOMENT)
    lifecycle.launch(installation, "cards", by=Decider("bilal", road=Road.COMMAND), now=MOMENT)
    return installation


def _on_the_wall(installation: Installation) -> dict[str, float]:
    started = time.perf_counter()
    done = run_pass(installation, now=MOMENT + timedelta(days=5))
    return {
        "cards": done.counts["handed_over"],
        "total": time.perf_counter() - started,
        "cores": len(os.sched_getaffinity(0)),
    }


def _on_one_core(installation: Installation) -> dict[str, float]:
    os.sched_setaffinity(
        0, {min(os.sched_getaffinity(0))}
    )  # one core, so one process, and its time is all there is
    looked = _watch_qpdf()
    started = time.process_time()
    done = run_pass(installation, now=MOMENT + timedelta(days=5))
    total = time.process_time() - started
    return {"cards": done.counts["handed_over"], "total": total, "independent": sum(looked)}


def _watch_qpdf() -> list[float]:
    """Time the independent check of each file separately."""
    look, looked = read_back.check_independently, list[float]()

    def timed(pdf: Path) -> None:
        started = time.process_time()
        look(pdf)
        looked.append(time.process_time() - started)

    read_back.check_independently = timed
    return looked


def _leave_out_the_independent_look() -> None:
    def look(pdf: Path) -> None:
        del pdf

    read_back.check_independently = look


if os.environ.get(_APART):
    _leave_out_the_independent_look()

if __name__ == "__main__":
    raise SystemExit(main())
