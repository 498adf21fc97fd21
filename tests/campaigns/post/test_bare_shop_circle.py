"""A full circle with a shop that has none of the comforts, which answers in Dutch from a spreadsheet.

Its server has no folders, renames nothing and only takes files. Its answers come by another road:
semicolons, capitals in the header, a column of its own, days as 12-06-2023, numbers as 1.500 and
piece ids without the zeros in front.
"""

import csv
import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaigns.post import reprints
from campaigns.post.discrepancies import differences
from campaigns.post.hand_over import hand_over_runs
from campaigns.post.print_runs import Run, runs
from channels.shops import read_shop
from inbound.post.answer_files import AnswerReport
from inbound.post.answer_folder import collect_answers
from installation.installation import Installation
from store.clock import parse_moment
from tests.channels.shop_server import ShopServer, serving
from tests.passes import deliver
from tests.stories import COLLEAGUE, campaign_file, launched, populate

DUE = parse_moment("2023-06-05T09:00")
BARE = "flat = true\nrename = false\ndrop_only = true\n"
LACKS = frozenset({"folder", "read", "look", "rename"})
HEAD = (
    "Soort;Opdracht;Bestandsnaam;Stuknummer;Status;Aantal;Checksum;Postorder;Datum;Reden;Pers\r\n"
)


class DutchShop:
    """A shop that reads the files dropped on it and fills in a spreadsheet."""

    def __init__(self, server: ShopServer, desk: Path) -> None:
        self.server, self.desk, self.answered = server, desk, 0
        self.desk.mkdir()

    def manifest(self, name: str) -> list[dict[str, str]]:
        text = self.server.files()[name].decode("utf-8-sig")
        return list(csv.DictReader(text.splitlines()))

    def tell(self, *rows: str) -> None:
        """Save some rows as Windows does, each with its own column at the end."""
        self.answered += 1
        text = HEAD + "".join(f"{row};pers 2, één\r\n" for row in rows)
        (self.desk / f"Terugmelding {self.answered}.csv").write_bytes(text.encode("cp1252"))

    def sum_of(self, name: str) -> str:
        return hashlib.sha256(self.server.files()[name]).hexdigest()


def take(installation: Installation, shop: DutchShop, *, now: datetime) -> None:
    """Take every answer on the desk, each without a refused row."""
    for report in collect_answers(installation, shop.desk, now=now):
        assert isinstance(report, AnswerReport), report
        assert report.refused == 0, report
    for file in shop.desk.iterdir():
        if file.is_file():
            file.unlink()


def run_of(installation: Installation) -> Run:
    (run,) = runs(installation)
    return run


@pytest.mark.thorough
def test_a_run_goes_full_circle_at_a_shop_without_comforts_and_reconciles_to_zero(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 100, now=now)
    with serving(tmp_path / "shop") as server:
        (server.root / "in").mkdir()
        server.faults.lacks = LACKS
        installation = replace(installation, shop=read_shop(server.describe(tmp_path, sftp=BARE)))
        launched(installation, campaign_file(tmp_path), now=now)
        shop = DutchShop(server, tmp_path / "desk")
        deliver(installation, now=DUE)
        key = run_of(installation).key
        pdf = f"{key}-001.pdf"
        pieces = shop.manifest(f"{key}-manifest.csv")
        numbers = [row["piece_id"].lstrip("0") for row in pieces]
        assert f"{key}.ready" in server.files()

        shop.tell(f"Ontvangen;{key};{pdf};;Akkoord;{len(pieces)};{shop.sum_of(pdf)};;05-06-2023;")
        take(installation, shop, now=DUE + timedelta(hours=1))
        assert run_of(installation).state == "received"

        _sign(installation, key)
        assert f"{key}.release.json" in server.files()

        spoiled, returned = numbers[0], numbers[1]
        shop.tell(
            f"Gedrukt;{key};{pdf};{spoiled};Misdruk;;;;06-06-2023;gescheurd",
            f"Gedrukt;{key};{pdf};;;{len(pieces) - 1};;;06-06-2023;",
        )
        take(installation, shop, now=DUE + timedelta(days=1, hours=1))
        assert differences(installation) == []

        again = _print_again(installation, key, now=DUE + timedelta(days=1, hours=2))
        assert json.loads(server.files()[f"{again}.json"])["pieces"] == 1
        assert f'JobID="{again}"' in server.files()[f"{again}.xjdf"].decode()
        assert [row["piece_id"].lstrip("0") for row in shop.manifest(f"{again}.csv")] == [spoiled]

        shop.tell(
            f"Gedrukt;{key};{again}.pdf;;;1;;;07-06-2023;",
            f"Gepost;{key};{pdf};;;{len(pieces) - 1};;PO-1;7-6-2023;",
            f"Gepost;{key};{again}.pdf;;;1,0;;PO-2;7-6-2023 14:05;",
            f"Retour;;;{returned};;;;;12-06-2023;verhuisd",
        )
        take(installation, shop, now=DUE + timedelta(days=8))
    assert differences(installation) == []
    run = run_of(installation)
    assert (run.state, run.open) == ("closed", "")
    assert run.pieces == {"posted": len(pieces) - 1, "returned": 1}


def _sign(installation: Installation, key: str) -> None:
    from campaigns.post import proof_signing

    moment = DUE + timedelta(hours=2)
    proof_signing.sign(installation, key, by=COLLEAGUE, now=moment)
    assert hand_over_runs(installation, now=moment).releases == 1


def _print_again(installation: Installation, key: str, *, now: datetime) -> str:
    """Ask for the spoiled piece again, and return what its small run is called."""
    done = reprints.reprint(installation, key, by=COLLEAGUE, now=now)
    assert hand_over_runs(installation, now=now).reprints == 1
    return Path(done.file or "").stem
