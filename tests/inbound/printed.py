"""A print run at the shop, written into the ledger with any number of pieces and files."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from channels.codes import response_code
from channels.pieces import piece_id
from inbound.post.answer_files import AnswerReport, take_answer
from installation.installation import Installation
from store.mapped_rows import read_one
from store.states import DeliveryState, PieceState, RunState
from store.tables import Delivery, Difference, PrintFile, PrintPiece, PrintRun, SeedAddress, Touch
from tests.builders import Builder, BuiltCampaign


@dataclass(frozen=True, kw_only=True)
class AtTheShop:
    """One run, as tests speak of it."""

    installation: Installation
    key: str
    run_id: int
    campaign: BuiltCampaign
    pieces: tuple[str, ...]
    files: tuple[str, ...]

    def says(
        self, rows: str, *, name: str = "answer.csv", header: str = "", now: Any = None
    ) -> AnswerReport:
        """Take an answer with these rows. `{key}`, `{file}` and `{p1}` are replaced."""
        words = {
            "key": self.key,
            "file": self.files[0],
            **{f"p{n}": each for n, each in enumerate(self.pieces, 1)},
        }
        words |= {f"file{n}": each for n, each in enumerate(self.files, 1)}
        file = self.installation.settings.home / name
        file.write_text((header or HEADER) + rows.format(**words))
        refused = self.installation.settings.home / "refused.csv"
        return take_answer(
            self.installation, file, now=now or self.installation.now(), refused=refused
        )

    def receipts(self) -> str:
        """Return the receipt of every file, as the shop would write it."""
        each = len(self.pieces) // len(self.files)
        return "".join(
            f"receipt,{{key}},{file},,,{each},{n:064},,,,,,\n" for n, file in enumerate(self.files)
        )

    def states(self) -> Counter[str]:
        with self.installation.store.reading() as connection:
            query = select(PrintPiece.state).where(PrintPiece.print_run_id == self.run_id)
            return Counter(state.value for state in connection.execute(query).scalars())

    def touches(self) -> Counter[str]:
        with self.installation.store.reading() as connection:
            query = select(Touch.state).where(Touch.campaign_id == self.campaign.id)
            return Counter(state.value for state in connection.execute(query).scalars())

    def run(self) -> PrintRun:
        with self.installation.store.reading() as connection:
            return read_one(connection, select(PrintRun).where(PrintRun.id == self.run_id))

    def differences(self, *, everything: bool = False) -> list[tuple[str, int, bool]]:
        with self.installation.store.reading() as connection:
            query = select(Difference.kind, Difference.pieces, Difference.stops).order_by(
                Difference.id
            )
            if not everything:
                query = query.where(Difference.accepted_at.is_(None))
            return [(row[0], row[1], bool(row[2])) for row in connection.execute(query)]


HEADER = (
    "kind,run,file,piece_id,status,pieces,sha256,grams,carrier_order,date,by,certificate,reason\n"
)


def at_the_shop(
    installation: Installation,
    pieces: int = 10,
    *,
    files: int = 1,
    seeds: int = 0,
    name: str = "pilot",
) -> AtTheShop:
    """Write a campaign whose cards are in one sealed run, the last `seeds` pieces of which are seeds."""
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        campaign = builder.campaign(name)
        key = f"{name}-w1"
        delivery = builder.put(
            Delivery,
            key=key,
            campaign_id=campaign.id,
            step_id=campaign.steps["card", "card"],
            wave_id=campaign.waves[1],
            channel="card",
            state=DeliveryState.RECORDED,
            size=pieces,
            opened_at=builder.now,
            closed_at=builder.now,
        )
        run = builder.put(
            PrintRun,
            delivery_id=delivery,
            folder=key,
            cards=pieces - seeds,
            seeds=seeds,
            pages=2 * pieces,
            made_at=builder.now,
            state=RunState.MADE,
            weight=4 * pieces,
        )
        each, names = pieces // files, tuple(f"{key}-{n:03}.pdf" for n in range(1, files + 1))
        for n, file in enumerate(names):
            values = {"sha256": f"{n:064}", "bytes": 1, "pieces": each, "first": n * each + 1}
            builder.put(PrintFile, print_run_id=run, name=file, **values)
        numbers = tuple(piece_id(delivery, record) for record in range(1, pieces + 1))
        for record, number in enumerate(numbers, 1):
            owner: dict[str, Any]
            if record > pieces - seeds:
                owner = {"seed_id": _seed(builder)}
            else:
                code = response_code(delivery * 1000 + record)
                owner = {"touch_id": builder.reach(campaign, f"{name}-{record}", code=code)[1]}
            values = {
                "piece_id": number,
                "print_run_id": run,
                "record": record,
                "state": PieceState.MADE,
            }
            builder.put(PrintPiece, **values, **owner, updated_at=builder.now)
    return AtTheShop(
        installation=installation,
        key=key,
        run_id=run,
        campaign=campaign,
        pieces=numbers,
        files=names,
    )


def _seed(builder: Builder) -> int:
    return builder.put(
        SeedAddress,
        addressee="Anja",
        street="Dorpsstraat",
        house_number=1,
        house_letter="",
        house_addition="",
        postcode="1234AB",
        town="Ons Dorp",
        country="NL",
        active=True,
        added_at=builder.now,
        added_by="anja",
    )
