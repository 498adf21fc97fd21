"""A small full circle with a print shop that has a server: every word goes over the line, in both directions."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from campaigns.delivery.dispatch import deliver
from campaigns.post import proof_signing
from campaigns.post.hand_over import HandedOver, hand_over_runs
from campaigns.post.print_runs import Run, runs
from channels.shops import read_shop
from inbound.post.answer_server import fetch_answers
from installation.installation import House
from simulators.print_shop import PrintShop
from simulators.shop_faults import ShopFaults
from store.clock import local_date, parse_moment
from tests.channels.shop_server import serving
from tests.stories import COLLEAGUE, campaign_file, launched, populate

DUE = parse_moment("2023-06-05T09:00")


def run_of(house: House) -> Run:
    (run,) = runs(house)
    return run


def test_a_run_goes_from_hand_over_to_closed_over_the_line_and_nothing_is_printed_unsigned(
    house: House, tmp_path: Path, now: datetime
) -> None:
    populate(house, 100, now=now)
    with serving(tmp_path / "shop") as server:
        house = replace(house, shop=read_shop(server.describe(tmp_path, sftp='answers = "/in/answers"\n')))
        launched(house, campaign_file(tmp_path), now=now)
        shop = PrintShop(server.root / "in", ShopFaults())
        deliver(house, now=DUE)
        key = run_of(house).key
        states = []
        for hours in range(6):
            moment = DUE + timedelta(hours=hours)
            assert fetch_answers(house, now=moment).open == []
            if hours == 2:
                assert run_of(house).state == "received"
                proof_signing.sign(house, key, by=COLLEAGUE, now=moment)
                assert hand_over_runs(house, now=moment) == HandedOver(releases=1)
            assert hand_over_runs(house, now=moment) == HandedOver()
            states.append(run_of(house).state)
            shop.work(local_date(moment))
        assert f"{key}.release.json" in server.files()
        assert not any(name.startswith("answers/") and "/taken/" not in name for name in server.files())
    assert states == ["handed_over", "received", "proofed", "printed", "closed", "closed"]
