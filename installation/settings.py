"""Settings of an installation, read from environment variables named `KAARTJE_…`."""

import logging
import os
import secrets
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from installation.derived_keys import Purpose, derive_key
from installation.secret_checks import check_secret
from installation.setting_checks import (
    BUCKET,
    check_account_id,
    check_database,
    check_home,
    check_host_and_port,
    check_languages,
    check_number,
    check_proxies,
    check_role_map,
    check_sender,
    check_test_numbers,
    check_web_address,
    refuse_unknown,
    refused_settings,
    role_map,
)
from people.shared_keys import JointKey
from store.clock import Clock, FixedClock, SystemClock, parse_moment
from store.errors import BadInput
from store.sentences import Sentence
from store.states import Role

if TYPE_CHECKING:
    from channels.file_store import FileStore

LOG = logging.getLogger("kaartje.settings")
FORMER_NAMES = {
    "KAARTJE_POSTS": "KAARTJE_TEAM_TASKS",
    "KAARTJE_POSTS_KEY": "KAARTJE_TEAM_TASKS_KEY",
}
"""Settings that have another name now; the former one is read until the next release."""


def warn_of_former_names(environment: Mapping[str, str]) -> None:
    """Log a hint for each setting that still goes by its former name."""
    for former, name in FORMER_NAMES.items():
        if environment.get(former):
            LOG.warning(
                "hint: %s is called %s now; %s goes after this release", former, name, former
            )


