"""Which commands take `--now`, and which read the clock, by the syntax trees of the product."""

import ast
from collections.abc import Iterable, Iterator

from tests.house.reading import Module

Place = tuple[str, str]
"""A function: the dotted name of its module, and its own name."""
_OPTIONS = "console.cli.options"
_CLOCKS = {"SystemClock", "clock"}


class Functions:
    """Every function at the top of a module, with those that it calls by name.

    Methods and functions handed on as values are followed where their name stands in the text.
    """

    def __init__(self, modules: Iterable[Module]) -> None:
        self._functions: dict[Place, ast.FunctionDef] = {}
        self._imported: dict[str, dict[str, Place]] = {}
        for each in modules:
            name = each.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
            tree = each.tree()
            for node in tree.body:
                if isinstance(node, ast.FunctionDef):
                    self._functions[name, node.name] = node
            self._imported[name] = dict(_imports(tree))

    def commands(self) -> list[Place]:
        """Return every command of the command line."""
        return [
            place
            for place, function in self._functions.items()
            if place[0].startswith("console.cli.")
            and any(".command" in ast.unparse(each) for each in function.decorator_list)
        ]

    def takes_moment(self, place: Place) -> bool:
        """Return whether a command has the option `--now`."""
        arguments = self._functions[place].args
        return any(
            each.annotation is not None and ast.unparse(each.annotation) == "Now"
            for each in (*arguments.args, *arguments.kwonlyargs)
        )

    def uses_moment(self, place: Place) -> bool:
        """Return whether a command reads its moment otherwise than to open an installation.

        An opened installation has a clock that stands still, which counts where anything reads it.
        """
        body = self._functions[place].body
        names = [
            node
            for statement in body
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and node.id == "now"
        ]
        opening = [
            node
            for statement in body
            for node in ast.walk(statement)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "open_installation"
        ]
        return len(names) > len(opening) or (bool(names) and self.reads_clock(place))

    def reads_clock(self, place: Place, seen: set[Place] | None = None) -> bool:
        """Return whether a function, or one that it calls, asks for the present moment."""
        seen = set() if seen is None else seen
        if place in seen or place not in self._functions or place[0] == _OPTIONS:
            return False
        seen.add(place)
        function = self._functions[place]
        return any(map(_asks_a_clock, ast.walk(function))) or any(
            self.reads_clock(called, seen) for called in self._called(place[0], function)
        )

    def _called(self, module: str, function: ast.FunctionDef) -> Iterator[Place]:
        known = self._imported[module]
        for node in ast.walk(function):
            match node:
                case ast.Name(id=name):
                    yield known.get(name, (module, name))
                case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in known:
                    yield ".".join(known[name]), attribute
                case _:
                    pass


def _imports(tree: ast.Module) -> Iterator[tuple[str, Place]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                yield each.asname or each.name, (node.module, each.name)


def _asks_a_clock(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="now"):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _CLOCKS
        case _:
            return False
