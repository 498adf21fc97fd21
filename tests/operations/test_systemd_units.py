"""The units of the handbook start commands that there are, with options that they take."""

import shlex
from configparser import RawConfigParser
from pathlib import Path

import pytest

from console.main import command_of
from tests.house.reading import ROOT

UNITS = sorted((ROOT / "docs" / "systemd").iterdir())
BIN = "/opt/kaartje/bin/"


def _read(unit: Path) -> RawConfigParser:
    parser = RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names of systemd keep their capitals
    parser.read_string(unit.read_text(encoding="utf-8"))
    return parser


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: str(unit.name))
def test_a_unit_starts_a_command_that_there_is_or_a_service_beside_it(unit: Path) -> None:
    parser = _read(unit)
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service") in UNITS
        return
    program, *words = shlex.split(parser["Service"]["ExecStart"])
    if program == f"{BIN}prefect":
        assert words == ["worker", "start", "--pool", "%i"]  # what stands behind the @
        return
    assert program == f"{BIN}kaartje"
    taken = {option for each in command_of(words[0]).params for option in each.opts}
    assert {word for word in words[1:] if word.startswith("--")} <= taken
    # whatever it writes is its own user's, below the one folder that it may write in
    assert (parser["Service"]["UMask"], parser["Service"]["StateDirectory"]) == ("0077", "kaartje")


def test_the_handbook_names_every_unit() -> None:
    handbook = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [unit.name for unit in UNITS if f"systemd/{unit.name}" not in handbook] == []