class Settings(BaseSettings):
    """The settings, read once when the installation opens.

    A test compares them with docs/reference/settings.md.
    """

    model_config = SettingsConfigDict(
        env_prefix="KAARTJE_", frozen=True, extra="ignore", populate_by_name=True
    )

    def __init__(self, **given: Any) -> None:
        """Read the settings from what is given and from the environment.

        Raises:
            BadInput: a setting cannot be what it says; each on a line of its own.
        """
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise refused_settings(error, environment_names(), _SECRET) from None

    home: Annotated[
        Path,
        AfterValidator(check_home),
        Field(description="Folder of the embedded database, the outbox, the locks and the key"),
    ] = Path("kaartje-home")
    language: Annotated[
        str,
        Field(
            description="Language of the command line: nl or en; empty: by LC_ALL, LC_MESSAGES or LANG, else English"
        ),
    ] = ""
    database_url: Annotated[
        str,
        AfterValidator(check_database),
        Field(description="postgresql://… for a shared database; empty: SQLite in the home folder"),
    ] = ""
    secret: Annotated[
        SecretStr,
        Field(
            description="Key of sessions, tokens and erasures; empty: made once, kept in the home folder"
        ),
    ] = SecretStr("")
    joint_secret: Annotated[
        SecretStr,
        Field(
            description="Key shared with another body, to exchange lists without names; empty: nothing is exchanged"
        ),
    ] = SecretStr("")
    sign_in_file: Annotated[
        str,
        Field(
            description="Where `kaartje sign-in` keeps its token; empty: kaartje/sign-in.json in ~/.config"
        ),
    ] = ""
    rehearsal: Annotated[
        bool,
        Field(
            description="Make a shared database one to rehearse in, for ever: it takes --now, --as and a temporary home"
        ),
    ] = False
    now: Annotated[
        str,
        Field(
            description="Act as if it were this moment (2023-06-01T09:00), on an embedded database or in a rehearsal"
        ),
    ] = ""
    policy: Annotated[
        str,
        Field(description="A TOML file with this body's changes to suppression/policy.toml"),
    ] = ""
    templates: Annotated[
        str,
        Field(
            description="A folder with the body's own templates, word lists, logo and colours: docs/own-words.md"
        ),
    ] = ""
    retention: Annotated[
        str,
        Field(
            description="The file of retention periods; empty: retention.toml in the home folder, if it is there"
        ),
    ] = ""
    erasures: Annotated[
        str,
        Field(
            description="The list of who was erased, replayed after a backup was restored; keep it apart from the"
            " database's backups; empty: erasures.jsonl in the home folder, or in the store of files of many machines"
        ),
    ] = ""
    print_shop: Annotated[
        str,
        Field(
            description="The print shop, as a TOML file that describes it: docs/print-shop.md; empty: it collects"
        ),
    ] = ""
    team_tasks: Annotated[
        str,
        Field(
            validation_alias=AliasChoices("KAARTJE_TEAM_TASKS", "KAARTJE_POSTS"),
            description="Where other teams take up matters, as a TOML file: docs/desk.md; empty: each has a folder",
        ),
    ] = ""
    team_tasks_key: Annotated[
        SecretStr,
        Field(
            validation_alias=AliasChoices("KAARTJE_TEAM_TASKS_KEY", "KAARTJE_POSTS_KEY"),
            description="Our key with those teams' systems",
        ),
    ] = SecretStr("")
    dry: Annotated[
        bool, Field(description="Every channel only pretends to send: nothing leaves this machine")
    ] = False
    public_url: Annotated[
        str,
        AfterValidator(check_web_address),
        Field(
            description="The public address of our webhooks: https://…; empty: providers cannot report back"
        ),
    ] = ""
    oidc_issuer: Annotated[
        str,
        AfterValidator(check_web_address),
        Field(
            description="Issuer of the OpenID Connect provider to sign in by: docs/sign-in.md; empty: local accounts"
        ),
    ] = ""
    oidc_client_id: Annotated[
        str, Field(description="Under which client the provider knows Kaartje")
    ] = "kaartje"
    oidc_client_secret: Annotated[
        SecretStr, Field(description="The client's secret at the provider; empty: a public client")
    ] = SecretStr("")
    oidc_scope: Annotated[
        str, Field(description="Scopes that are asked of the provider; openid is one of them")
    ] = "openid profile email"
    oidc_name_claim: Annotated[
        str, Field(description="Claim with the name of the account, as preferred_username or email")
    ] = "preferred_username"
    oidc_role_claim: Annotated[
        str,
        Field(
            description="Claim with somebody's groups, as groups or realm_access.roles (Keycloak)"
        ),
    ] = "roles"
    oidc_roles: Annotated[
        str,
        AfterValidator(check_role_map),
        Field(
            description="Role of each group, as manager=kaartje-leads,agent=kaartje-line; the first that somebody has"
            " counts"
        ),
    ] = ""
    trusted_proxies: Annotated[
        str,
        AfterValidator(check_proxies),
        Field(
            description="Proxies before us, as 10.0.0.5,10.1.0.0/24: only their X-Forwarded-For is read"
        ),
    ] = "127.0.0.1,::1"
    metrics_token: Annotated[
        SecretStr,
        Field(
            description="Bearer token that a monitoring system shows at /metrics; empty: there is no such page"
        ),
    ] = SecretStr("")
    public_name: Annotated[
        str,
        Field(
            description="Who we are on the public pages; empty: the senders of the campaigns that run"
        ),
    ] = ""
    twilio_account_sid: Annotated[
        str,
        AfterValidator(check_account_id("AC")),
        Field(description="Twilio's account for texts; empty: no texts leave"),
    ] = ""
    twilio_auth_token: Annotated[
        SecretStr, Field(description="The account's token; Twilio signs its webhooks with it")
    ] = SecretStr("")
    twilio_second_token: Annotated[
        SecretStr,
        Field(
            description="Another secret that signs: the next token while it is changed, or a webhook key"
        ),
    ] = SecretStr("")
    twilio_url: Annotated[
        str,
        AfterValidator(check_web_address),
        Field(
            description="Another address than Twilio's own: of a proxy, or of `kaartje simulate sms`"
        ),
    ] = ""
    twilio_api_key: Annotated[
        str,
        AfterValidator(check_account_id("SK")),
        Field(
            description="A key of Twilio's account (SK…), under which agents' browsers get a pass to be called"
        ),
    ] = ""
    twilio_api_secret: Annotated[SecretStr, Field(description="That key's secret")] = SecretStr("")
    twilio_voice_app: Annotated[
        str,
        AfterValidator(check_account_id("AP")),
        Field(
            description="Twilio's TwiML app (AP…) for calls that an agent's browser makes; empty: it makes none"
        ),
    ] = ""
    voice_sdk: Annotated[
        str,
        Field(
            description="Where `make softphone` put Twilio's script; empty: agents are called on their own phone"
        ),
    ] = ""
    voice_edge: Annotated[
        str,
        Field(
            description="Where agents' browsers meet Twilio, as frankfurt or dublin,frankfurt; empty: nearest"
        ),
    ] = ""
    voice_gateway: Annotated[
        str,
        AfterValidator(check_host_and_port),
        Field(
            description="Another host:port for agents' browsers than Twilio's own: for rehearsals, never for real"
        ),
    ] = ""
    sms_from: Annotated[
        str,
        AfterValidator(check_sender),
        Field(
            description="Who texts are from: a number, a name of at most 11 characters, or a Messaging Service (MG…)"
        ),
    ] = ""
    sms_gateway: Annotated[
        str,
        Field(
            description="A second provider, as a TOML file that describes it: docs/sms.md; empty: none"
        ),
    ] = ""
    sms_gateway_key: Annotated[SecretStr, Field(description="The second provider's key")] = (
        SecretStr("")
    )
    sms_price: Annotated[Decimal, Field(ge=0, description="Euros for one segment of a text")] = (
        Decimal("0.0753")
    )
    sms_segments: Annotated[int, Field(ge=1, le=10, description="Segments of one text at most")] = 2
    sms_rate: Annotated[
        float,
        Field(
            gt=0,
            le=1_000_000,
            allow_inf_nan=False,
            description="Segments a second, all workers of an installation together",
        ),
    ] = 10
    sms_at_once: Annotated[
        int,
        Field(
            ge=1,
            le=64,
            description="Texts on their way at one moment, all workers of an installation together",
        ),
    ] = 8
    sms_timeout: Annotated[
        float,
        Field(
            gt=0,
            le=300,
            allow_inf_nan=False,
            description="Seconds to wait for a provider's answer",
        ),
    ] = 10
    sms_patience: Annotated[
        float,
        Field(
            gt=0,
            le=86_400,
            allow_inf_nan=False,
            description="Seconds after which a text that a provider does not know was surely not taken",
        ),
    ] = 300
    sms_validity: Annotated[
        int,
        Field(
            ge=1,
            le=36_000,
            description="Seconds in which a text must arrive, or it is not delivered at all",
        ),
    ] = 14_400
    sms_silence: Annotated[
        float,
        Field(
            gt=0,
            le=720,
            allow_inf_nan=False,
            description="Hours after which a provider is asked about a text it reported no end of",
        ),
    ] = 6
    sms_test_numbers: Annotated[
        str,
        AfterValidator(check_test_numbers),
        Field(
            description="Numbers that `kaartje sms send` may text, by name: anja=0612345678, bilal=0687654321"
        ),
    ] = ""
    voice_from: Annotated[
        str,
        AfterValidator(check_number),
        Field(
            description="Our own number that the weekly test call comes from; empty: there is no telephone line"
        ),
    ] = ""
    voice_languages: Annotated[
        str,
        AfterValidator(check_languages),
        Field(
            description="Languages that callers may choose, in the order in which they are offered"
        ),
    ] = "nl,en"
    voice_words: Annotated[
        str,
        Field(description="A folder with this body's own words for callers: docs/phone-line.md"),
    ] = ""
    voice_room: Annotated[
        int,
        Field(
            ge=1,
            le=1000,
            description="Callers who wait on one line; the next ones are offered a call-back",
        ),
    ] = 100

    interactions_token: Annotated[
        SecretStr,
        Field(
            description="The token of Open Klant, for `kaartje desk export-interactions --to https://…`"
        ),
    ] = SecretStr("")

    files: Annotated[
        str,
        Field(
            description="Folder that every machine reaches, or s3://bucket/place, for everything that must not lie in"
            " one home: docs/operations.md. Of use with a shared database"
        ),
    ] = ""
    shared: Annotated[
        str,
        Field(
            description="Folder that every machine reaches, for what people and other systems collect, beside a bucket;"
            " empty: shared in the folder of KAARTJE_FILES"
        ),
    ] = ""

    @property
    def is_shared(self) -> bool:
        """Whether the database is one that several machines may share."""
        return self.database_url.startswith("postgres")

    @property
    def shared_folder(self) -> Path:
        """The folder for what people and other systems collect.

        With a shared database and a store of files it lies in that store, and otherwise in the home folder.
        """
        if not (self.is_shared and self.files):
            return self.home.absolute()
        if self.shared:
            return Path(self.shared).absolute()
        return self.home.absolute() if self._in_a_bucket else Path(self.files).absolute() / "shared"

    @property
    def _in_a_bucket(self) -> bool:
        return self.files.startswith(BUCKET)

    @property
    def file_store(self) -> "FileStore | None":
        """The store of files that all machines reach, or None where each keeps its own."""
        if not self.files:
            return None
        if self._in_a_bucket:
            from channels.bucket_store import BucketStore

            return BucketStore(self.files)
        from channels.file_store import FolderStore

        return FolderStore(Path(self.files))

    @property
    def team_tasks_folder(self) -> Path:
        """The folder of the teams' own folders, under its former name `posts` if that is in use."""
        folder, former = self.shared_folder / "team-tasks", self.shared_folder / "posts"
        return former if former.is_dir() and not folder.exists() else folder

    @property
    def outbox(self) -> Path:
        """The folder in which print runs are handed over."""
        return self.home.absolute() / "outbox"

    @property
    def policy_file(self) -> Path | None:
        """The file with this body's policy, or None for the shipped one."""
        return Path(self.policy) if self.policy else None

    @property
    def templates_folder(self) -> Path | None:
        """The folder with this body's own templates, or None for the shipped ones alone."""
        return Path(self.templates) if self.templates else None

    @property
    def print_shop_file(self) -> Path | None:
        """The file that describes the print shop, or None if it collects from the outbox."""
        return Path(self.print_shop) if self.print_shop else None

    @property
    def retention_file(self) -> Path:
        """The file with the retention periods."""
        return (
            Path(self.retention).absolute()
            if self.retention
            else self.home.absolute() / "retention.toml"
        )

    @property
    def erasures_file(self) -> Path:
        """The list of who was erased, outside the database."""
        return (
            Path(self.erasures).absolute()
            if self.erasures
            else self.shared_folder / "erasures.jsonl"
        )

    @property
    def accounts(self) -> dict[str, str]:
        """Settings that channels need to reach their providers, including secrets."""
        given = {
            name: getattr(self, name)
            for name in Settings.model_fields
            if name.startswith(("twilio_", "sms_", "voice_"))
        }
        given["public_url"] = self.public_url
        given["callback_key"] = self.key_for(Purpose.CALLBACK_MARKS).hex()
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            for name, value in given.items()
        }

    @property
    def url(self) -> str:
        """The URL of the database, by default the embedded one."""
        return self.database_url or f"sqlite:///{self.home.absolute() / 'kaartje.sqlite3'}"

    @property
    def clock(self) -> Clock:
        """The clock of this installation, which stands still at `now` where that is given.

        Raises:
            BadInput: `now` is not a date and time.
        """
        if not self.now:
            return SystemClock()
        try:
            return FixedClock(parse_moment(self.now))
        except ValueError:
            raise BadInput(
                Sentence("{seen!r} is not a date and time", seen=self.now),
                "write it as 2023-06-01T09:00",
                field="KAARTJE_NOW",
            ) from None

    def joint_key(self) -> JointKey | None:
        """Return the key shared with another body, or None if there is none.

        Raises:
            BadInput: The key is too short.
        """
        return JointKey.of(self.joint_secret.get_secret_value())

    @property
    def key_file(self) -> Path:
        """The file of the secret key, where none is given."""
        return self.home.absolute() / "secret.key"

    @property
    def has_key(self) -> bool:
        """Whether there is a secret key already."""
        return self.has_given_key or self.key_file.exists()

    @property
    def has_given_key(self) -> bool:
        """Whether the secret key comes from the environment."""
        return bool(self.secret.get_secret_value())

    @property
    def next_key_file(self) -> Path:
        """The file of the key that takes the present one's place, while it is being changed."""
        return self.key_file.with_suffix(".next")

    def write_next_key(self, text: str) -> None:
        """Keep a key that is about to take the present one's place."""
        self.next_key_file.unlink(missing_ok=True)
        _write_once(self.next_key_file, text)

    def take_next_key(self) -> None:
        """Put the next key in the place of the present one."""
        self.next_key_file.replace(self.key_file)

    def key(self) -> bytes:
        """Return the installation's secret key, made on first use where none is set.

        Raises:
            BadInput: The key that is given is too short to keep anything secret.
        """
        if given := self.secret.get_secret_value():
            return check_secret(given).encode()
        if not self.key_file.exists():
            _write_once(self.key_file, secrets.token_hex(32))
        return self.key_file.read_text().strip().encode()

    @property
    def oidc_role_map(self) -> dict[str, Role]:
        """The role of each group of the provider, in the order in which they count."""
        return role_map(self.oidc_roles)

    def key_for(self, purpose: Purpose, detail: str = "") -> bytes:
        """Return the key derived from the secret for one purpose, as `derive_key` does."""
        return derive_key(self.key(), purpose, detail)


def environment_names() -> dict[str, str]:
    """Return the environment variable of each setting, by its field and by itself."""
    names = {field: f"KAARTJE_{field.upper()}" for field in Settings.model_fields}
    return {**names, **{name: name for name in (*names.values(), *FORMER_NAMES)}}


def check_environment(environment: Mapping[str, str]) -> None:
    """Refuse variables that are called like a setting and are none, and hint at former names.

    Raises:
        BadInput: a variable is not known; the nearest known one is named.
    """
    refuse_unknown(environment, environment_names().values())
    warn_of_former_names(environment)


_SECRET = frozenset(
    name
    for name, field in Settings.model_fields.items()
    if field.annotation is SecretStr or name == "database_url"
)
"""Settings whose values are never repeated in an error."""


def _write_once(path: Path, text: str) -> None:
    """Write a file atomically, so that of two processes one wins and both read the same."""
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
