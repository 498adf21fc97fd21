"""Values cannot be swapped: they are built by keyword, and a database row has a type."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache

from tests.house.reading import Module, everything, product

MOST = 4
"""Fields that a value may be given by position."""
OLD_WORDS = re.compile(r"_?(told|heard)|_?(Told|Heard)\w*|Book")
AS_MANY = frozenset({"Table", "Index", "Network"})


def positional_dataclasses(modules: Iterable[Module]) -> list[str]:
    """Return the dataclasses of more than four fields that may be built by position."""
    return [
        f"{module.path}:{node.lineno} {node.name}"
        for module in modules
        for node in module.nodes()
        if isinstance(node, ast.ClassDef) and _may_be_swapped(node)
    ]


def _may_be_swapped(node: ast.ClassDef) -> bool:
    made = [each for each in node.decorator_list if "dataclass" in ast.unparse(each)]
    if not made:
        return False
    fields = [
        each
        for each in node.body
        if isinstance(each, ast.AnnAssign)
        and not (each.value and "kw_only=True" in ast.unparse(each.value))
    ]
    kinds = [ast.unparse(each.annotation) for each in fields]
    by_position = kinds[: kinds.index("KW_ONLY")] if "KW_ONLY" in kinds else kinds
    counted = [kind for kind in by_position if "ClassVar" not in kind]
    return len(counted) > MOST and "kw_only=True" not in ast.unparse(made[0])


def positional_values(modules: Iterable[Module]) -> list[str]:
    """Return the calls of a class that are handed five values or more by position.

    Some classes take as many values as there are: columns, or the words of a command.
    """
    return [
        f"{module.path}:{node.lineno} {ast.unparse(node.func)}"
        for module in modules
        for node in module.nodes()
        if isinstance(node, ast.Call) and _is_class(node.func) and len(node.args) > MOST
    ]


def _is_class(called: ast.expr) -> bool:
    name = (
        called.attr
        if isinstance(called, ast.Attribute)
        else called.id
        if isinstance(called, ast.Name)
        else ""
    )
    return bool(re.fullmatch(r"_?[A-Z][a-z]\w*", name)) and name not in AS_MANY


def untyped_rows(modules: Iterable[Module]) -> list[str]:
    """Return the names of database rows that are typed as anything."""
    return sorted(
        f"{module.path}:{line} {name}: {annotation}"
        for module in modules
        for name, annotation, line in _annotated(module.nodes())
        if annotation == "Row[Any]"
        or (re.fullmatch(r"_?(rows?|found_row|\w+_row)", name) and annotation == "Any")
    )


def _annotated(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str, int]]:
    for node in nodes:
        if isinstance(node, ast.arg) and node.annotation:
            yield node.arg, ast.unparse(node.annotation), node.lineno
        elif isinstance(node, ast.AnnAssign):
            yield ast.unparse(node.target), ast.unparse(node.annotation), node.lineno


def old_words(modules: Iterable[Module]) -> list[str]:
    """Return the names of functions, classes and variables in words that are not ours any more."""
    return sorted(
        f"{module.path}:{line} {name}"
        for module in modules
        for name, line in _named(module.nodes())
        if OLD_WORDS.fullmatch(name)
    )


def _named(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    for node in nodes:
        match node:
            case (
                ast.ClassDef(name=name)
                | ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
            ):
                yield name, node.lineno
            case ast.arg(arg=name):
                yield name, node.lineno
            case ast.Name(id=name, ctx=ast.Store()):
                yield name, node.lineno
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name, node.lineno


@cache
def findings() -> tuple[list[str], list[str]]:
    """Return what each of the two rules finds, since to read all modules takes longest."""
    ours = {module.path for module in product()}
    swapped, untyped = list[str](), list[str]()
    for module in everything():
        swapped += positional_dataclasses([module]) + positional_values([module])
        if module.path in ours:
            untyped += untyped_rows([module]) + old_words([module])
    return swapped, untyped


def test_every_value_of_more_than_four_fields_is_built_by_keyword() -> None:
    assert findings()[0] == []


def test_a_value_that_could_be_swapped_is_seen() -> None:
    swapped = Module(
        "a.py",
        "@dataclass(frozen=True)\nclass Five:\n" + "".join(f"    f{at}: int\n" for at in range(5)),
    )
    assert positional_dataclasses([swapped]) == ["a.py:2 Five"]
    assert (
        positional_dataclasses(
            [Module("a.py", swapped.text.replace("frozen", "kw_only=True, frozen"))]
        )
        == []
    )
    assert positional_values(
        [Module("a.py", "Five(1, 2, 3, 4, 5)\nlower(1, 2, 3, 4, 5)\nFour(1, 2, 3, 4)")]
    ) == ["a.py:1 Five"]


def test_database_rows_have_types_and_names_are_words_of_the_trade() -> None:
    assert findings()[1] == []


def test_a_row_typed_as_anything_is_seen() -> None:
    untyped = Module(
        "a.py",
        "def read(row: Any, event: Row[Any], size: Any) -> None:\n    first_row: Any = row\n",
    )
    assert untyped_rows([untyped]) == [
        "a.py:1 event: Row[Any]",
        "a.py:1 row: Any",
        "a.py:2 first_row: Any",
    ]


def test_a_word_that_is_not_ours_any_more_is_seen() -> None:
    assert old_words(
        [Module("a.py", "def _told(heard: int) -> None:\n    kept = heard\n\n\nclass Book: ...\n")]
    ) == [
        "a.py:1 _told",
        "a.py:1 heard",
        "a.py:5 Book",
    ]
