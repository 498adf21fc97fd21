"""The pages of docs/reference say what the code says, and the README's commands run as they stand."""

import re
import shlex
import shutil
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from console.main import app
from tests.house.reading import ROOT
from tests.house.reference import FOLDER, pages


@cache
def written() -> dict[Path, str]:
    """Return what the pages should say, since to write them takes seconds."""
    return pages()


@pytest.mark.parametrize("page", sorted(FOLDER.glob("*.md")), ids=lambda page: page.name)
def test_a_page_of_the_reference_is_what_the_code_says(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == written()[page], "run make reference"


def test_every_page_of_the_reference_is_there() -> None:
    assert set(written()) == set(FOLDER.glob("*.md"))


def test_the_readme_can_be_read_in_one_go() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.thorough
def test_the_commands_of_the_readme_run_as_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```sh\nexport KAARTJE_HOME=(\S+)\n(.*?)```", readme, re.DOTALL)
    assert block
    shutil.copytree(ROOT / "campaigns" / "examples", tmp_path / "campaigns" / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KAARTJE_HOME", block[1])
    for line in block[2].replace("generate 10000", "generate 300").splitlines():
        ours, *words = shlex.split(line)
        assert ours == "kaartje"
        ended = CliRunner().invoke(app, words)
        assert ended.exit_code == 0, ended.output
    assert list((tmp_path / "my-kaartje" / "outbox").glob("contact-cards-2023-*"))
