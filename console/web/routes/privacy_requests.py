"""Requests of citizens about their own data, for the privacy officer.

A reference is posted and never stands in an address.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from console.catalogues import translation_to
from console.web.action_log import decider
from console.web.rendering import page
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import AnsweringRequests, Visit
from privacy.access_pages import access_pages
from privacy.breaches import breaches, record_breach, settle_breach
from privacy.erasing import erase
from privacy.print_files import runs_of_erasures
from privacy.requests import (
    ROADS,
    NewRequest,
    Request,
    answer,
    check,
    exported,
    extend,
    prepare,
    record_request,
    request_of,
    requests,
)
from privacy.restriction import restrict
from store.clock import local_date, parse_moment
from store.errors import BadInput
from store.plain_errors import in_plain_words
from store.states import RequestKind, RequestOutcome

router = APIRouter()
LONGEST = 2_000  # characters of what was asked or answered
SHOWN = 50  # requests that were answered


@router.get("/requests")
def show_requests(visit: AnsweringRequests) -> Response:
    """Show the requests that wait, the one that is due first on top."""
    return _page(visit)


@router.post("/requests")
def new_request(visit: AnsweringRequests, form: Posted) -> Response:
    """Write down a request."""
    try:
        record_request(
            visit.installation.store,
            _asked(form, visit),
            by=decider(visit),
            now=visit.installation.now(),
        )
    except BadInput as error:
        return _page(visit, error, form=form)
    visit.notify("requests.did.recorded")
    return RedirectResponse("/requests", 303)


def _asked(form: Mapping[str, str], visit: Visit) -> NewRequest:
    kind, received = form.get("kind", ""), form.get("received", "").strip()
    if kind not in set(RequestKind):
        raise BadInput("is missing", "say what they ask for", field="kind")
    return NewRequest(
        kind=RequestKind(kind),
        ref=form.get("ref", "").strip()[:100],
        received_at=parse_moment(received) if received else visit.installation.now(),
        road=form.get("road", ""),
        asked=form.get("asked", "")[:LONGEST],
        identity=form.get("identity", "")[:LONGEST],
    )


_Step = Callable[[Visit, int, Mapping[str, str]], Request]


def _prepare(visit: Visit, number: int, form: Mapping[str, str]) -> Request:
    del form
    return prepare(visit.installation, number, by=decider(visit), now=visit.installation.now())


def _check(visit: Visit, number: int, form: Mapping[str, str]) -> Request:
    del form
    return check(visit.installation.store, number, by=decider(visit), now=visit.installation.now())


def _extend(visit: Visit, number: int, form: Mapping[str, str]) -> Request:
    return extend(
        visit.installation.store,
        number,
        why=form.get("words", "")[:LONGEST],
        by=decider(visit),
        now=visit.installation.now(),
    )


def _answer(visit: Visit, number: int, form: Mapping[str, str]) -> Request:
    outcome = form.get("outcome", "")
    if outcome not in set(RequestOutcome):
        raise BadInput("is missing", "say how it ended", field="outcome")
    return answer(
        visit.installation.store,
        number,
        RequestOutcome(outcome),
        words=form.get("words", "")[:LONGEST],
        by=decider(visit),
        now=visit.installation.now(),
    )


def _erase(visit: Visit, number: int, form: Mapping[str, str]) -> Request:
    del form
    erase(visit.installation, number, by=decider(visit), now=visit.installation.now())
    return request_of(visit.installation.store, number)


def _restrict(visit: Visit, number: int, form: Mapping[str, str]) -> Request:
    del form
    return restrict(visit.installation, number, by=decider(visit), now=visit.installation.now())


STEPS: dict[str, _Step] = {
    "prepare": _prepare,
    "check": _check,
    "extend": _extend,
    "answer": _answer,
    "erase": _erase,
    "restrict": _restrict,
}


@router.post("/requests/{number:int}/{step}")
def take_step(visit: AnsweringRequests, form: Posted, number: int, step: str) -> Response:
    """Prepare, check, extend, carry out or answer a request, or hand out what was prepared for it."""
    if number > LARGEST_ID or step not in (*STEPS, "json", "pdf"):
        raise HTTPException(404)
    try:
        if step in ("json", "pdf"):
            return _file(visit, number, step)
        STEPS[step](visit, number, form)
    except BadInput as error:
        return _page(visit, error)
    visit.notify(f"requests.did.{step}")
    return RedirectResponse("/requests", 303)


@router.post("/breaches")
def new_breach(visit: AnsweringRequests, form: Posted) -> Response:
    """Write down what may be a breach of personal data, noticed now or at the moment that was given."""
    now, noticed = visit.installation.now(), form.get("noticed", "").strip()
    try:
        record_breach(
            visit.installation.store,
            form.get("what", "")[:LONGEST],
            noticed_at=parse_moment(noticed) if noticed else now,
            by=decider(visit),
            now=now,
        )
    except BadInput as error:
        return _page(visit, error)
    visit.notify("requests.did.breach")
    return RedirectResponse("/requests", 303)


@router.post("/breaches/{number:int}/settle")
def end_breach(visit: AnsweringRequests, form: Posted, number: int) -> Response:
    """Write down that a breach was reported to the authority, or why it need not be."""
    if number > LARGEST_ID or form.get("reported") not in ("yes", "no"):
        raise HTTPException(404)
    try:
        settle_breach(
            visit.installation.store,
            number,
            reported=form["reported"] == "yes",
            words=form.get("words", "")[:LONGEST],
            by=decider(visit),
            now=visit.installation.now(),
        )
    except BadInput as error:
        return _page(visit, error)
    visit.notify("requests.did.settled")
    return RedirectResponse("/requests", 303)


def _file(visit: Visit, number: int, kind: str) -> Response:
    """Return what was prepared, and write down that it was read."""
    installation, now = visit.installation, visit.installation.now()
    document = exported(installation.store, number, by=decider(visit), now=now)
    if kind == "pdf":
        content: bytes = access_pages(installation, document, language=visit.language, now=now)
    else:
        content = json.dumps(document, ensure_ascii=False, indent=2).encode()
    headers = {
        "content-disposition": f'attachment; filename="access-{number}.{kind}"',
        "cache-control": "no-store",
    }
    return Response(content, media_type=f"application/{kind}", headers=headers)


def _page(
    visit: Visit, error: BadInput | None = None, *, form: Mapping[str, str] | None = None
) -> Response:
    installation = visit.installation
    values: dict[str, Any] = {
        "open": requests(installation.store),
        "answered": requests(installation.store, answered=True)[:SHOWN],
        "breaches": breaches(installation.store),
        "print_files": runs_of_erasures(installation),
        "now": installation.now(),
        "kinds": tuple(RequestKind),
        "roads": ROADS,
        "outcomes": tuple(RequestOutcome),
        "form": form or {},
        "reader": decider(visit),
        "on": local_date,
        "trouble": in_plain_words(error, translation_to(visit.language)) if error else "",
    }
    return page(visit, "privacy_requests.html", status=422 if error else 200, **values)
