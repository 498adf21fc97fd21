"""Differences and press proofs of print runs, decided on their page."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import insert, select, update

from installation.installation import Installation
from store.clock import parse_moment
from store.states import Role, RunState
from store.tables import Difference, PrintRun
from tests.conftest import NOW
from tests.console.conftest import Browser, acts_of
from tests.passes import deliver
from tests.stories import campaign_file, launched, populate

SignIn = Callable[..., Browser]


def test_a_difference_is_accepted_with_a_reason_by_who_may_decide(
    console_installation: Installation, signed_in: SignIn, tmp_path: Path
) -> None:
    populate(console_installation, 100, now=NOW)
    launched(console_installation, campaign_file(tmp_path, limit=5), now=NOW)
    deliver(console_installation, now=parse_moment("2023-06-05"))
    with console_installation.store.writing() as connection:
        run = connection.execute(select(PrintRun.id)).scalar_one()
        row = {
            "print_run_id": run,
            "kind": "count",
            "pieces": 2,
            "stops": True,
            "detail": {},
            "found_at": NOW,
        }
        number = connection.execute(insert(Difference).values(row).returning(Difference.id))
        difference = str(number.scalar_one())
        connection.execute(update(PrintRun).values(state=RunState.RECEIVED))
    shop = signed_in(Role.PRINT_SHOP).get(f"/print-shop/{run}")
    assert f"Verschil {difference}" in shop.text
    assert "Accepteer verschil" not in shop.text
    accept = f"/print-runs/{run}/accept"
    assert shop.post(accept, number=difference, why="goed").status == 403
    manager = signed_in(Role.MANAGER, "bilal").get("/print-runs")
    assert manager.post(accept, number=difference, why=" ").status == 409
    assert "schrijf" in manager.text or "zeg" in manager.text
    done = manager.post(accept, number=difference, why="geteld")
    assert done.path == "/print-runs"
    assert "Het verschil is geaccepteerd." in manager.text
    assert manager.post(accept, number=difference, why="nog eens").status == 409
    assert manager.post("/print-runs/999/sign").status == 404
    assert [act.actor for act in acts_of(console_installation, "accept difference")] == ["bilal"]
