"""The command starts fast, because it imports only what it needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from installation.installation import open_installation
from installation.settings import Settings
from store.clock import FixedClock
from tests.conftest import NOW
from tests.house.reading import packages
from tests.stories import populate

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


OURS = set(packages())
LISTING = """
import contextlib, io, sys
sys.argv = ["kaartje", *{command!r}]
import console.main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    console.main.run()
print(*sys.modules)
"""


def _loaded_by(command: tuple[str, ...], *, home: Path) -> set[str]:
    """Return every module that one command of an installation loads."""
    run = subprocess.run(
        [sys.executable, "-c", LISTING.format(command=list(command))],
        env={**os.environ, "KAARTJE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


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


@pytest.mark.thorough
def test_running_a_flow_here_can_be_set_up_before_prefect_is_imported() -> None:
    assert "prefect" not in _imported_by("import flows.local_runs")


@pytest.mark.everyday(2)
@pytest.mark.parametrize(
    "module", ["store.tables", "installation.settings", "channels.port", "people.numbers"]
)
def test_the_lower_floors_never_bring_prefect_in(module: str) -> None:
    assert "prefect" not in _imported_by(f"import {module}")


MAY_BE_LOADED = {
    *OURS,
    *("annotated_doc", "annotated_types", "dotenv", "filelock", "pydantic", "pydantic_core"),
    *("pydantic_settings", "shellingham", "sqlalchemy", "typer", "typing_extensions"),
    *("typing_inspection", "cython_runtime"),
}
"""Packages that a command which only reads may load; each of them costs every command its time."""
LOOKS_AT_THE_CLOCK = {"holidays", "dateutil", "six"}
"""Loaded too where an answer depends on opening hours."""
MOST_MODULES = 112
"""Modules of our own that such a command loads; 70 to 112 today, 168 to 180 before this was held."""


@pytest.mark.everyday(1)
@pytest.mark.parametrize(
    ("command", "also"),
    [
        (("campaign", "list"), set()),
        (("queue", "list"), set()),
        (("queue", "next", "--as", "ann"), LOOKS_AT_THE_CLOCK),
        (("why", "P0000001", "--reason", "a letter"), set()),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_a_command_that_only_reads_loads_no_more_than_it_needs(
    command: tuple[str, ...], also: set[str], tmp_path: Path
) -> None:
    installation = open_installation(Settings(home=tmp_path), clock=FixedClock(NOW))
    populate(installation, 5, now=NOW)
    installation.store.engine.dispose()
    loaded = _loaded_by(command, home=tmp_path)
    packages = {name.partition(".")[0] for name in loaded}
    outside = {name for name in packages if not name.startswith(("_", "sitecustomize"))}
    assert outside - sys.stdlib_module_names - MAY_BE_LOADED - also == set()
    ours = sorted(name for name in loaded if name.partition(".")[0] in OURS)
    assert len(ours) <= MOST_MODULES, ours


@pytest.mark.thorough
def test_a_calculator_loads_no_database_and_no_arrays(tmp_path: Path) -> None:
    loaded = _loaded_by(
        ("calc", "sample-size", "--control", ".1", "--treated", ".15"), home=tmp_path / "none"
    )
    packages = {name.partition(".")[0] for name in loaded}
    assert packages & {"sqlalchemy", "numpy", "scipy", *HEAVY} == set()
