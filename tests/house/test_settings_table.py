"""The README's table of settings is what the code reads."""

import re
from pathlib import Path

from installation.settings import Settings

README = Path(__file__).parents[2] / "README.md"
ROW = re.compile(r"^\| `(KAARTJE_\w+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)


def _default(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`" if text else "empty"


def test_the_table_names_every_setting_with_its_default_and_what_it_is_for() -> None:
    told = {name: (default, meaning) for name, default, meaning in ROW.findall(README.read_text())}
    read = {
        f"KAARTJE_{name.upper()}": (_default(_plain(field.default)), field.description)
        for name, field in Settings.model_fields.items()
    }
    assert told == read


def _plain(value: object) -> object:
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value
