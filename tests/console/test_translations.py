"""Every English text of the command line and of errors has its Dutch, with the same values in it."""

import ast
import re

from console.catalogues import catalogue
from tests.house.reading import product
from tests.house.texts import PRINTED, placeholders, texts

DUTCH = catalogue("nl", "kaartje")


def test_every_english_text_has_its_dutch() -> None:
    assert sorted(texts() - DUTCH.keys()) == [], "make words, and write the Dutch"


def test_the_catalogue_holds_no_text_that_nobody_uses() -> None:
    assert sorted(DUTCH.keys() - texts()) == [], "make words"


def test_a_translation_fills_in_the_same_values() -> None:
    assert [
        text for text, dutch in DUTCH.items() if placeholders(text) != placeholders(dutch)
    ] == []


def test_no_printed_line_is_joined_from_english_words() -> None:
    joined = [
        f"{module.path}:{call.lineno}"
        for module in product()
        if module.path.startswith("console/cli/")
        for call in ast.walk(module.tree())
        if isinstance(call, ast.Call) and ast.unparse(call.func) in PRINTED and call.args
        if isinstance(call.args[0], ast.JoinedStr)
        for part in call.args[0].values
        if isinstance(part, ast.Constant) and re.search(r"[A-Za-z]{2}", str(part.value))
    ]
    assert joined == [], "write {names}, and give their values"
