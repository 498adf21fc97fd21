"""The file in which the command line keeps the token of whoever is signed in, for its owner alone."""

import json
import os
from pathlib import Path

from installation.settings import Settings
from store.errors import BadInput

_OTHERS = 0o077
_NAME = Path("kaartje", "sign-in.json")


def sign_in_file(settings: Settings) -> Path:
    """Return where the token is kept, by the settings or among the user's own."""
    if settings.sign_in_file:
        return Path(settings.sign_in_file).expanduser()
    own = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(own) if own else Path.home() / ".config") / _NAME


def kept_token(file: Path, uid: str) -> str:
    """Return the token for the installation with this id, or an empty text.

    Raises:
        BadInput: others can read the file, or it is not one of ours.
    """
    try:
        if file.stat().st_mode & _OTHERS:
            raise BadInput(
                "can be read by others", "close it: chmod 600, and sign in anew", file=str(file)
            )
        return str(_read(file).get(uid, ""))
    except FileNotFoundError:
        return ""


def keep_token(file: Path, uid: str, token: str) -> None:
    """Keep a token for the installation with this id, or none where it is empty, at 0600."""
    try:
        kept = _read(file)
    except FileNotFoundError:
        kept = {}
    kept.pop(uid, None)
    if token:
        kept[uid] = token
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
        json.dump(kept, made)
    beside.replace(file)


def _read(file: Path) -> dict[str, str]:
    try:
        kept = json.loads(file.read_text("utf-8"))
    except ValueError:
        kept = None
    if not isinstance(kept, dict):
        raise BadInput("is not a file of `kaartje sign-in`", "remove it", file=str(file))
    return kept
