"""A stranger finds their way: small folders, names of one meaning, no order turned round."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from tests.house.reading import LIKE_ITEMS, Module, product

MOST = 30
"""Modules in one folder, besides its `__init__`."""
PARALLEL = frozenset(
    {"routes", "cli", "reading", "public", "web", "api", "sms", "voice", "card", "interactions"}
)
"""Folders that do the same job in parallel places: their modules may share a name."""


def crowded(modules: Iterable[Module]) -> dict[str, int]:
    """Return the folders with too many modules, and how many they hold."""
    held = Counter(each.folder for each in modules if each.name != "__init__")
    return {
        folder: count for folder, count in held.items() if count > MOST and folder not in LIKE_ITEMS
    }


def doubles(modules: Iterable[Module]) -> dict[str, list[str]]:
    """Return the names that two modules of one package tree share, where their folders do different jobs."""
    by_name: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in modules:
        tree, *rooms = each.folder.split("/")
        if each.name != "__init__" and not PARALLEL & set(rooms):
            by_name[tree, each.name].append(each.path)
    return {name: paths for (_, name), paths in by_name.items() if len(paths) > 1}


def riddles(modules: Iterable[Module]) -> list[str]:
    """Return the modules whose name had to be opened to be understood; each has a word of the trade now."""
    return [each.path for each in modules if each.name in RIDDLES]


RIDDLES = frozenset(
    [
        "acts",
        "ageing",
        "asking",
        "closing",
        "differing",
        "drawing",
        "hearing",
        "hearing_times",
        "hearing_clocks",
        "listening",
        "hindsight",
        "holding",
        "leaving",
        "meanings",
        "following",
        "standing",
        "stops",
        "trying",
        "weighing",
        "telling",
        "acknowledging",
        "releasing",
        "drafting",
        "where",
    ]
)


def test_no_folder_holds_more_modules_than_somebody_can_look_over() -> None:
    assert crowded(product()) == {}


def test_a_folder_with_one_module_too_many_is_seen() -> None:
    many = [Module(f"desk/room/m{at}.py", "") for at in range(MOST + 1)]
    assert crowded(many) == {"desk/room": MOST + 1}
    assert crowded(many[1:]) == {}
    assert crowded([Module(f"suppression/rules/m{at}.py", "") for at in range(99)]) == {}


def test_no_two_modules_of_one_package_tree_share_a_name() -> None:
    assert doubles(product()) == {}


def test_a_name_given_twice_is_seen() -> None:
    twice = [Module("desk/cases/lines.py", ""), Module("desk/line/lines.py", "")]
    assert doubles(twice) == {"lines": ["desk/cases/lines.py", "desk/line/lines.py"]}
    parallel = [
        Module("console/web/routes/calls.py", ""),
        Module("console/api/routes/calls.py", ""),
    ]
    assert doubles(parallel) == {}


def test_no_module_has_a_name_that_must_be_opened_to_be_understood() -> None:
    assert riddles(product()) == []


def test_a_riddle_of_a_name_is_seen() -> None:
    assert riddles(
        [Module("desk/line/leaving.py", ""), Module("desk/line/queue_exits.py", "")]
    ) == ["desk/line/leaving.py"]
