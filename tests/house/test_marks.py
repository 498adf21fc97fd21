"""Every test runs in one step of CI, and what is left out of the everyday ones has an everyday kin."""

import ast
import re
import tomllib
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path

from _pytest.mark.expression import (
    Expression,
)  # what `-m` is read with; pytest has no public door to it

ROOT = Path(__file__).parents[2]
TEST = re.compile(r"^ *def test_", re.MULTILINE)


def settings() -> tuple[str, list[str]]:
    """Return what the everyday tests are chosen by, and the names of our marks."""
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    everyday = re.search(r"-m '([^']+)'", ours["addopts"])
    assert everyday
    return everyday[1], [mark.partition(":")[0] for mark in ours["markers"]]


def steps() -> list[Expression]:
    """Return what each step of CI chooses its tests by."""
    script = (ROOT / ".ci" / "run").read_text()
    given = dict(re.findall(r"^(\w+)='([^']+)'$", script, flags=re.MULTILINE))
    chosen = re.findall(r"""^\.venv/bin/pytest -m ("\$\w+"|'[^']+'|\w+)""", script, re.MULTILINE)
    named = [given[each.strip('"$')] if "$" in each else each.strip("'") for each in chosen]
    assert "make test ||" in script
    return [Expression.compile(each) for each in [settings()[0], *named]]


def chooses(step: Expression, marks: tuple[str, ...]) -> bool:
    return step.evaluate(lambda name, /, **_: name in marks)


def test_every_test_runs_in_one_step_of_ci_and_an_everyday_property_test_again() -> None:
    marks = settings()[1]
    for many in range(len(marks) + 1):
        for has in combinations(marks, many):
            if "alone" in has and "heavy" not in has:
                continue
            ran = sum(chooses(step, has) for step in steps())
            again = sum(chooses(step, (*has, "hypothesis")) for step in steps())
            assert ran == 1, has
            everyday = chooses(steps()[0], has)
            assert again == 1 + everyday, has  # a property test, with all of its examples


@cache
def marked() -> tuple[tuple[Path, str, frozenset[str]], ...]:
    """Return every test whose decorators name one of the marks, with the marks that are on all of it."""
    return tuple(
        (file, node.name, frozenset(ast.unparse(each) for each in node.decorator_list))
        for file, text in texts().items()
        if any(f"mark.{kind}" in text for kind in ("thorough", "alone"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


@cache
def texts() -> dict[Path, str]:
    """Return the text of every file of tests."""
    return {file: file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py")}


def test_a_test_that_runs_alone_is_heavy_and_a_thorough_one_is_not() -> None:
    for file, name, marks in marked():
        if "pytest.mark.alone" in marks:
            assert "pytest.mark.heavy" in marks, (file, name)
        if "pytest.mark.thorough" in marks:
            assert "pytest.mark.heavy" not in marks, (file, name)


def test_a_folder_of_thorough_tests_has_more_everyday_ones() -> None:
    every = Counter(file.parent for file, text in texts().items() for _ in TEST.findall(text))
    left_out = Counter(
        file.parent for file, _, marks in marked() if "pytest.mark.thorough" in marks
    )
    for folder, many in left_out.items():
        assert many < max(2, every[folder] / 2), (
            f"{folder.relative_to(ROOT)}: too many are thorough"
        )
