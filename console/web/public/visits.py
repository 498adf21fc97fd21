"""One visit to a public page, with today's senders, the language and the form sent."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from channels.codes import read_code
from console.web.public.campaign_facts import PublicLine, PublicSender, lines_of, running
from console.web.public.choices import Choice, Unclear, choices, moment_in_words
from console.web.public.form_keys import KEY, new_key
from console.web.public.rendering import language_asked, public_page
from console.web.sessions import installation_of
from console.web.words import Language
from desk.entries.promised_windows import LineTurns
from desk.entries.queue_entries import ANY_SKILL
from installation.installation import Installation
from people.numbers import PhoneNumber
from store.errors import BadInput

READ = ["GET", "HEAD"]  # previews ask for the head of a page only
CARD, GENUINE, HELPERS, WHY = "/k", "/echt", "/helpen", "/waarom"
PLACES = (CARD, GENUINE, HELPERS, WHY)
"""Paths under which the public pages live."""


def is_public(path: str) -> bool:
    """Say whether this path is a public page."""
    return any(path == place or path.startswith(f"{place}/") for place in PLACES)


def sorry(request: Request, status: int, *, stale: bool = False) -> Response:
    """Return the page that says that a request was not accepted, and that calling always works."""
    senders = running(installation_of(request))
    key = (
        "stale"
        if stale
        else {404: "not_found", 413: "too_long", 429: "too_many"}.get(status, "not_taken")
    )
    return public_page(
        request,
        "sorry.html",
        language_asked(request),
        status=status,
        back=CARD,
        senders=senders,
        lines=lines_of(senders),
        key=key,
        **_now(request),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicVisit:
    """One visit to a public page."""

    request: Request
    installation: Installation
    language: Language
    senders: Sequence[PublicSender]
    form: Mapping[str, str]

    @property
    def lines(self) -> list[PublicLine]:
        """The phone lines, that of this card's address first."""
        lines = lines_of(self.senders)
        return sorted(lines, key=lambda line: line.number != self.form.get("line"))

    @property
    def choices(self) -> list[Choice]:
        """The call-back windows on offer."""
        if not self.lines:
            return []
        with self.turns() as turns:
            return choices(turns)

    @contextmanager
    def turns(self) -> Iterator[LineTurns]:
        """Open the turns of the line that this page asks to be called by."""
        now, hours = self.installation.now(), self.installation.policy.hours
        with self.installation.store.reading() as connection:
            yield LineTurns.read(connection, hours, self.lines[0].id, skill=ANY_SKILL, now=now)

    def page(self, name: str, *, status: int = 200, back: str = "", **values: Any) -> Response:
        """Return a public page."""
        common = {"senders": self.senders, "lines": self.lines, **_now(self.request)}
        return public_page(
            self.request, name, self.language, status=status, back=back, **(common | values)
        )

    def key(self, place: str) -> str:
        """Return the key of a form. A form that was sent keeps its key, so that it counts once."""
        mine = self.request.method == "POST" and self.request.url.path == place
        return self.form[KEY] if mine else new_key(self.installation, place)


def _now(request: Request) -> dict[str, Any]:
    return {"now": installation_of(request).now(), "spoken": moment_in_words, "phone": _number}


def _number(e164: str) -> str:
    return PhoneNumber.parse(e164).printed()


def public_visit(
    request: Request, form: Mapping[str, str] | None = None, numbers: Collection[str] = ()
) -> PublicVisit:
    """Return the visit of a request.

    `numbers` are those of the lines (E.164) that the address is about, where it says so.
    """
    installation = installation_of(request)
    senders = running(installation)
    mine = [each for each in senders if each.line.number in numbers]
    return PublicVisit(
        request=request,
        installation=installation,
        language=language_asked(request, form),
        senders=mine or senders,
        form=form or {},
    )


def code_in(form: Mapping[str, str], *, needed: bool) -> str | None:
    """Return the code of a form.

    Raises:
        Unclear: The code is mistyped, or needed and missing.
    """
    typed = form.get("code", "")
    if not typed:
        if needed:
            raise Unclear("code", "public.code.needed")
        return None
    try:
        return read_code(typed)
    except BadInput:
        raise Unclear("code", "public.code.mistyped") from None
