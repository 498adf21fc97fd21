"""In CI nothing skips."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKIPPING = (
    "import pytest\n\n\ndef test_that_is_left_out() -> None:\n    pytest.skip('no database here')\n"
)


@pytest.mark.everyday(1)
@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_a_skipped_test_fails_in_ci_and_only_there(tmp_path: Path, ci: str, code: int) -> None:
    (tmp_path / "test_skipping_itself.py").write_text(SKIPPING)
    (tmp_path / "conftest.py").write_text(
        "from tests.no_skipping import pytest_runtest_makereport\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-c",
        str(ROOT / "pyproject.toml"),
        str(tmp_path),
    ]
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "CI": ci}, capture_output=True, text=True, check=False
    )
    assert run.returncode == code, run.stdout
    assert ("in CI nothing skips" in run.stdout) is bool(ci)
