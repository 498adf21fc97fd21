"""Every document can be reached from the README, and every link in one leads somewhere."""

import re
from pathlib import Path

from tests.house.reading import ROOT

LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
PICTURE = re.compile(r"!\[([^\]]+)\]\(([^)]+)\)")
PATH = re.compile(r"`([a-z_]+/[\w/.-]*)`")


def documents() -> set[Path]:
    """Return every document of the project."""
    return {*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks" / "README.md"}


def links(page: Path) -> dict[str, Path]:
    """Return where each link of a page leads."""
    found = LINK.findall(page.read_text(encoding="utf-8"))
    return {link: (page.parent / link).resolve() for link in found}


def reached(start: Path) -> set[Path]:
    """Return every document that a reader can come to from `start`."""
    seen, ahead = set(), {start.resolve()}
    while ahead:
        page = ahead.pop()
        seen.add(page)
        below = {each for each in links(page).values() if each.suffix == ".md" and each.is_file()}
        ahead |= below - seen
    return seen


def test_every_document_is_reached_from_the_readme() -> None:
    missed = {page.resolve() for page in documents()} - reached(ROOT / "README.md")
    assert sorted(page.relative_to(ROOT).as_posix() for page in missed) == []


def test_every_link_in_a_document_leads_somewhere() -> None:
    dead = {
        f"{page.relative_to(ROOT).as_posix()}: {link}"
        for page in documents()
        for link, target in links(page).items()
        if not target.exists()
    }
    assert dead == set()


def test_a_page_that_nobody_links_to_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("[b](b.md)")
    (tmp_path / "b.md").write_text("back to [a](a.md)")
    (tmp_path / "c.md").write_text("alone")
    assert {each.name for each in reached(tmp_path / "a.md")} == {"a.md", "b.md"}


def test_every_place_in_the_glossary_and_the_architecture_is_there() -> None:
    named = {
        place
        for page in ("glossary.md", "architecture.md")
        for place in PATH.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
    }
    assert sorted(place for place in named if not (ROOT / place).exists()) == []


def test_pictures_are_small_and_each_is_shown_with_words_for_who_cannot_see_it() -> None:
    sizes = {each: each.stat().st_size for each in (ROOT / "docs" / "pictures").iterdir()}
    assert max(sizes.values()) <= 120_000
    assert sum(sizes.values()) <= 600_000
    shown = {
        (page.parent / place).resolve()
        for page in documents()
        for words, place in PICTURE.findall(page.read_text(encoding="utf-8"))
        if words.strip()
    }
    assert sizes.keys() <= shown
