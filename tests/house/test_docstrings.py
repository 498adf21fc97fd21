"""A docstring's first line says what the thing is, in one clause and in words of the trade."""

import ast
import re
from collections.abc import Iterable, Iterator

from tests.house.reading import Module, product

LONGEST = 100
MOST = 0.05
"""Share of opening paragraphs with a semicolon or a colon; model codebases have 3 to 11 %."""
RIDDLE = re.compile(r"(whoever|who|what|what came|what became)\b", re.IGNORECASE)
NOT_OURS = re.compile(r"\b(told|heard|the book)\b", re.IGNORECASE)
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def openings(modules: Iterable[Module]) -> Iterator[tuple[str, str]]:
    """Yield where each docstring stands, and its opening paragraph."""
    for module in modules:
        for node in module.nodes():
            if isinstance(node, Documented) and (text := ast.get_docstring(node)):
                yield f"{module.path}:{getattr(node, 'lineno', 1)}", text.split("\n\n")[0]


def unclear(found: Iterable[tuple[str, str]]) -> list[str]:
    """Return the first lines that are too long, of more than one clause, or riddles."""
    return [
        f"{place} {first}"
        for place, opening in found
        if (first := opening.splitlines()[0])
        and (
            len(first) > LONGEST
            or ";" in re.sub(r"`[^`]*`", "", first)
            or RIDDLE.match(first)
            or NOT_OURS.search(first)
        )
    ]


def share_of_lists(found: Iterable[tuple[str, str]]) -> float:
    """Return the share of opening paragraphs with a semicolon or a colon outside code."""
    bare = [re.sub(r"`[^`]*`", "", opening) for _, opening in found]
    return sum(bool(re.search("[;:]", opening)) for opening in bare) / len(bare)


def test_every_first_line_is_one_clause_and_opening_paragraphs_are_sentences_and_no_lists() -> None:
    found = list(openings(product()))
    assert unclear(found) == []
    assert share_of_lists(found) <= MOST


def test_a_first_line_that_must_be_read_twice_is_seen() -> None:
    module = Module(
        "a.py",
        '"""What came of it."""\n\n\ndef f() -> None:\n    """Ask once; answer once."""\n\n\n'
        'class A:\n    """Text message of a campaign."""\n',
    )
    assert unclear(openings([module])) == [
        "a.py:1 What came of it.",
        "a.py:4 Ask once; answer once.",
    ]
    assert share_of_lists(openings([module])) == 1 / 3
