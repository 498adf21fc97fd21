"""The tutorial's commands run as they stand, and answer what it shows."""

from pathlib import Path

import pytest

from tests.house.walkthrough import TUTORIAL, Answer, Block, blocks, prepared, walk


def test_the_tutorial_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KAARTJE_HOME", "set by the tutorial, and set back after it")
    monkeypatch.setenv("KAARTJE_LANGUAGE", "en")
    monkeypatch.delenv("KAARTJE_DATABASE_URL", raising=False)
    text = TUTORIAL.read_text(encoding="utf-8")
    wrong = [answer for answer in walk(text, prepared(tmp_path)) if not answer.fits()]
    assert [
        f"line {each.block.line}: shown\n{each.block.body}\ncame\n{each.came}" for each in wrong
    ] == [], "make reference writes answers without ... anew"


def test_every_answer_in_the_tutorial_stands_below_its_command() -> None:
    languages = [each.language for each in blocks(TUTORIAL.read_text(encoding="utf-8"))]
    pairs = zip(["", *languages], languages, strict=False)
    assert all(before == "sh" for before, after in pairs if after == "text")
    assert set(languages) <= {"sh", "text", "csv", "yaml"}


@pytest.mark.parametrize(
    ("shown", "came", "fits"),
    [
        ("7 touches\n", "7 touches", True),
        ("7 touches\n", "8 touches", False),
        ("hash ...\n", "hash 4f6c", True),
        ("one\n...\nthree\n", "one\ntwo\nthree", True),
        ("one\n...\n", "two\none", False),
    ],
)
def test_dots_stand_for_anything_and_the_rest_for_itself(
    shown: str, came: str, *, fits: bool
) -> None:
    block = Block(line=1, language="text", job="", file="", body=shown)
    assert Answer(block, came).fits() is fits
