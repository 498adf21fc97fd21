"""Every command that takes the name of who decides goes through the one check of that name."""

import ast
from collections import defaultdict

from tests.house.reading import product

NAMED = {"As", "Decides"}


def _calls() -> tuple[dict[str, set[str]], set[str]]:
    """Return what each function of the command line calls, and the commands that take a name."""
    calls: dict[str, set[str]] = defaultdict(set)
    deciding: set[str] = set()
    for module in product():
        if "cli" not in str(module.path):
            continue
        for node in ast.walk(module.tree()):
            if not isinstance(node, ast.FunctionDef):
                continue
            called = {
                each.func.id
                for each in ast.walk(node)
                if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
            }
            calls[node.name] |= called
            arguments = [*node.args.args, *node.args.kwonlyargs]
            kinds = {ast.unparse(each.annotation) for each in arguments if each.annotation}
            if kinds & NAMED:
                calls[f"{module.path}:{node.name}"] |= called
                deciding.add(f"{module.path}:{node.name}")
    return calls, deciding


def test_every_command_that_takes_who_decides_checks_it() -> None:
    calls, deciding = _calls()

    def reaches(name: str, seen: frozenset[str] = frozenset()) -> bool:
        called = calls.get(name, set())
        return "decider" in called or any(
            reaches(each, seen | {name}) for each in called if each not in seen and each in calls
        )

    assert len(deciding) > 40
    assert sorted(name for name in deciding if not reaches(name)) == []
