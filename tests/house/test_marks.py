"""Every test runs in one step of CI, and what is left out of the everyday ones has an everyday kin."""

import ast
import re
import tomllib
from itertools import combinations
from pathlib import Path

import pytest
from _pytest.mark.expression import (
    Expression,
)  # what `-m` is read with; pytest has no public door to it

ROOT = Path(__file__).parents[2]
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))


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


def test_every_test_runs_in_one_step_of_ci_whatever_its_marks() -> None:
    marks = settings()[1]
    for many in range(len(marks) + 1):
        for has in combinations(marks, many):
            if "alone" in has and "heavy" not in has:
                continue
            ran = [chooses(step, has) for step in steps()]
            assert sum(ran) == 1, (has, ran)


def marks_in(tree: ast.AST) -> set[str]:
    """Return the marks that are named anywhere in a piece of code."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pytest.mark"
    }


@pytest.mark.parametrize("kind", ["thorough", "alone"])
def test_a_test_that_runs_alone_is_heavy_and_a_thorough_one_is_not(kind: str) -> None:
    for file in TESTS:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef):
                has = set().union(*map(marks_in, node.decorator_list))
                assert kind not in has or ("heavy" in has) is (kind == "alone"), (file, node.name)


def test_a_thorough_test_stands_beside_an_everyday_one() -> None:
    for file in TESTS:
        tree = ast.parse(file.read_text())
        if "thorough" not in marks_in(tree):
            continue
        everyday = [
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            and node.name.startswith("test_")
            and not {"heavy", "thorough"} & set().union(*map(_whole, node.decorator_list))
        ]
        assert everyday, f"{file.relative_to(ROOT)}: which everyday test tries the same rule?"


def _whole(decorator: ast.expr) -> set[str]:
    """Return the mark that a decorator puts on all of a test, and not on some of its parameters."""
    name = ast.unparse(decorator)
    return {name.removeprefix("pytest.mark.")} if name.startswith("pytest.mark.") else set()
