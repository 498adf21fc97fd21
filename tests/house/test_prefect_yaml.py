"""prefect.yaml says what it means: Prefect ignores a misspelled key without a word, this does not."""

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from ruamel.yaml import YAML

from channels import KINDS

PREFECT_YAML = Path(__file__).parents[2] / "prefect.yaml"
FLOWS = {
    "import-people",
    "plan",
    "deliver",
    "hand-over",
    "collect-replies",
    "outcomes",
    "reconcile",
    "remove",
    "answer",
    "test-lines",
}
DISPATCH = {"print", "text", "control"}
"""Deployments of the one flow `dispatch`, a pool each."""


class Strict(BaseModel):
    """Every key is known, or the file is wrong."""

    model_config = ConfigDict(extra="forbid", strict=True)


class WorkPool(Strict):
    name: str
    work_queue_name: str = "default"
    job_variables: dict[str, Any] = Field(default_factory=dict)


class Schedule(Strict):
    cron: str
    timezone: str
    active: bool = True
    parameters: dict[str, Any] = Field(default_factory=dict)
    slug: str | None = None


class Deployment(Strict):
    name: str
    description: str
    entrypoint: str = Field(pattern=r"^flows(\.\w+)+$")
    tags: list[str]
    parameters: dict[str, Any]
    work_pool: WorkPool
    # no `concurrency_limit`: a place that a killed worker keeps stops every pass after it
    schedules: list[Schedule] = Field(default_factory=list)
    paused: bool = False


class PrefectYaml(Strict):
    name: Literal["kaartje"]
    prefect_version: str = Field(alias="prefect-version")
    definitions: dict[str, Any] = Field(default_factory=dict)
    pull: list[Any]
    deployments: list[Deployment]


def _read() -> Any:
    return YAML(typ="safe").load(PREFECT_YAML)


@pytest.fixture(scope="module")
def whole() -> PrefectYaml:
    return PrefectYaml.model_validate(_read())


@pytest.mark.thorough
def test_every_flow_of_the_house_can_be_deployed_under_its_own_name(whole: PrefectYaml) -> None:
    deployed = {(_load(each).name, each.name) for each in whole.deployments}
    assert deployed == {(name, name) for name in FLOWS} | {("dispatch", name) for name in DISPATCH}


@pytest.mark.thorough
def test_a_pass_starts_only_deployments_that_there_are_in_pools_that_are_set_up(
    whole: PrefectYaml,
) -> None:
    from flows.server_set_up import POOLS
    from flows.spreading import deployment_of

    deployed = {f"{_load(each).name}/{each.name}" for each in whole.deployments}
    assert {deployment_of(channel) for channel in KINDS} | {"hand-over/hand-over"} <= deployed
    assert {each.work_pool.name for each in whole.deployments} == set(POOLS)


@pytest.mark.thorough
def test_every_entrypoint_is_a_flow_and_is_given_only_parameters_it_knows(
    whole: PrefectYaml,
) -> None:
    from prefect import Flow

    for each in whole.deployments:
        flow = _load(each)
        assert isinstance(flow, Flow)
        given = set(each.parameters).union(*(schedule.parameters for schedule in each.schedules))
        assert given <= set(inspect.signature(flow.fn).parameters)


@pytest.mark.thorough
def test_a_flow_that_needs_a_file_has_no_schedule_to_run_it_without_one(whole: PrefectYaml) -> None:
    for each in whole.deployments:
        needed = {
            n
            for n, p in inspect.signature(_load(each).fn).parameters.items()
            if p.default is p.empty
        }
        assert all(
            needed <= {*each.parameters, *schedule.parameters} for schedule in each.schedules
        )


@pytest.mark.thorough
def test_every_schedule_is_one_prefect_can_read(whole: PrefectYaml) -> None:
    from prefect.client.schemas.schedules import CronSchedule

    schedules = [schedule for each in whole.deployments for schedule in each.schedules]
    assert len(schedules) >= 2
    for schedule in schedules:
        assert CronSchedule(cron=schedule.cron, timezone=schedule.timezone)
        assert ZoneInfo(schedule.timezone)


def test_the_version_named_is_the_one_installed(whole: PrefectYaml) -> None:
    from importlib.metadata import version

    assert whole.prefect_version == version("prefect")


@pytest.mark.parametrize(
    "path",
    [(), ("deployments", 0), ("deployments", 0, "work_pool"), ("deployments", 0, "schedules", 0)],
)
def test_a_misspelled_key_is_refused_wherever_it_stands(path: tuple[str | int, ...]) -> None:
    document = _read()
    place = document
    for step in path:
        place = place[step]
    place["concurency_limit"] = 1
    with pytest.raises(ValidationError, match="concurency_limit"):
        TypeAdapter(PrefectYaml).validate_python(document)


def _load(deployment: Deployment) -> Any:
    module, _, name = deployment.entrypoint.rpartition(".")
    return getattr(import_module(module), name)
