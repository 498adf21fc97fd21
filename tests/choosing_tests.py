"""Of a parametrised test the first members run every day, and the others before a change lands (decision 0147)."""

from collections import defaultdict

import pytest


def mark_further_members(items: list[pytest.Item]) -> None:
    """Mark as thorough what comes after the first members of a test marked `everyday`."""
    members: dict[tuple[str, str], list[pytest.Function]] = defaultdict(list)
    for item in items:
        mark = item.get_closest_marker("everyday")
        elsewhere = any(map(item.get_closest_marker, ("postgres", "heavy")))
        if mark and isinstance(item, pytest.Function) and not elsewhere:
            members[str(item.path), item.originalname].append(item)
    for each in members.values():
        each.sort(key=_place)
        for further in each[_everyday(each[0]) :]:
            further.add_marker("thorough")


def _place(item: pytest.Function) -> tuple[int, ...]:
    return tuple(item.callspec.indices.values())


def _everyday(item: pytest.Function) -> int:
    mark = item.get_closest_marker("everyday")
    assert mark
    return int(mark.args[0])
