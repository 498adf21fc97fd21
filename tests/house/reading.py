"""Read the code of the product as syntax trees, for the tests that hold its form."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIKE_ITEMS = frozenset({"suppression/rules", "store/migrations/versions"})
"""Rooms of like items, one a module: they may hold any number."""


@dataclass(frozen=True, slots=True)
class Module:
    """One module of the product: its path below the root, and its text."""

    path: str
    text: str

    @property
    def folder(self) -> str:
        """Return the folder that it stands in, below the root."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """Return its name without the ending."""
        return Path(self.path).stem

    def tree(self) -> ast.Module:
        """Return its syntax tree."""
        return ast.parse(self.text)

    def nodes(self) -> tuple[ast.AST, ...]:
        """Return all that stands in its tree; several checks of one module read it once."""
        return _nodes(self)


@lru_cache(maxsize=1)  # all of them together are 200 MB
def _nodes(module: Module) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(module.tree()))


def dotted(node: ast.expr) -> str:
    """Return a name with its dots, or nothing where it is none; to write any expression anew is slow."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name) if before := dotted(value):
            return f"{before}.{name}"
        case _:
            return ""


def packages() -> list[str]:
    """Return the names of the packages of the product, which are the folders with an `__init__`."""
    apart = {"tests", "benchmarks"}
    return sorted({each.parent.name for each in ROOT.glob("*/__init__.py")} - apart)


def product() -> list[Module]:
    """Return every module of the product, without tests, benchmarks and migrations."""
    return list(_modules(*packages()))


def everything() -> list[Module]:
    """Return every module of the product, its tests and its benchmarks, without migrations."""
    return list(_modules(*packages(), "tests", "benchmarks"))


def _modules(*folders: str) -> Iterator[Module]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            if not place.startswith("store/migrations/versions/"):
                yield Module(place, path.read_text(encoding="utf-8"))
