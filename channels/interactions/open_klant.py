"""Client of Open Klant's Klantinteracties API, for contacts and internal tasks.

Contacts go by `maak-klantcontact`, whole or not at all.

Our own key travels as the object that the contact is about (`onderwerpobject`), in our own
register's name. So when a response was lost we can ask whether the contact is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from channels.interactions.port import Contact, Declined, Put, Task, Unclear
from channels.port import Unavailable
from store.errors import BadInput
from store.sentences import Sentence

SECONDS = 10.0  # to wait for an answer
OURS = {"codeRegister": "kaartje", "codeObjecttype": "gesprek", "codeSoortObjectId": "sleutel"}
_FILTER = "onderwerpobject__onderwerpobjectidentificator"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_BUSY = frozenset({401, 403, 429, 503})
"""Statuses with which it surely took nothing, and may take it later: a token is replaced, a rush passes."""


@dataclass(frozen=True, slots=True)
class OpenKlant:
    """One installation of Open Klant."""

    address: str  # up to and with /klantinteracties/api/v1
    token: str = field(repr=False)

    @classmethod
    def at(cls, address: str, *, token: str) -> "OpenKlant":
        """Make a client for this address, without a request yet.

        Raises:
            BadInput: the address is not https, or there is no token.
        """
        parts = urlsplit(address)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise BadInput(
                Sentence("{seen!r} is not https", seen=address),
                "write an https address, because it carries data about people",
                field="--to",
            )
        if parts.username or parts.query or parts.fragment:
            raise BadInput(
                "holds more than an address",
                "leave out user names, the query and the #fragment",
                field="--to",
            )
        if not token:
            raise BadInput(
                "there is no token for it", "set KAARTJE_INTERACTIONS_TOKEN", field="--to"
            )
        return cls(address.rstrip("/"), token)

    @property
    def name(self) -> str:
        """Base URL of the installation of Open Klant."""
        return self.address

    def put_contact(self, contact: Contact) -> Put | Declined | Unclear:
        """Create a contact together with our key, or nothing at all."""
        body = {
            "klantcontact": contact_body(contact),
            "onderwerpobject": {
                "wasKlantcontact": None,
                "onderwerpobjectidentificator": {"objectId": contact.key, **OURS},
            },
        }
        return self._put("/maak-klantcontact", body, "klantcontact")

    def find_contact(self, key: str) -> str | None:
        """Return the reference of the contact that is about our key, if there is one."""
        wanted = {f"{_FILTER}ObjectId": key, f"{_FILTER}CodeRegister": OURS["codeRegister"]}
        found = self._get("/klantcontacten", wanted)["results"]
        return str(found[0]["uuid"]) if found else None

    def put_task(self, task: Task) -> Put | Declined | Unclear:
        """Create a task at the contact it came out of."""
        return self._put("/internetaken", task_body(task), None)

    def find_task(self, task: Task, *, besides: frozenset[str]) -> str | None:
        """Return the reference of the task of this contact that has these words.

        Those in `besides` are known to be other tasks.
        """
        body, page = task_body(task), 1
        while True:
            page = self._get(
                "/internetaken", {"klantcontact__uuid": task.contact, "page": str(page)}
            )
            for each in page["results"]:
                same = all(
                    each.get(name) == body[name] for name in ("gevraagdeHandeling", "toelichting")
                )
                if same and each["uuid"] not in besides:
                    return str(each["uuid"])
            if not page.get("next"):
                return None
            page += 1

    def done_at(self, remote: str) -> datetime | None:
        """Return when a task was done, or None."""
        task = self._get(f"/internetaken/{remote}", {})
        return done(task) if task else None

    def _put(
        self, path: str, body: Mapping[str, Any], inside: str | None
    ) -> Put | Declined | Unclear:
        from requests.exceptions import ConnectTimeout, RequestException

        try:
            answer = self._ask("POST", path, json=body)
        except ConnectTimeout as error:
            raise Unavailable("Open Klant cannot be reached") from error
        except RequestException as error:
            return Unclear(f"no answer came: {type(error).__name__}")
        if answer.status_code in _BUSY:
            raise Unavailable(_refusal(answer.status_code))
        if answer.status_code >= 500:  # noqa: PLR2004  HTTP's own
            return Unclear(f"it answered {answer.status_code}")
        if answer.status_code not in {200, 201}:
            return Declined(f"it answered {answer.status_code}: {_fields(answer)}")
        try:
            made = answer.json()
            return Put(str((made[inside] if inside else made)["uuid"]))
        except (ValueError, KeyError, TypeError):
            return Unclear("its answer cannot be read")

    def _get(self, path: str, query: Mapping[str, str]) -> Any:
        from requests.exceptions import RequestException

        try:
            answer = self._ask("GET", path, params=query)
            if answer.status_code == 404:  # noqa: PLR2004  HTTP's own
                return None
            if answer.status_code != 200:  # noqa: PLR2004  idem
                raise Unavailable(_refusal(answer.status_code))
            return answer.json()
        except (RequestException, ValueError) as error:
            raise Unavailable("Open Klant cannot be asked now") from error

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        import requests

        headers = {"Authorization": f"Token {self.token}", "Accept": "application/json"}
        url, wait = f"{self.address}{path}", SECONDS
        return requests.request(
            method, url, headers=headers, timeout=wait, allow_redirects=False, **options
        )


def contact_body(contact: Contact) -> dict[str, Any]:
    """Return a contact in the form of Klantinteracties."""
    body: dict[str, Any] = {
        "kanaal": contact.channel,
        "onderwerp": contact.topic,
        "inhoud": contact.content,
        "indicatieContactGelukt": contact.succeeded,
        "taal": contact.language,
        "vertrouwelijk": True,
        "plaatsgevondenOp": contact.at.isoformat(),
    }
    return body | ({"metadata": {"kaartje_persoon": contact.person}} if contact.person else {})


def task_body(task: Task) -> dict[str, Any]:
    """Return a task in the form of Klantinteracties."""
    return {
        "aanleidinggevendKlantcontact": {"uuid": task.contact},
        "gevraagdeHandeling": task.needed,
        "toelichting": task.about,
        "status": "te_verwerken",
        "toegewezenAanActoren": [],  # it must be named; whom it is for stands in the words
    }


def done(task: Mapping[str, Any]) -> datetime | None:
    """Return when a task was done, or None where it was not."""
    if task.get("status") != "verwerkt" or not task.get("afgehandeldOp"):
        return None
    return datetime.fromisoformat(task["afgehandeldOp"])


def _refusal(status: int) -> Sentence:
    if status in {401, 403}:
        return Sentence("Open Klant answers {status}: it does not take our token", status=status)
    return Sentence("Open Klant answers {status}", status=status)


def _fields(answer: Any) -> str:
    """Return the names of the fields that were refused.

    Their messages are left out, for these may repeat what a citizen said.
    """
    try:
        refused = answer.json().get("invalidParams", [])
        return (
            ", ".join(f"{each['name']} ({each['code']})" for each in refused)[:300]
            or "it did not say why"
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return "it did not say why"
