"""The command line speaks Dutch where KAARTJE_LANGUAGE asks for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from console.cli.library_words import paragraphs
from console.main import NOUNS, app, command_of


def _in_dutch(*words: str, home: Path | None = None, language: str = "nl") -> Result:
    environment = {"KAARTJE_LANGUAGE": language, "KAARTJE_HOME": str(home or "")}
    return CliRunner().invoke(app, list(words), env=environment)


def _said(command: Any) -> Iterator[str]:
    yield from paragraphs(command.help)
    for parameter in command.params:
        yield from paragraphs(getattr(parameter, "help", None))


def _commands(words: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    yield words, set(_said(command))
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands((*words, name), inner)


@pytest.mark.everyday(8)
@pytest.mark.parametrize("noun", NOUNS)
def test_the_dutch_help_of_a_command_holds_no_sentence_of_the_english_help(noun: str) -> None:
    for words, english in _commands((noun,), command_of(noun)):
        shown = " ".join(_in_dutch(*words, "--help").output.split())
        assert "Gebruik: " in shown
        sentences = {each for each in english if each.count(" ") > 3}
        assert [each for each in sentences if each in shown] == []
        assert "Show this message" not in shown
        assert "Options" not in shown


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ("campaign", "plan"),
            "fout: FILE: ontbreekt; schrijf het, zie kaartje campaign plan --help",
        ),
        (("campagne",), "fout: campagne: is geen opdracht van kaartje; bedoelde u campaign?"),
        (
            ("serve", "--port", "x"),
            "fout: --port: 'x' is geen heel getal; schrijf het in cijfers, als 12",
        ),
        (
            ("serve", "--host"),
            "fout: --host: heeft geen waarde, of een te veel; zie kaartje --help",
        ),
        (("import", "nope.csv"), "fout: nope.csv: is er niet; kijk de naam na"),
        (
            ("campaign", "approve", "nope", "--as", "bilal"),
            "fout: er is geen campagne 'nope'; dien er eerst een in: kaartje campaign submit FILE",
        ),
    ],
)
def test_an_error_is_one_dutch_line(words: tuple[str, ...], line: str, tmp_path: Path) -> None:
    run = _in_dutch(*words, home=tmp_path)
    assert (run.exit_code, run.stderr.splitlines()[-1]) == (2, line)


def test_a_file_is_refused_in_dutch_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "consents.csv").write_text("person_ref,kind\nP1,given\n", encoding="utf-8")
    run = _in_dutch("import", str(tmp_path / "consents.csv"), "--kind", "consents", home=tmp_path)
    assert run.exit_code == 2
    assert "er is geen kolom said_at; kolommen: " in run.stderr


def test_json_is_the_same_in_every_language(tmp_path: Path) -> None:
    spoken = [
        _in_dutch("queue", "list", "--json", home=tmp_path, language=each).stdout
        for each in ("nl", "en")
    ]
    assert spoken[0] == spoken[1]


def test_a_language_that_we_do_not_speak_is_one_line_with_its_remedy(tmp_path: Path) -> None:
    run = _in_dutch("queue", "list", home=tmp_path, language="xx")
    line = "error: KAARTJE_LANGUAGE: 'xx' is not a language of Kaartje; write nl or en"
    assert (run.exit_code, run.stderr.strip()) == (2, line)
