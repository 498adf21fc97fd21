"""A stand-in for Open Klant, which accepts and searches like the real one and can go silent."""

import json
import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import responses
from requests import PreparedRequest
from requests.exceptions import ConnectTimeout, ReadTimeout

PLACE = "https://klant.invalid/klantinteracties/api/v1"
TOKEN = "a token for tests"
LONGEST = {
    "kanaal": 50,
    "onderwerp": 200,
    "inhoud": 1000,
    "taal": 3,
    "gevraagdeHandeling": 200,
    "toelichting": 1000,
}
Answer = tuple[int, dict[str, str], str]


@dataclass(kw_only=True)
class OpenKlantStandIn:
    """Contacts and tasks by uuid. `trouble` is what happens to the next things that are put, one each."""

    place: str = PLACE
    contacts: dict[str, Any] = field(default_factory=dict)
    tasks: dict[str, Any] = field(default_factory=dict)
    trouble: list[str] = field(
        default_factory=list
    )  # silent: it takes it, and no answer comes; deaf, busy, declines
    asked: list[str] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(1))

    def open(self, mock: responses.RequestsMock) -> None:
        for method in ("GET", "POST"):
            mock.add_callback(
                method, re.compile(re.escape(self.place) + ".*"), callback=self._answer
            )

    def _answer(self, request: PreparedRequest) -> Answer:
        path = urlsplit(str(request.url)).path.removeprefix(urlsplit(self.place).path)
        self.asked.append(f"{request.method} {path}")
        if request.headers["Authorization"] != f"Token {TOKEN}":
            return 403, {}, "{}"
        if request.method == "GET":
            return self._found(
                path,
                {
                    name: text[0]
                    for name, text in parse_qs(urlsplit(str(request.url)).query).items()
                },
            )
        return self._put(
            path,
            json.loads(
                str(request.body or b"", "utf-8") if isinstance(request.body, bytes) else "{}"
            ),
        )

    def _found(self, path: str, query: dict[str, str]) -> Answer:
        if path.startswith("/internetaken/"):
            task = self.tasks.get(path.rpartition("/")[2])
            return (200, {}, json.dumps(task)) if task else (404, {}, "{}")
        if path == "/klantcontacten":
            key = query["onderwerpobject__onderwerpobjectidentificatorObjectId"]
            found = [each for each in self.contacts.values() if each["over"]["objectId"] == key]
        else:
            of = query["klantcontact__uuid"]
            found = [
                each
                for each in self.tasks.values()
                if each["aanleidinggevendKlantcontact"]["uuid"] == of
            ]
        return 200, {}, json.dumps({"count": len(found), "next": None, "results": found})

    def _put(self, path: str, body: dict[str, Any]) -> Answer:
        trouble = self.trouble.pop(0) if self.trouble else ""
        if trouble == "deaf":
            raise ConnectTimeout
        if trouble == "busy":
            return 503, {}, "{}"
        inside = body["klantcontact"] if path == "/maak-klantcontact" else body
        long = [name for name, longest in LONGEST.items() if len(inside.get(name, "")) > longest]
        if long or trouble == "declines":
            return (
                400,
                {},
                json.dumps(
                    {"invalidParams": [{"name": name, "code": "max_length"} for name in long]}
                ),
            )
        made = {**inside, "uuid": f"uuid-{next(self._numbers)}"}
        if path == "/maak-klantcontact":
            about = body["onderwerpobject"]["onderwerpobjectidentificator"]
            self.contacts[made["uuid"]] = {**made, "over": about}
        else:
            assert inside["aanleidinggevendKlantcontact"]["uuid"] in self.contacts
            assert "toegewezenAanActoren" in inside
            self.tasks[made["uuid"]] = made
        if trouble == "silent":
            raise ReadTimeout
        return 201, {}, json.dumps({"klantcontact": made} if path == "/maak-klantcontact" else made)
