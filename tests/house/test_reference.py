"""The pages of docs/reference say what the code says, and the README's commands run as they stand."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.reading import ROOT
from tests.house.reference import pages

PAGES = pages()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_of_the_reference_is_what_the_code_says(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == PAGES[page], "run make reference"


def test_the_readme_can_be_read_in_one_go() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_the_commands_of_the_readme_run_as_they_stand(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```sh\n(export KAARTJE_HOME.*?)```", readme, re.DOTALL)
    assert block
    shutil.copytree(ROOT / "campaigns" / "examples", tmp_path / "campaigns" / "examples")
    folder = Path(sys.executable).parent
    run = subprocess.run(
        ["bash", "-euc", block[1].replace("generate 10000", "generate 300")],  # noqa: S607
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert list((tmp_path / "my-kaartje" / "outbox").glob("contact-cards-2023-*"))
