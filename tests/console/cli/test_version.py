"""Which Kaartje this is."""

import tomllib

from typer.testing import CliRunner

from console.main import app
from tests.house.reading import ROOT


def test_the_command_says_which_version_it_is() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = CliRunner().invoke(app, ["--version"])
    assert (asked.exit_code, asked.output) == (0, f"kaartje {project['version']}\n")
