"""The command starts fast, because it imports only what it needs."""

import subprocess
import sys

import pytest

HEAVY = (
    "prefect",
    "reportlab",
    "fastapi",
    "uvicorn",
    "phonenumbers",
    "sqlglot",
    "twilio",
    "pypdfium2",
    "alembic",
)


def _imported_by(code: str) -> set[str]:
    listing = f"import sys\n{code}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_importing_the_command_line_imports_nothing_heavy() -> None:
    assert _imported_by("import console.main") & set(HEAVY) == set()


HELP = """
import contextlib, io
sys.argv = ["kaartje", "--help"]
import console.main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    console.main.run()
"""


def test_asking_for_help_imports_nothing_heavy() -> None:
    assert _imported_by(HELP) & set(HEAVY) == set()


def test_running_a_flow_here_can_be_set_up_before_prefect_is_imported() -> None:
    assert "prefect" not in _imported_by("import flows.local_runs")


@pytest.mark.parametrize(
    "module", ["store.tables", "installation.settings", "channels.port", "people.numbers"]
)
def test_the_lower_floors_never_bring_prefect_in(module: str) -> None:
    assert "prefect" not in _imported_by(f"import {module}")
