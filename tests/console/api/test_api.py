"""The desk's API: one conversation from its beginning to its end, asked once, and refused in one form."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from channels.codes import response_code
from console.api.middleware import LONGEST
from console.web.permissions import Area, may
from desk.entries.queue_entries import NewCall, enter
from installation import accounts, api_tokens
from installation.installation import Installation
from store.clock import FixedClock
from store.states import Road, Role, TouchState
from store.tables import ApiAnswer, ApiToken, Call, Person, Touch
from tests.builders import Builder
from tests.conftest import NOW
from tests.console.api.api_client import PLACE, System, stranger, system
from tests.console.conftest import Browser, acts_of, put_account
from tests.deciding import deciding

CODE = response_code(482_913_057)
OF_THE_PERSON = ("P1", "Proef", "Verzonnenlaan", "1234AB", "closed envelopes", "1980")


@pytest.fixture
def calling(console_installation: Installation) -> Installation:
    """Two people with a card call; to the first a colleague spoke before."""
    with console_installation.store.writing() as connection:
        builder = Builder(connection, NOW)
        campaign = builder.campaign(subject="income-tax")
        person, touch = builder.reach(campaign, "P1", code=CODE)
        other, _ = builder.reach(campaign, "P2")
        line = builder.line()
        enter(
            connection,
            [
                NewCall(
                    line_id=line,
                    reply_id=None,
                    received_at=NOW - timedelta(minutes=5),
                    campaign_id=campaign.id,
                    touch_id=touch,
                    person_id=person,
                )
            ],
        )
        enter(
            connection,
            [
                NewCall(
                    line_id=line,
                    reply_id=None,
                    received_at=NOW,
                    campaign_id=campaign.id,
                    touch_id=None,
                    person_id=other,
                )
            ],
        )
    return console_installation


@pytest.mark.thorough
def test_one_conversation_wholly_by_the_api_and_nothing_of_the_person_before_the_check(
    calling: Installation,
) -> None:
    agent = system(calling)
    agent.post(
        "/slots",
        {"location": "Dorpsplein 1", "kind": "counter", "startsAt": "2023-06-08T08:30:00Z"},
    )
    seen = [agent.get("/queue-entries"), agent.get("/lines"), agent.post("/takings", {})]
    call = seen[-1].json()["callId"]
    seen += [agent.get(f"/calls/{call}"), agent.get(f"/calls/{call}/guide")]
    assert seen[-1].json()["atOnce"][0]["number"] == "113"
    wrong = agent.post(
        f"/calls/{call}/identity-checks", {"born": "1990-01-01", "postcode": "1234 AB"}
    )
    early = agent.post("/appointments", {"callId": call, "slotId": 1})
    assert (wrong.json(), early.status_code) == ({"result": "differs", "triesLeft": 2}, 409)
    right = agent.post(
        f"/calls/{call}/identity-checks", {"born": "1980-05-17", "postcode": "1234 ab"}
    )
    seen += [wrong, early, right]
    for answer in seen:
        assert not [word for word in OF_THE_PERSON if word in answer.text], answer.text
    person = agent.get(f"/calls/{call}").json()["person"]
    assert (person["personRef"], person["address"][0]) == ("P1", "Verzonnenlaan 12")

    booked = agent.post("/appointments", {"callId": call, "slotId": 1}).json()
    assert (booked["state"], booked["startsAt"]) == ("agreed", "2023-06-08T08:30:00Z")
    file = agent.get(f"/appointments/{booked['id']}/calendar")
    assert (file.headers["content-type"], "Proef" in file.text) == (
        "text/calendar; charset=utf-8",
        False,
    )
    task = {
        "situation": "Two years of closed envelopes.",
        "asked": "Time.",
        "promised": "Nothing.",
        "needed": "Call.",
    }
    made = agent.post(
        "/handovers", {**task, "callId": call, "toWhom": "counter", "deadline": "2023-06-09"}
    ).json()
    assert agent.get(f"/handovers/{made['id']}").json()["instruction"] == task
    answered = {
        "callId": call,
        "toWhom": "debt_help",
        "shared": ["name"],
        "consent": "May I give them your name?",
    }
    assert agent.post("/referrals", answered).status_code == 201
    assert agent.get(f"/cases/{made['caseId']}").json()["personRef"] == "P1"
    ended = agent.post(
        f"/calls/{call}/wrap-up", {"disposition": "helped", "note": "Filed together."}
    )
    assert ended.json() == {"callId": call, "disposition": "helped"}

    after = [
        agent.get(f"/handovers/{made['id']}"),
        agent.get(f"/cases/{made['caseId']}"),
        agent.get("/overdue-matters"),
    ]
    assert not [word for answer in after for word in OF_THE_PERSON if word in answer.text]
    assert after[0].json()["instruction"] is None
    assert agent.get(f"/calls/{call}").status_code == 409
    assert [
        (act.actor, act.road, act.person_ref) for act in acts_of(calling, "checked_identity")
    ] == [("kiss", Road.API, "P1")]


def test_what_is_asked_twice_under_one_key_is_done_once(calling: Installation) -> None:
    agent = system(calling)
    first, again = agent.post("/takings", {}, key="a"), agent.post("/takings", {}, key="a")
    assert (first.json(), again.headers["idempotency-replayed"]) == (again.json(), "true")
    assert agent.ask("PUT", "/presence").json() == {"calls": [first.json()["callId"]]}
    used = agent.post("/takings", {"callId": 2}, key="a")
    assert (used.status_code, used.json()["type"]) == (422, "urn:kaartje:problem:key-used")
    other = system(calling, "omar").post("/takings", {}, key="a")
    assert other.json()["callId"] != first.json()["callId"]


@pytest.mark.thorough
def test_of_a_crowd_that_asks_everything_twice_each_key_gets_one_call_of_its_own(
    installation: Installation,
) -> None:
    with installation.store.writing() as connection:
        line = Builder(connection, NOW).line()
        enter(
            connection, [NewCall(line_id=line, reply_id=None, received_at=NOW) for _ in range(12)]
        )
    first, *others = (system(installation, f"kiss-{place}") for place in range(4))
    agents = [first, *(System(first.client, each.token) for each in others)]  # each has three

    def ask(key: int) -> int:
        agent = agents[key % len(agents)]
        while (answer := agent.post("/takings", {}, key=f"key-{key}")).status_code == 409:
            assert answer.json()["type"] == "urn:kaartje:problem:under-way"
        return int(answer.json()["callId"])

    with ThreadPoolExecutor(24) as crowd:
        got = list(crowd.map(ask, [*range(12), *range(12)]))
    assert got[:12] == got[12:]
    assert sorted(got[:12]) == list(range(1, 13))


def test_what_was_refused_was_not_done_and_may_be_asked_again_under_its_key(
    calling: Installation,
) -> None:
    agent = system(calling)
    slot = {"location": "Dorpsplein 1", "kind": "counter", "startsAt": "2023-06-08T08:30:00Z"}
    assert agent.post("/signals/1/waits", {"waitsFor": "law"}, key="a").status_code == 404
    new = {
        "kind": "letters",
        "affected": "citizens",
        "what": "Nobody reads them.",
        "cause": "Blue.",
        "owner": "mia",
    }
    agent.post("/signals", new)
    assert agent.post("/signals/1/waits", {"waitsFor": "law"}, key="a").json()["waitsFor"] == "law"
    assert agent.post("/slots", slot).json() == {"new": True}


def test_what_stopped_half_way_is_not_done_again_blindly(calling: Installation) -> None:
    agent = system(calling)
    agent.post("/takings", {}, key="a")
    with calling.store.writing() as connection:
        connection.execute(update(ApiAnswer).values(status=None, answer=None))
    answered = agent.post("/takings", {}, key="a")
    assert (answered.status_code, answered.json()["type"]) == (409, "urn:kaartje:problem:not-known")


def test_of_an_objection_nothing_planned_goes_and_a_subject_nobody_has_closes_no_call(
    calling: Installation,
) -> None:
    agent = system(calling)
    call = agent.post("/takings", {}).json()["callId"]
    strange = agent.post(
        f"/calls/{call}/wrap-up", {"disposition": "objects", "scope": {"subjects": ["gardens"]}}
    )
    assert (strange.status_code, agent.get(f"/calls/{call}").status_code) == (422, 200)
    scope = {"disposition": "objects", "scope": {"subjects": ["income-tax"]}}
    assert agent.post(f"/calls/{call}/wrap-up", scope).status_code == 201


def test_a_relative_is_asked_for_no_code_and_is_told_nothing_back(calling: Installation) -> None:
    agent = system(calling)
    call = agent.post("/takings", {}).json()["callId"]
    who = {"familyName": "Proef P2", "born": "1980-05-17", "postcode": "1234AB"}
    assert agent.post(f"/calls/{call}/bereavements", who).json() == {"callId": call, "done": True}
    nobody = agent.post(f"/calls/{call}/bereavements", {**who, "familyName": "Jansen"})
    assert (nobody.status_code, "Jansen" in nobody.text) == (422, False)
    assert agent.post(f"/calls/{call}/other-callers").status_code == 201
    assert agent.post(f"/calls/{call}/identity-checks", {"born": "1980-05-17"}).status_code == 409


@pytest.mark.parametrize(("came", "about"), [("helped", []), ("call_back", ["P1"])])
def test_after_a_check_that_failed_a_call_joins_nobodys_case(
    calling: Installation, came: str, about: list[str]
) -> None:
    agent = system(calling)
    call = agent.post("/takings", {}).json()["callId"]
    agent.post(f"/calls/{call}/identity-checks", {"born": "1990-01-01", "postcode": "1234 AB"})
    assert (
        agent.post(
            f"/calls/{call}/wrap-up", {"disposition": came, "note": "A housemate?"}
        ).status_code
        == 201
    )
    with calling.store.reading() as connection:
        whom = (
            select(Person.person_ref).join(Call, Call.person_id == Person.id).where(Call.id == call)
        )
        assert list(connection.execute(whom).scalars()) == about


@pytest.mark.thorough
def test_nobody_finds_cards_by_trying_codes(calling: Installation) -> None:
    agent = system(calling)
    for attempt in range(30):
        assert agent.post("/calls", {"code": f"{attempt:010}"}).status_code == 422
    held = agent.post("/calls", {"code": CODE})
    assert (held.status_code, held.headers["retry-after"]) == (429, "900")
    other = system(calling, "omar").post("/calls", {"code": CODE})
    assert other.json() == {"callId": 1}


def test_a_list_is_read_page_by_page_and_each_names_the_next(calling: Installation) -> None:
    agent, seen, path = system(calling), [], f"{PLACE}/queue-entries?limit=1&line=%2B318000543"
    while path:
        answer = agent.get(path.removeprefix(PLACE))
        seen += [each["id"] for each in answer.json()["items"]]
        path = answer.json()["next"]
        assert (answer.headers.get("link", "").startswith(f"<{path}>")) == bool(path)
    assert seen == [1, 2]


def test_whoever_has_it_already_hears_so(calling: Installation) -> None:
    agent = system(calling)
    first = agent.get("/lines")
    again = agent.get("/lines", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    agent.post("/takings", {})
    assert agent.get("/lines", **{"If-None-Match": first.headers["etag"]}).status_code == 200


def _refused(agent: System, shop: System) -> dict[int, Any]:
    """Return an answer of every kind of refusal that does not need trouble on our side."""
    many = b'{"needed": "' + b"x" * LONGEST + b'"}'
    json = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {agent.token}",
        "Idempotency-Key": "k",
    }
    send = agent.client.post
    return {
        400: send(f"{PLACE}/takings", content=b"{", headers=json),
        401: System(agent.client, "kaartje_of_nobody").get("/lines"),
        403: shop.get("/lines"),
        404: agent.get("/nothing"),
        405: agent.ask("DELETE", "/lines"),
        409: agent.get("/calls/1"),
        413: send(f"{PLACE}/handovers", content=many, headers=json),
        415: send(
            f"{PLACE}/takings", data={"callId": "1"}, headers=json | {"Content-Type": "text/plain"}
        ),
        422: agent.post("/takings", {"callId": "one"}),
    }


@pytest.mark.thorough
def test_every_refusal_has_one_form_and_repeats_nothing_that_was_sent(
    calling: Installation,
) -> None:
    for status, answer in _refused(
        system(calling), system(calling, "shop", Role.PRINT_SHOP)
    ).items():
        assert (answer.status_code, answer.headers["content-type"]) == (
            status,
            "application/problem+json",
        ), answer.text
        assert answer.json()["status"] == status
        assert answer.json()["type"].startswith("urn:kaartje:problem:")
        assert answer.headers["api-version"] == "1.0.0"


@pytest.mark.everyday(2)
@pytest.mark.parametrize("name", ["a\nb", "\n", "a\r\n", "a\u2028b\x85", "a\n/touches"])
def test_a_name_with_line_breaks_in_it_is_answered_by_the_api_and_not_by_a_page(
    calling: Installation, name: str
) -> None:
    answer = system(calling, "mia", Role.MANAGER).get(f"/campaigns/{quote(name)}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_trouble_on_our_side_has_that_form_too(calling: Installation) -> None:
    agent = system(calling)
    with calling.store.writing() as connection:
        connection.exec_driver_sql("drop table signals")
    answer = agent.get("/signals")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "signals" not in answer.text


def test_a_cookie_lets_nobody_in(calling: Installation, signed_in: Any) -> None:
    browser: Browser = signed_in(Role.AGENT)
    assert browser.client.get(f"{PLACE}/lines").status_code == 401
    assert stranger(calling).get("/lines").headers["www-authenticate"].startswith("Bearer")


def test_a_token_is_open_until_its_day_or_until_somebody_ends_it(calling: Installation) -> None:
    agent = system(calling)
    with calling.store.reading() as connection:
        kept = connection.execute(select(ApiToken.__table__)).one()
    assert agent.token not in str(kept)
    later = replace(calling, clock=FixedClock(NOW + timedelta(days=91)))
    assert api_tokens.admitted(later, agent.token) is None
    assert agent.get("/lines").status_code == 200
    api_tokens.revoke(calling, 1, by=deciding("anja"))
    assert agent.get("/lines").status_code == 401
    assert [len(acts_of(calling, what)) for what in (api_tokens.MADE, api_tokens.REVOKED)] == [1, 1]


def test_a_token_in_a_colleagues_name_is_no_more_than_the_colleague(calling: Installation) -> None:
    put_account(calling, "fatma", Role.AGENT)
    with pytest.raises(ValueError, match="is agent"):
        system(calling, "fatma", Role.MANAGER)
    agent = system(calling, "fatma")
    accounts.close(calling.store, "fatma", NOW, by=deciding("fatma"))
    assert agent.get("/lines").status_code == 401


@pytest.mark.everyday(1)
@pytest.mark.parametrize("role", sorted(Role))
def test_the_table_of_access_holds_for_every_operation(calling: Installation, role: Role) -> None:
    nobody = stranger(calling)
    document = nobody.get("/openapi.json").json()
    agent = replace(nobody, token=system(calling, f"of-{role}", role).token)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            area = Area(operation["x-area"])
            where = path.replace("{name}", "x").replace("{skill}", "x")
            where = where if "{" not in where else where.split("{")[0] + "1" + where.split("}")[1]
            assert nobody.ask(method.upper(), where).status_code == 401
            refused = agent.ask(method.upper(), where, {"nothing": "of this"}).status_code == 403
            assert refused != may(role, area), (role, method, path)


@pytest.mark.thorough
def test_the_document_stands_by_itself(calling: Installation) -> None:
    answer = stranger(calling).get("/openapi.json")
    document = answer.json()
    assert answer.headers["access-control-allow-origin"] == "*"
    assert (document["openapi"][:2], document["servers"][0]["url"]) == ("3.", PLACE)
    names = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    ]
    assert len(names) == len(set(names))
    for path, operations in document["paths"].items():
        assert not path.endswith("/")
        assert path == path.lower()
        for method, operation in operations.items():
            assert operation["summary"]
            assert operation["security"] == [{"token": []}]
            assert {"401", "403", "404", "409", "422", "429", "500"} <= set(operation["responses"])
            named = {each["name"] for each in operation.get("parameters", ())}
            assert ("Idempotency-Key" in named) == (method == "post"), path


def test_a_touch_that_an_objection_holds_is_withheld(calling: Installation) -> None:
    agent = system(calling)
    with calling.store.writing() as connection:
        builder = Builder(connection, NOW)
        builder.touch(builder.campaign("next"), 1, state=TouchState.PLANNED)
    call = agent.post("/takings", {}).json()["callId"]
    agent.post(f"/calls/{call}/wrap-up", {"disposition": "objects"})
    with calling.store.reading() as connection:
        states = connection.execute(select(Touch.state).order_by(Touch.id)).scalars().all()
    assert states[-1] is TouchState.WITHHELD
