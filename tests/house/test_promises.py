"""A promise to call is made in one place, so that it is held against one rule (decision 0128)."""

import ast

from tests.house.reading import Module, product

ALLOWED = {
    "desk/entries/promises.py",  # makes, moves and withdraws promises
    "desk/entries/queue_entries.py",  # an entry as it is inserted
    "desk/queue/appointments.py",  # the window in which an appointment is prepared: nobody is called
}
WINDOW = {"promised_from", "promised_until", "start_by"}


CALLED = {"NewCall", "values", "replace"}


def writes(module: Module) -> bool:
    """Return whether a module gives a promised window to the queue, by keyword or as a row."""
    if not any(word in module.text for word in (*WINDOW, "Promise")):
        return False  # to read a tree takes long, and most modules hold no such word
    nodes = list(ast.walk(module.tree()))
    keywords = {
        each.arg
        for node in nodes
        if isinstance(node, ast.Call) and _called(node) in CALLED
        for each in node.keywords
    }
    rows = module.path.startswith(("desk/", "inbound/"))
    keys = {
        each.value
        for node in nodes
        if rows and isinstance(node, ast.Dict)
        for each in node.keys
        if isinstance(each, ast.Constant)
    }
    return bool((keywords | keys) & WINDOW) or _inserts(nodes)


def _inserts(nodes: list[ast.AST]) -> bool:
    """Return whether one of these calls inserts into the table of promises."""
    return any(
        isinstance(node, ast.Call)
        and _called(node) in {"insert", "add_new"}
        and any(isinstance(each, ast.Name) and each.id == "Promise" for each in node.args)
        for node in nodes
    )


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def test_a_promised_window_is_written_in_one_place() -> None:
    assert {each.path for each in product() if writes(each)} <= ALLOWED


def test_another_place_that_promises_would_be_found() -> None:
    assert writes(Module("inbound/other.py", "update(Call).values(promised_from=now)"))
    assert writes(Module("inbound/other.py", "row = {'promised_until': now}"))
    assert writes(
        Module("console/other.py", "connection.execute(insert(Promise).values(made_at=now))")
    )
    assert not writes(Module("console/other.py", "connection.execute(select(Promise))"))
