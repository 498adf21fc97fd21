"""Results of the demo of cards, with one manifest over all runs and a picture of one card."""

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from campaigns.planning import plans
from channels.card.preview import preview
from demo.world import World
from installation.installation import Installation
from methods.intervals import newcombe
from outcomes.funnels import Funnel
from people.importing import ImportReport
from store.states import CallState
from store.tables import (
    Call,
    Delivery,
    PrintFile,
    PrintRun,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The true effect of the demo's world beside what its report shows, all as shares."""

    base_rate: float
    stated: float  # for whom a card reaches
    expected: float  # over everyone assigned, since some cards come back
    seen: float
    interval: tuple[float, float]  # 95 %

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "base_rate": self.base_rate,
            "stated": self.stated,
            "expected": round(self.expected, 4),
            "seen": round(self.seen, 4),
            "interval_95": [round(bound, 4) for bound in self.interval],
        }


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
    booked: int = 0  # appointments made on the page behind the QR code
    world: World | None = None
    funnel: Funnel | None = None
    account: str = ""  # of the manager
    agent: str = ""
    password: str = ""

    def effect(self) -> Effect | None:
        """Return the true effect beside the difference that the report shows, where both arms have people."""
        arms = self.funnel.arms if self.funnel else ()
        treated = [arm for arm in arms if not arm.hold_out]
        held = [arm for arm in arms if arm.hold_out]
        if self.world is None or not treated or not held:
            return None
        carded, apart = treated[0], held[0]
        counts = (carded.filed, carded.assigned, apart.filed, apart.assigned)
        return Effect(
            base_rate=self.world.base_rate,
            stated=self.world.effect,
            expected=self.world.expected_difference,
            seen=carded.filed_share - apart.filed_share,
            interval=newcombe(*counts),
        )

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
            "booked_online": self.booked,
            "true_effect": effect.as_data() if (effect := self.effect()) else None,
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
