"""Values of an installation's files that must be the same on every machine.

Each is kept as a short keyed hash, so that a difference has a name, while the database holds nothing of what stands in
the files.
"""

import tomllib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from installation.derived_keys import Purpose
from installation.settings import Settings
from store.errors import BadInput
from store.sentences import Sentence
from store.system_errors import reason_of
from templates.own_folder import own_files, use_own_folder

Agreed = Mapping[str, Mapping[str, str]]
"""Short keyed hashes of values, by what they belong to ("policy") and by their name ("caps.card.days")."""
STORE = "store of files"
"""What the store of files is called among what machines agree on."""
_NAMED = 6  # values of a difference that are named; the rest is counted


def agreed_of(settings: Settings) -> dict[str, dict[str, str]]:
    """Return a short hash of every value that must be the same on each machine.

    Raises:
        BadInput: A file cannot be read.
    """
    prices = {
        "KAARTJE_SMS_PRICE": settings.sms_price,
        "KAARTJE_SMS_SEGMENTS": settings.sms_segments,
    }
    values: dict[str, Mapping[str, object]] = {
        "policy": _values_of(settings.policy_file, field="KAARTJE_POLICY"),
        "print shop": _values_of(settings.print_shop_file, field="KAARTJE_PRINT_SHOP"),
        "prices of texts": prices,
        "templates": _files_of(settings.templates_folder),
        STORE: _store_of(settings),
        "retention": _periods_of(settings),
    }
    return {
        what: {
            name: settings.key_for(Purpose.FINGERPRINT, f"{what} {name} {value!r}").hex()[:16]
            for name, value in each.items()
        }
        for what, each in values.items()
    }


def _store_of(settings: Settings) -> Mapping[str, object]:
    """Return the name of the store of files, which machines may reach by different paths."""
    if not settings.is_shared or (store := settings.file_store) is None:
        return {}
    from channels.file_store import FolderStore

    stores = {"KAARTJE_FILES": store}
    if settings.shared:
        stores["KAARTJE_SHARED"] = FolderStore(Path(settings.shared))
    try:
        return {name: each.mark() for name, each in stores.items()}
    except OSError as error:
        raise BadInput(reason_of(error), file=settings.files, field="KAARTJE_FILES") from error


def _periods_of(settings: Settings) -> Mapping[str, object]:
    file = settings.retention_file
    return _values_of(file if file.is_file() else None, field="KAARTJE_RETENTION")


def _files_of(folder: Path | None) -> Mapping[str, object]:
    """Return a hash of every file of the body's own templates, by its path in their folder."""
    if folder is None:
        return {}
    use_own_folder(folder)
    return {name: sha256(content).hexdigest() for name, content in own_files(folder).items()}


def _values_of(file: Path | None, *, field: str) -> Mapping[str, object]:
    """Return the values of a TOML file by their dotted names."""
    if file is None:
        return {}
    try:
        return dict(_flattened("", tomllib.loads(file.read_text("utf-8"))))
    except OSError as error:
        raise BadInput(reason_of(error), file=str(file), field=field) from error
    except ValueError:
        # Whoever reads this file for its values says in which line it is wrong.
        return {"": sha256(file.read_bytes()).hexdigest()}


def _flattened(prefix: str, value: object) -> Iterator[tuple[str, object]]:
    match value:
        case dict():
            for name, inner in value.items():
                yield from _flattened(f"{prefix}.{name}" if prefix else str(name), inner)
        case [dict(), *_]:
            for number, inner in enumerate(value, 1):
                yield from _flattened(f"{prefix}[{number}]", inner)
        case _:
            yield prefix, value


def differences(installed: Agreed, here: Agreed) -> dict[str, list[str]]:
    """Return the names of the values that differ, by what they belong to."""
    return {
        what: names
        for what in {**installed, **here}
        if (names := _differing(installed.get(what, {}), here.get(what, {})))
    }


def _differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    return [name for name in sorted({**one, **other}) if one.get(name) != other.get(name)]


def refuse_difference(installed: Agreed, here: Agreed) -> None:
    """Refuse files that are not those of the installation, naming what differs.

    Raises:
        BadInput: They are not.
    """
    for what, names in differences(installed, here).items():
        raise BadInput(
            Sentence(
                "of this machine is not the installation's ({count} differ: {names})",
                count=len(names),
                names=", ".join(names[:_NAMED]),
            ),
            "give every machine the same files, or run `kaartje installation agree` where they are right",
            field=what,
        )
