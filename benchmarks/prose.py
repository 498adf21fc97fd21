"""Measure how the prose of a Python project reads: docstrings, lines, names, commit subjects.

python -m benchmarks.prose CHECKOUT... [--json]

It reads what git tracks. Code is every Python file outside tests and migrations. An opening
paragraph is the text of a docstring up to its first blank line, and what stands in backticks in it
does not count. Commit subjects are the newest hundred without merges. Words of a private
language ("told", "heard", "the book") are counted in names and docstrings, in code and in tests.
"""

import argparse
import ast
import json
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

LONG_LINE = 100
SUBJECTS = 100
LISTS = re.compile(r"[;:]")
RIDDLE = re.compile(r"(whoever|who|what|what came|what became)\b", re.IGNORECASE)
NEGATION = re.compile(r"(nobody|nothing|none|never|no)\b", re.IGNORECASE)
PASSIVE = r"(?:is|are|was|were|be|been)"
PLAIN = re.compile(rf"\b{PASSIVE} (told|heard)\b|\"[^\"]*\"", re.IGNORECASE)
PRIVATE = re.compile(r"\b(told|heard|the book)\b", re.IGNORECASE)
PLAIN_NAME = re.compile(rf"(?:^|_){PASSIVE}_(told|heard)(?=_|$)", re.IGNORECASE)
PRIVATE_NAME = re.compile(r"(?:^|_)(told|heard)(?:_|$)", re.IGNORECASE)
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Measurements of one checkout. Shares are of opening paragraphs, or of lines."""

    project: str
    revision: str
    day: str
    files: int
    lines: int
    openings: int
    with_lists: float
    riddles: float
    negations: float
    long_lines: float
    subject_median: float
    subject_p90: float
    private_in_code: int
    private_in_tests: int


def measure(root: Path) -> Prose:
    """Read a checkout and measure it."""
    code, tests = _modules(root)
    openings = [each for text in code for each in _openings(text)]
    lines = [line for text in code for line in text.splitlines()]
    subjects = [
        len(each) for each in _git(root, "log", "--no-merges", f"-{SUBJECTS}", "--format=%s")
    ]
    (revision,) = _git(root, "log", "-1", "--format=%h")
    (day,) = _git(root, "log", "-1", "--date=short", "--format=%ad")
    return Prose(
        project=root.resolve().name,
        revision=revision,
        day=day,
        files=len(code),
        lines=len(lines),
        openings=len(openings),
        with_lists=_share(openings, LISTS.search),
        riddles=_share(openings, RIDDLE.match),
        negations=_share(openings, NEGATION.match),
        long_lines=_share(lines, lambda line: len(line) > LONG_LINE),
        subject_median=median(subjects),
        subject_p90=quantiles(subjects, n=10)[-1],
        private_in_code=sum(map(_private_words, code)),
        private_in_tests=sum(map(_private_words, tests)),
    )


def _share(of: Sequence[str], fits: Callable[[str], object]) -> float:
    return sum(bool(fits(each)) for each in of) / len(of) if of else 0.0


def _git(root: Path, *words: str) -> list[str]:
    command = ["git", "-C", str(root), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def _modules(root: Path) -> tuple[list[str], list[str]]:
    """Return the texts of the code, and those of the tests."""
    code: list[str] = []
    tests: list[str] = []
    for name in _git(root, "ls-files", "*.py"):
        file = root / name
        if "migrations" in Path(name).parts or not file.is_file():
            continue
        is_test = {"test", "tests"} & set(Path(name).parts) or file.name.startswith("test_")
        text = file.read_text(encoding="utf-8")
        if _is_readable(text):  # a project may need a newer Python than runs this
            (tests if is_test else code).append(text)
        else:
            print(f"{name} is left out: this Python cannot read it", file=sys.stderr)
    return code, tests


def _is_readable(text: str) -> bool:
    try:
        _tree(text)
    except SyntaxError:
        return False
    return True


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings(action="ignore"):  # an escape that Python no longer likes
        return ast.parse(text)


def _docstrings(text: str) -> Iterator[str]:
    for node in ast.walk(_tree(text)):
        if isinstance(node, Documented) and (found := ast.get_docstring(node)):
            yield found


def _openings(text: str) -> Iterator[str]:
    for each in _docstrings(text):
        yield re.sub(r"`[^`]*`", "", each.split("\n\n")[0])


def _private_words(text: str) -> int:
    """Count private words in the docstrings and names of a module, each name once."""
    names = {
        name
        for node in ast.walk(_tree(text))
        for name in (
            getattr(node, "name", None),
            getattr(node, "id", None),
            getattr(node, "arg", None),
        )
        if isinstance(name, str)
    }
    said = sum(len(PRIVATE.findall(PLAIN.sub("", each))) for each in _docstrings(text))
    return said + sum(bool(PRIVATE_NAME.search(PLAIN_NAME.sub("", name))) for name in names)


def _row(found: Prose) -> str:
    shares = (found.with_lists, found.riddles, found.negations, found.long_lines)
    cells = (
        f"{found.project} `{found.revision}` ({found.day})",
        f"{found.files:,} / {found.lines:,}",
        f"{found.openings:,}",
        *(f"{share:.1%}" for share in shares),
        f"{found.subject_median:.0f} / {found.subject_p90:.0f}",
        f"{found.private_in_code} / {found.private_in_tests}",
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure each checkout, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkouts", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = [measure(each) for each in given.checkouts]
    if given.json:
        print(json.dumps([asdict(each) for each in found]))
        return
    print(
        "| project | files / lines | openings | with `;` or `:` | who, what | nobody, never, no | lines over 100 "
        "| subject median / p90 | private words in code / tests |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for each in found:
        print(_row(each))


if __name__ == "__main__":
    main()
