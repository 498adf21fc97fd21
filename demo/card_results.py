"""Results of the demo of cards, with one manifest over all runs and a picture of one card."""

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from campaigns.planning import plans
from channels.card.preview import preview
from installation.installation import Installation
from outcomes.funnels import Funnel
from people.importing import ImportReport
from store.states import CallState
from store.tables import (
    Call,
    Delivery,
    PrintFile,
    PrintRun,
)


@dataclass(kw_only=True)
class Demo:
    """Results of the demo, with absolute paths."""

    home: Path
    campaign: str = ""
    people_file: Path = Path()
    imported: ImportReport | None = None
    plan: plans.Plan | None = None
    decisions: Path = Path()
    files: list[Path] = field(default_factory=list)
    manifest: Path = Path()
    preview: Path = Path()
    cards: int = 0
    waiting: int = 0
    funnel: Funnel | None = None
    account: str = ""  # of the manager
    agent: str = ""
    password: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        plan, imported = self.plan, self.imported
        return {
            "simulated": "the population, the print shop and every reply are made up",
            "campaign": self.campaign,
            "people": imported.rows if imported else 0,
            "cards": self.cards,
            "left_out": plan.left_out if plan else {},
            "files": self.files,
            "manifest": self.manifest,
            "preview": self.preview,
            "decisions": self.decisions,
            "people_file": self.people_file,
            "home": self.home,
            "calls_waiting": self.waiting,
            "report": self.funnel.as_data() if self.funnel else {},
            "account": {"name": self.account, "password": self.password},
            "agent": {"name": self.agent, "password": self.password},
        }


def gather(installation: Installation, demo: Demo, out: Path) -> None:
    """Collect the print runs, write one manifest over all of them, and draw a picture of one card."""
    with installation.store.reading() as connection:
        runs = connection.execute(
            select(PrintRun.folder, PrintRun.cards, PrintFile.name)
            .join(PrintFile, PrintFile.print_run_id == PrintRun.id)
            .join(Delivery, Delivery.id == PrintRun.delivery_id)
            .order_by(PrintRun.id, PrintFile.name)
        ).all()
        demo.waiting = len(
            connection.execute(select(Call.id).where(Call.state == CallState.WAITING)).all()
        )
    outbox = installation.settings.outbox
    demo.files = [outbox / run.folder / run.name for run in runs if run.name.endswith(".pdf")]
    demo.cards = sum({run.folder: run.cards for run in runs}.values())  # a run may have many files
    demo.manifest = _one_manifest(
        [outbox / run.folder / run.name for run in runs if run.name == "manifest.csv"],
        out.absolute() / "manifest.csv",
    )
    if demo.files:
        demo.preview = out.absolute() / "card.png"
        preview(demo.files[0], demo.preview, record=1)


def _one_manifest(manifests: list[Path], path: Path) -> Path:
    header: list[str] = []
    rows: list[list[str]] = []
    for manifest in manifests:
        with manifest.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = next(reader)
            rows.extend(reader)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path
