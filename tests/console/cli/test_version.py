"""Which Kaartje this is."""

from importlib.metadata import version

from typer.testing import CliRunner

from console.main import app


def test_the_command_says_which_version_is_installed() -> None:
    asked = CliRunner().invoke(app, ["--version"])
    assert (asked.exit_code, asked.output) == (0, f"kaartje {version('kaartje')}\n")
