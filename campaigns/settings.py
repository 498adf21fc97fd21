"""What an installation may set, each by an environment variable that starts with `KAARTJE_`."""

import os
import secrets
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings, read once by `campaigns.house.open_house`; the README's table is compared with these fields."""

    model_config = SettingsConfigDict(env_prefix="KAARTJE_", frozen=True, extra="ignore")

    home: Annotated[Path, Field(description="Folder of the embedded database, the outbox, the locks and the key")] = (
        Path("kaartje-home")
    )
    database_url: Annotated[
        str, Field(description="postgresql://… for a shared database; empty: SQLite in the home folder")
    ] = ""
    secret: Annotated[
        SecretStr,
        Field(description="Key for citizen-number hashes and sessions; empty: made once, kept in the home folder"),
    ] = SecretStr("")
    trust_as: Annotated[
        bool, Field(description="Take the command line's --as on a shared database too: for rehearsals, never for real")
    ] = False
    policy: Annotated[
        str, Field(description="A TOML file with what this house agreed on otherwise than suppression/policy.toml")
    ] = ""
    dry: Annotated[bool, Field(description="Every channel becomes its dry twin: nothing leaves the house")] = False

    @property
    def outbox(self) -> Path:
        """The folder in which print runs are handed over."""
        return self.home.absolute() / "outbox"

    @property
    def policy_file(self) -> Path | None:
        """The file with what this house agreed on otherwise; None where it keeps to the shipped policy."""
        return Path(self.policy) if self.policy else None

    @property
    def url(self) -> str:
        """The database's URL, the embedded default filled in."""
        return self.database_url or f"sqlite:///{self.home.absolute() / 'kaartje.sqlite3'}"

    def key(self) -> bytes:
        """Return the installation's secret key, made on first use where none is set."""
        if given := self.secret.get_secret_value():
            return given.encode()
        path = self.home.absolute() / "secret.key"
        if not path.exists():
            _write_once(path, secrets.token_hex(32))
        return path.read_text().strip().encode()


def _write_once(path: Path, text: str) -> None:
    """Write `text` to `path` so that of two processes one wins and both read the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123  the mode counts
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
