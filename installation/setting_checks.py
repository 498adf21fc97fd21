"""Checks of settings, with errors that name the environment variable and a remedy."""

import re
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pydantic import ValidationError

from installation.trusted_proxies import read_networks
from store.errors import BadInput, SeveralRefused
from store.sentences import Sentence
from store.states import Role
from store.validation_words import in_words

PREFIX = "KAARTJE_"
OF_THE_TESTS = ("KAARTJE_CONTRACT_", "KAARTJE_BENCHMARK_")
"""What tests and benchmarks read themselves."""
BUCKET = "s3://"
"""How a store of files in a bucket begins."""
_DATABASE = re.compile(r"postgres(ql)?(\+[a-z]+)?://|sqlite(\+[a-z]+)?:///.")
_HOST = re.compile(r"[^\s/@?#]+")
_ACCOUNT_ID = re.compile(r"[A-Z]{2}[A-Za-z0-9_-]+")
_GATEWAY = re.compile(r"[A-Za-z0-9.-]+:[0-9]{1,5}")
_LANGUAGES = re.compile(r"[a-z]{2}(\s*,\s*[a-z]{2})*")


def refuse_unknown(environment: Mapping[str, str], known: Collection[str]) -> None:
    """Refuse variables that are called like ours and are none, since one may be misspelled.

    Raises:
        BadInput: a variable is not known; the nearest known one is named.
    """
    found = [
        _unknown(name, known)
        for name in sorted(environment)
        if name.upper().startswith(PREFIX)
        and name not in known
        and not name.startswith(OF_THE_TESTS)
    ]
    if found:
        raise SeveralRefused.of(found)


def _unknown(name: str, known: Collection[str]) -> BadInput:
    bare = [each.removeprefix(PREFIX) for each in known]
    near = get_close_matches(name.upper().removeprefix(PREFIX), bare, n=1)
    remedy = (
        Sentence("did you mean {prefix}{near}?", prefix=PREFIX, near=near[0])
        if near
        else "unset it, or see docs/reference/settings.md"
    )
    return BadInput("is not a setting", remedy, field=name)


def refused_settings(
    error: ValidationError, names: Mapping[str, str], secret: Collection[str]
) -> BadInput:
    """Return everything that is wrong with the settings, one complaint for each.

    Args:
        error: what the validator found.
        names: the environment variable of each field.
        secret: fields whose values are not repeated.
    """
    found = []
    for each in error.errors(include_url=False):
        field = str(each["loc"][0]) if each["loc"] else ""
        problem, remedy = in_words(_as_text(each), repeat=field not in secret)
        found.append(BadInput(problem, remedy, field=names.get(field, field) or None))
    return SeveralRefused.of(found)


def _as_text(error: Any) -> Any:
    return {**error, "input": str(error.get("input", ""))}


def check_places(
    sms_gateway: str, voice_words: str, retention: str, files: str = "", shared: str = ""
) -> None:
    """Refuse settings that name a file or a folder which is not there.

    Raises:
        BadInput: a file should be there, or a folder, and is not.
    """
    if sms_gateway:
        _check_place(Path(sms_gateway), "file", "KAARTJE_SMS_GATEWAY")
    if voice_words:
        _check_place(Path(voice_words), "folder", "KAARTJE_VOICE_WORDS")
    if retention:
        _check_place(Path(retention), "file", "KAARTJE_RETENTION")
    if files and not files.startswith(BUCKET):
        _check_place(Path(files), "folder", "KAARTJE_FILES")
    if shared:
        _check_place(Path(shared), "folder", "KAARTJE_SHARED")


def _check_place(place: Path, kind: str, field: str) -> None:
    if place.is_dir() if kind == "folder" else place.is_file():
        return
    named = Sentence("folder") if kind == "folder" else Sentence("file")
    raise BadInput(
        Sentence("{place} is not a {kind}", place=place, kind=named)
        if place.exists()
        else Sentence("{place} is not there", place=place),
        Sentence("name a {kind} that is there, or unset it", kind=named),
        field=field,
    )


def check_role_map(text: str) -> str:
    """Return the roles of the provider's groups, each as ROLE=GROUP.

    Raises:
        ValueError: a part is not written so, or names no role.
    """
    role_map(text)
    return text


def role_map(text: str) -> dict[str, Role]:
    """Return the role of each group of the provider, in their order.

    Raises:
        ValueError: a part is not written as ROLE=GROUP, or names no role.
    """
    found: dict[str, Role] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        role, _, group = (each.strip() for each in part.partition("="))
        if role not in set(Role) or not group:
            raise ValueError(
                Sentence(
                    "{text!r} is not a role and a group; write it as manager=kaartje-leads, with one of {roles}",
                    text=part,
                    roles=", ".join(Role),
                )
            )
        found.setdefault(group, Role(role))
    return found


