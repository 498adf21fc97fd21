"""Whatever is sent to the API, it never fails, and every answer is one that its document tells of."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from console.web.permissions import Area
from desk.entries.queue_entries import NewCall, enter
from installation.installation import Installation
from store.states import Role
from tests.builders import Builder
from tests.conftest import NOW
from tests.console.api.api_client import System, stranger, system

ODD = (
    "\0",
    "x" * 2_000,
    "2023-06-08",
    "2023-06-08T08:30:00Z",
    "9999-12-31T23:59:59+14:00",
    "0001-01-01T00:00:00-14:00",
)
TEXTS = st.one_of(st.text(max_size=30), st.sampled_from(ODD))
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.fixture
def busy(console_installation: Installation) -> Installation:
    """Four people wait, with a house full of what they might need."""
    with console_installation.store.writing() as connection:
        builder = Builder(connection, NOW)
        campaign = builder.campaign()
        line = builder.line()
        for ref in ("P1", "P2", "P3", "P4"):
            person, touch = builder.reach(campaign, ref)
            enter(
                connection,
                [
                    NewCall(
                        line_id=line,
                        reply_id=None,
                        received_at=NOW,
                        campaign_id=campaign.id,
                        touch_id=touch,
                        person_id=person,
                    )
                ],
            )
    agent = system(console_installation)
    agent.post("/takings", {})
    agent.post("/calls/1/identity-checks", {"born": "1980-05-17", "postcode": "1234AB"})
    agent.post(
        "/slots",
        {"location": "Dorpsplein 1", "kind": "counter", "startsAt": "2023-06-08T08:30:00Z"},
    )
    agent.post("/appointments", {"callId": 1, "slotId": 1})
    return console_installation


def of_schema(schema: dict[str, Any], names: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Draw what fits a schema of the document, as far as its shape says so."""
    if "$ref" in schema:
        return of_schema(names[schema["$ref"].rpartition("/")[2]], names)
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    if "anyOf" in schema:
        return st.one_of(*(of_schema(each, names) for each in schema["anyOf"]))
    match schema.get("type"):
        case "object":
            needed = schema.get("required", ())
            fields = {
                name: of_schema(each, names) for name, each in schema.get("properties", {}).items()
            }
            return st.fixed_dictionaries(
                {name: field for name, field in fields.items() if name in needed},
                optional={name: field for name, field in fields.items() if name not in needed},
            )
        case "array":
            return st.lists(
                of_schema(schema["items"], names), min_size=schema.get("minItems", 0), max_size=3
            )
        case "integer":
            return st.integers(1, 5)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "string" if schema.get("format") == "date":
            return st.dates().map(str)
        case "string" if schema.get("format") == "date-time":
            return st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")
        case _:
            return TEXTS


def fits(value: Any, schema: dict[str, Any], names: dict[str, Any]) -> bool:
    """Say whether an answer has the shape that the document tells of."""
    if "$ref" in schema:
        return fits(value, names[schema["$ref"].rpartition("/")[2]], names)
    if "anyOf" in schema:
        return any(fits(value, each, names) for each in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return value in (schema.get("enum") or [schema["const"]])
    kind = schema.get("type")
    if kind == "object":
        return isinstance(value, dict) and _has_fields(value, schema, names)
    if kind == "array":
        return isinstance(value, list) and all(fits(each, schema["items"], names) for each in value)
    return kind is None or type(value) in TYPES[kind]


TYPES = {
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
}


def _has_fields(value: dict[str, Any], schema: dict[str, Any], names: dict[str, Any]) -> bool:
    if set(schema.get("required", ())) - set(value):
        return False
    fields = schema.get("properties")
    return fields is None or all(
        name in fields and fits(each, fields[name], names) for name, each in value.items()
    )


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in sorted(methods.items())
    ]


def ask(
    draw: Any,
    agent: System,
    path: str,
    method: str,
    operation: dict[str, Any],
    names: dict[str, Any],
) -> Any:
    query = {}
    for each in operation.get("parameters", ()):
        if each["in"] == "path":
            right = (
                of_schema(each["schema"], names)
                .map(str)
                .filter(lambda text: text and not set(text) & set("/?#%\\"))
            )
            path = path.replace(f"{{{each['name']}}}", draw(right | st.just("1")) or "1")
        elif each["in"] == "query" and draw(st.booleans()):
            query[each["name"]] = draw(of_schema(each["schema"], names).map(str) | TEXTS)
    body = None
    if "requestBody" in operation:
        body = draw(
            of_schema(operation["requestBody"]["content"]["application/json"]["schema"], names)
            | ANYTHING
        )
    asked = "?" + urlencode(query, errors="replace") if query else ""
    return agent.ask(method.upper(), quote(path, errors="replace") + asked, body)


@pytest.mark.parametrize("many", [25, pytest.param(1_500, marks=pytest.mark.heavy)])
def test_no_input_makes_it_fail_and_every_answer_is_in_the_document(
    busy: Installation, many: int
) -> None:
    document = stranger(busy).get("/openapi.json").json()
    names = document["components"]["schemas"]
    agents = {
        **dict.fromkeys((Area.CAMPAIGNS, Area.STATISTICS), system(busy, "mia", Role.MANAGER)),
        **dict.fromkeys((Area.QUEUE, Area.CALLS, Area.DOUBTS), system(busy)),
    }
    found: list[str] = []

    @seed(2023)
    @settings(
        max_examples=many,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def anything(data: st.DataObject) -> None:
        path, method, operation = data.draw(st.sampled_from(operations(document)))
        answer = ask(data.draw, agents[Area(operation["x-area"])], path, method, operation, names)
        found.append(f"{answer.status_code}")
        said = operation["responses"].get(str(answer.status_code))
        assert said, (answer.status_code, path)
        assert answer.status_code < 500, (path, answer.text)
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if answer.status_code == 204:
            return
        assert kind in said["content"], (kind, path)
        if "json" in kind:
            assert fits(answer.json(), said["content"][kind]["schema"], names), (path, answer.text)

    anything()
    rare = {"201"} if many > 1_000 else set()
    assert {"200", "404", "422"} | rare <= set(found)
