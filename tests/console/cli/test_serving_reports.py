"""The whole way round: a house that delivers, a provider that reports, and the door of the house that hears it."""

from collections import Counter
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlalchemy import select

from installation.installation import Installation
from store.states import TouchState
from store.tables import Touch
from tests import passes
from tests.channels.sms import simulated
from tests.inbound.posting import events
from tests.inbound.texting import Texting, open_texting
from tests.served import Served, free_port

SOON = 40.0


def states(installation: Installation) -> Counter[TouchState]:
    with installation.store.reading() as connection:
        return Counter(connection.execute(select(Touch.state)).scalars())


@pytest.mark.thorough
@pytest.mark.parametrize("sha256", ["true", pytest.param("false", marks=pytest.mark.heavy)])
def test_every_text_ends_delivered_or_failed_by_what_the_provider_reports_at_the_door(
    tmp_path: Path, sha256: str
) -> None:
    faults = tmp_path / "faults.toml"
    faults.write_text(
        f"double_share = 0.3\nreorder_share = 0.3\nlate_share = 0.1\nlate = 1\nunreachable_share = 0.2\n"
        f"receipt_after = 0.05\nsha256 = {sha256}\n"
    )
    provider, port = simulated.Provider("--seed", "3", faults=faults), free_port()
    accounts = simulated.accounts(provider, tmp_path, public_url=f"http://127.0.0.1:{port}")
    texting = Texting(open_texting(tmp_path, "", **accounts))
    texting.launch()
    served = Served(tmp_path, port, **accounts, twilio_second_token="")
    done = passes.deliver(texting.installation, now=texting.now)
    ends = monotonic() + SOON
    while set(states(texting.installation)) - {TouchState.DELIVERED, TouchState.FAILED}:
        assert monotonic() < ends, states(texting.installation)
        sleep(0.1)
    served.stop()
    provider.stop()
    found = states(texting.installation)
    assert done.handed_over == done.claimed == found.total() > 10
    assert found[TouchState.FAILED] > 0
    assert {event.outcome.value for event in events(texting.installation) if event.outcome} <= {
        "applied",
        "stale",
    }
    with texting.installation.store.reading() as connection:
        failed = connection.execute(
            select(Touch.reason).where(Touch.state == TouchState.FAILED)
        ).scalars()
        assert set(failed) == {"30005"}
    texting.installation.store.engine.dispose()
