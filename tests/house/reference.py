"""Write the tables of docs/reference from the code: commands, settings, the API, the reasons not to reach somebody.

`python -m tests.house.reference` writes them; a test holds that they are up to date.
"""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from console.main import NOUNS, command_of
from installation.settings import Settings
from store.written_dates import LANGUAGES
from suppression.reasons import Reason
from tests.house.reading import ROOT

FOLDER = ROOT / "docs" / "reference"
Row = tuple[str, ...]
GENERAL = {"--help"}


def pages() -> dict[Path, str]:
    """Return every page of the reference by its file."""
    return {
        FOLDER / "commands.md": _page(
            title="Commands",
            about="Every command of `kaartje`. `kaartje COMMAND --help` says what each option does.",
            header=("command", "what it does"),
            rows=list(_commands()),
        ),
        FOLDER / "settings.md": _page(
            title="Settings",
            about="Environment variables, read once when Kaartje starts; nothing else is read.",
            header=("variable", "default", "what it is for"),
            rows=list(_settings()),
        ),
        FOLDER / "api.md": _page(
            title="API",
            about="Every operation below `/api/v1` ([how to use it](../api.md)).",
            header=("operation", "what it does"),
            rows=list(_operations()),
        ),
        FOLDER / "reasons.md": _page(
            title="Reasons not to reach somebody",
            about="Every reason that `kaartje why`, a plan and a report may give, in both languages.",
            header=("code", "language", "about somebody", "to the person", "what would change it"),
            rows=[
                (
                    f"`{each.value}`" if language == "nl" else "",
                    {"nl": "Dutch", "en": "English"}[language],
                    each.sentence(language),
                    each.to_person(language),
                    each.what_changes_it(language),
                )
                for each in Reason
                for language in LANGUAGES
            ],
        ),
    }


def _page(*, title: str, about: str, header: Row, rows: list[Row]) -> str:
    lines = [
        f"# {title}",
        "",
        f"{about} Made from the code by `make reference`: change the code, not this page.",
        "",
        _line(header),
        _line(("---",) * len(header)),
        *map(_line, rows),
    ]
    return "\n".join(lines) + "\n"


def _line(cells: Row) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _commands() -> Iterator[Row]:
    for noun in NOUNS:
        yield from _below(noun, command_of(noun))


def _below(words: str, command: Any) -> Iterator[Row]:
    inner = getattr(command, "commands", {})
    for name, each in inner.items():
        if not each.hidden:
            yield from _below(f"{words} {name}", each)
    if not inner:
        said = " ".join((command.help or "").split("\n\n")[0].split())
        yield f"`kaartje {words}{_usage(command)}`", said


def _usage(command: Any) -> str:
    arguments, options = [], []
    for each in command.params:
        if each.param_type_name == "argument":
            name = (each.metavar or each.name.upper()).strip("{}[]")
            arguments.append(name if each.required else f"[{name}]")
        elif not getattr(each, "hidden", False) and not GENERAL & set(each.opts):
            option = max(each.opts, key=len)
            options.append(option if each.required else f"[{option}]")
    return "".join(f" {each}" for each in (*arguments, *options))


def _settings() -> Iterator[Row]:
    for name, field in Settings.model_fields.items():
        value = field.default
        plain = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        text = str(plain).lower() if isinstance(plain, bool) else str(plain)
        yield f"`KAARTJE_{name.upper()}`", f"`{text}`" if text else "empty", field.description or ""


def _operations() -> Iterator[Row]:
    from console.api.app import document_of, make_api

    document: dict[str, Any] = document_of(make_api(_nothing_opened()))
    for path, methods in sorted(document["paths"].items()):
        for method, operation in methods.items():
            said = " ".join((operation.get("description") or "").split("\n\n")[0].split())
            yield f"`{method.upper()} {path}`", said


def _nothing_opened() -> Any:
    """Return what stands for an installation: describing the API opens nothing of it."""
    return SimpleNamespace(settings=Settings())


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(exist_ok=True)
    for file, text in pages().items():
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
