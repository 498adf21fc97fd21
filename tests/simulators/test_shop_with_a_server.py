"""A small full circle with a print shop that has a server: every word goes over the line, in both directions."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaigns.post import proof_signing
from campaigns.post.hand_over import hand_over_runs
from campaigns.post.outbox_runs import HandedOver
from campaigns.post.print_runs import Run, runs
from channels.shops import read_shop
from inbound.post.answer_server import fetch_answers
from installation.installation import Installation
from simulators.print_shop import PrintShop
from simulators.shop_faults import ShopFaults
from store.clock import local_date, parse_moment
from tests.channels.shop_server import serving
from tests.passes import deliver
from tests.stories import COLLEAGUE, campaign_file, launched, populate

DUE = parse_moment("2023-06-05T09:00")


def run_of(installation: Installation) -> Run:
    (run,) = runs(installation)
    return run


@pytest.mark.thorough
def test_a_run_goes_from_hand_over_to_closed_over_the_line_and_nothing_is_printed_unsigned(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    populate(installation, 100, now=now)
    with serving(tmp_path / "shop") as server:
        installation = replace(
            installation,
            shop=read_shop(server.describe(tmp_path, sftp='answers = "/in/answers"\n')),
        )
        launched(installation, campaign_file(tmp_path), now=now)
        shop = PrintShop(server.root / "in", ShopFaults())
        deliver(installation, now=DUE)
        key = run_of(installation).key
        states = []
        for hours in range(6):
            moment = DUE + timedelta(hours=hours)
            assert fetch_answers(installation, now=moment).open == []
            if hours == 2:
                assert run_of(installation).state == "received"
                proof_signing.sign(installation, key, by=COLLEAGUE, now=moment)
                assert hand_over_runs(installation, now=moment) == HandedOver(releases=1)
            assert hand_over_runs(installation, now=moment) == HandedOver()
            states.append(run_of(installation).state)
            shop.work(local_date(moment))
        assert f"{key}.release.json" in server.files()
        assert not any(
            name.startswith("answers/") and "/taken/" not in name for name in server.files()
        )
    assert states == ["handed_over", "received", "proofed", "printed", "closed", "closed"]
