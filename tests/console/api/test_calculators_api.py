"""The calculators and the effect for other systems: the figures of the command line, in the names of the API."""

import pytest

from installation.installation import Installation
from store.states import Role
from suppression.reasons import Reason
from tests.builders import Builder
from tests.console.api.api_client import System, system


@pytest.fixture
def analyst(console_installation: Installation) -> System:
    return system(console_installation, "numbers", Role.ANALYST)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("sample-size?control=.1&treated=.15", {"perArm": 686}),
        ("detectable?control=.25&perArm=2500", {"points": 3.50695383131}),
        (
            "pace?pieces=5000&waves=5&every=7d&callers=.15",
            {"peakCallsPerDay": 23.306847594, "peakDay": 31},
        ),
    ],
)
def test_a_calculator_answers_as_the_command_does(
    analyst: System, asked: str, answered: dict[str, float]
) -> None:
    answer = analyst.get(f"/calc/{asked}")
    assert answer.status_code == 200
    assert answer.json() == pytest.approx(answered, abs=1e-9)


def test_more_than_everybody_is_refused_with_a_remedy(analyst: System) -> None:
    refused = analyst.get("/calc/compare?control=5/3&arm=1/2")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "control")
    assert "write 0 to 3 before the stroke" in refused.json()["detail"]


@pytest.mark.thorough
def test_an_effect_is_for_who_may_see_statistics(
    console_installation: Installation, analyst: System
) -> None:
    now = console_installation.now()
    with console_installation.store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign(hold_out=True, waves=(now.date(),))
        builder.reach(campaign, "T1")
        builder.decide(campaign, builder.person("H1"), Reason.HOLD_OUT, arm="hold-out")
    found = analyst.get(f"/campaigns/pilot/effect?asOf={now.date()}").json()
    assert (found["verdict"], found["control"], found["sampleRatioP"]) == (
        "not_shown",
        "hold-out",
        1.0,
    )
    assert found["outcomes"][0]["differences"][0]["pCorrected"] == 1.0
    assert found["said"]["nl"][0].startswith(
        "Het is niet aangetoond dat het kaartje verschil maakte"
    )
    assert found["matched"] == 2
    assert found["registered"] is found["price"] is None
    assert [each["group"] for each in found["waits"]] == ["card", "hold-out"]
    assert {"perReached", "subgroups", "otherCampaigns"} < found.keys()
    assert analyst.get("/campaigns/nope/effect").status_code == 404
    agent = system(console_installation, "kiss", Role.AGENT)
    assert agent.get("/campaigns/pilot/effect").status_code == 403
