"""Another system at the API of the desk, in the tests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from console.web.app import make_app
from installation import api_tokens
from installation.installation import Installation
from store.states import Role
from tests.console.conftest import TestClient
from tests.deciding import deciding

PLACE = "/api/v1"


@dataclass
class System:
    """A system with a token: every act it asks for has a key of its own, unless the test gives one."""

    client: TestClient
    token: str
    keys: Iterator[int] = field(default_factory=count)

    def ask(
        self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str
    ) -> Any:
        given = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if method == "POST":
            given["Idempotency-Key"] = key or f"key-{next(self.keys)}"
        return self.client.request(method, PLACE + path, json=body, headers={**given, **headers})

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, *, key: str = "") -> Any:
        return self.ask("POST", path, body, key=key)


def system(installation: Installation, name: str = "kiss", role: Role = Role.AGENT) -> System:
    token = api_tokens.make(installation, name, role, by=deciding("anja"))
    return System(TestClient(make_app(installation), raise_server_exceptions=False), token)


def stranger(installation: Installation) -> System:
    return System(TestClient(make_app(installation), raise_server_exceptions=False), "")
