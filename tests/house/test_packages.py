"""The lists of packages agree everywhere, and nobody else owns our names."""

import ast
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOT_SHIPPED = {"tests", "benchmarks"}


@pytest.fixture(scope="module")
def pyproject() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def packages(pyproject: Any) -> set[str]:
    return set(pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])


def test_the_packages_that_ship_are_the_folders_with_an_init(packages: set[str]) -> None:
    assert {folder.parent.name for folder in ROOT.glob("*/__init__.py")} == packages | NOT_SHIPPED


def test_the_type_checker_reads_every_package(pyproject: Any, packages: set[str]) -> None:
    assert set(pyproject["tool"]["mypy"]["packages"]) == packages | NOT_SHIPPED


def test_the_layers_hold_every_package(pyproject: Any, packages: set[str]) -> None:
    linter = pyproject["tool"]["importlinter"]
    layers = next(
        contract["layers"] for contract in linter["contracts"] if contract["id"] == "layers"
    )
    assert set(linter["root_packages"]) == packages
    assert {name.strip() for layer in layers for name in layer.split("|")} == packages


def test_the_readme_lists_the_packages_in_the_order_of_the_layers(pyproject: Any) -> None:
    contracts = pyproject["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each["id"] == "layers")
    listing = (ROOT / "README.md").read_text().split("## The packages")[1].split("```")[1]
    assert [re.split(r" {2,}", line)[0] for line in listing.strip().splitlines()] == layers


@pytest.mark.parametrize(
    ("contract", "allowed"),
    [
        ("prefect", {"flows"}),
        ("web", {"console", "inbound", "simulators", "demo"}),
        ("providers", {"channels"}),
        ("numbers", {"people"}),
        ("words", {"templates", "console", "outcomes"}),
        ("simulators", {"demo", "simulators"}),
        ("demo", {"demo"}),
    ],
)
def test_a_wall_leaves_out_only_those_who_may_pass(
    pyproject: Any, packages: set[str], contract: str, allowed: set[str]
) -> None:
    contracts = {each["id"]: each for each in pyproject["tool"]["importlinter"]["contracts"]}
    assert set(contracts[contract]["source_modules"]) == packages - allowed


def test_nobody_else_that_is_installed_owns_one_of_our_names(packages: set[str]) -> None:
    owners = packages_distributions()
    others = {name: set(owners.get(name, ())) - {"kaartje"} for name in packages | NOT_SHIPPED}
    assert {name: owner for name, owner in others.items() if owner} == {}


def test_no_module_of_flows_hides_a_package(packages: set[str]) -> None:
    assert {module.stem for module in (ROOT / "flows").glob("*.py")} & packages == set()


def test_no_package_is_named_like_a_module_of_python(packages: set[str]) -> None:
    import sys

    assert packages & sys.stdlib_module_names == set()


def test_every_package_says_what_it_is_for(packages: set[str]) -> None:
    silent = {
        name
        for name in packages
        if not ast.get_docstring(ast.parse((ROOT / name / "__init__.py").read_text()))
    }
    assert silent == set()