def check_web_address(text: str) -> str:
    """Return the address of a web server, or an empty text.

    Raises:
        ValueError: it is not http or https, or names no host.
    """
    parts = urlsplit(text)
    if text and not (parts.scheme in {"http", "https"} and _is_host(parts)):
        raise ValueError(
            Sentence(
                "{text!r} is not a web address; write it as https://kaartje.example", text=text
            )
        )
    if parts.username is not None:
        raise ValueError("holds a name or a password; write it as https://kaartje.example")
    if parts.query or parts.fragment:
        raise ValueError(
            Sentence("{text!r} goes on behind its path; end it before ? and #", text=text)
        )
    return text


def _is_host(parts: SplitResult) -> bool:
    """Return whether an address names a host, and a port that there is where it names one."""
    host = parts.hostname or ""
    return bool(_HOST.fullmatch(host)) and _has_port(parts)


def _has_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def check_proxies(text: str) -> str:
    """Return addresses and networks with commas between, or an empty text.

    Raises:
        ValueError: one of them is none, or is every address there is.
    """
    read_networks(text)
    return text


def check_database(text: str) -> str:
    """Return the URL of a database, or an empty text.

    Raises:
        ValueError: it names neither PostgreSQL nor SQLite. The text is not repeated, for its password.
    """
    if text and not _DATABASE.match(text):
        raise ValueError(
            "names neither PostgreSQL nor SQLite; write it as postgresql://user:password@host/name"
        )
    if text.startswith("postgres") and not _has_port(urlsplit(text)):
        raise ValueError(
            "names a port that there is none of; write it as postgresql://user:password@host:5432/name"
        )
    return text


def check_languages(text: str) -> str:
    """Return languages as two letters each, with commas between.

    Raises:
        ValueError: they are written otherwise.
    """
    if not _LANGUAGES.fullmatch(text.strip()):
        raise ValueError(
            Sentence(
                "{text!r} is not a list of languages; write two letters each, as nl,en", text=text
            )
        )
    named = [each.strip() for each in text.split(",")]
    if twice := sorted({each for each in named if named.count(each) > 1}):
        raise ValueError(
            Sentence("{text!r} stands there twice; write each language once", text=twice[0])
        )
    return text


def check_home(folder: Path) -> Path:
    """Return the home folder.

    Raises:
        ValueError: it is empty, which would be the folder that a command happens to run in.
    """
    if folder == Path():
        raise ValueError("names no folder; write its path")
    return folder


def check_host_and_port(text: str) -> str:
    """Return a host and a port, or an empty text.

    Raises:
        ValueError: it is written otherwise.
    """
    if text and not (_GATEWAY.fullmatch(text) and _has_port(urlsplit(f"//{text}"))):
        raise ValueError(
            Sentence("{text!r} is not a host and a port; write it as 127.0.0.1:8443", text=text)
        )
    return text


def check_sender(text: str) -> str:
    """Return the sender of texts, or an empty text.

    Raises:
        ValueError: it is not a number, a name or a Messaging Service.
    """
    if text:
        from channels.sms.senders import Sender

        _said(Sender.parse, text)
    return text


def check_account_id(prefix: str) -> Callable[[str], str]:
    """Return a check of what a provider calls an account, a key or an app (`AC…`)."""

    def check(text: str) -> str:
        if text and not (text.startswith(prefix) and _ACCOUNT_ID.fullmatch(text)):
            raise ValueError(
                Sentence(
                    "{text!r} is not an id of the provider; copy it as it was given, {prefix}…",
                    text=text,
                    prefix=prefix,
                )
            )
        return text

    return check


def check_test_numbers(text: str) -> str:
    """Return names with telephone numbers, with commas between, or an empty text.

    Raises:
        ValueError: a name has no number.
    """
    for each in filter(str.strip, text.split(",")):
        name, equals, number = each.partition("=")
        if not (name.strip() and equals and number.strip()):
            raise ValueError(
                Sentence(
                    "{text!r} is not a name with a number; write it as anja=0612345678",
                    text=each.strip(),
                )
            )
        check_number(number)
    return text


def check_number(text: str) -> str:
    """Return a telephone number, or an empty text.

    Raises:
        ValueError: it is none.
    """
    if text.strip():
        from people.numbers import PhoneNumber

        _said(PhoneNumber.parse, text)
    return text


def _said(parse: Any, text: str) -> None:
    """Parse a text, and let what is wrong with it be said without the place, which is the setting's."""
    try:
        parse(text)
    except BadInput as error:
        raise ValueError(
            Sentence("{problem}; {remedy}", problem=error.problem, remedy=error.remedy)
        ) from None
