"""Pages on which a campaign is made: the drafts, their questions and their versions."""

from asyncio import create_task, wait
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from campaigns.drafts import drafts
from campaigns.drafts.document_edits import Location, document_of, fingerprint, value_at
from campaigns.drafts.line_differences import differences
from console.catalogues import translation_to
from console.web import draft_starts
from console.web.action_log import decider
from console.web.draft_conditions import counted_in_words, counting, picking, with_condition
from console.web.draft_fields import Field
from console.web.draft_lists import listed_change
from console.web.draft_problems import Problem, problems_of
from console.web.draft_questions import QUESTIONS
from console.web.rendering import page
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import Making, Visit
from console.web.uploads import Uploaded
from console.web.wave_days import wave_days
from console.web.words import say
from store.clock import LOCAL
from store.errors import BadInput
from store.plain_errors import in_plain_words
from store.yaml_lines import decode_yaml

router = APIRouter()
_LONGEST_TITLE = 300
_LOOK_AGAIN = 0.1
"""Seconds after which a count looks whether somebody still waits for it."""
_WHOLE: dict[str, Location] = {"words": ("arms",), "many": ("arms",), "when": ("waves",)}
"""Lists that a page adds to and takes from, and so holds whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page of a draft as it is shown again after something was wrong."""

    form: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    changed: bool = False  # somebody else changed it meanwhile
    refused: str = ""
    not_added: str = ""  # why the condition that was picked was not added


@router.get("/drafts")
def list_drafts(visit: Making) -> Response:
    """Show the campaigns that are being made."""
    return page(
        visit,
        "drafts.html",
        drafts=[(each, _title(each.document)) for each in drafts.open_drafts(visit.installation)],
    )


@router.get("/drafts/new")
def new_draft(visit: Making) -> Response:
    """Ask how a new campaign begins."""
    return _beginning(visit)


@router.post("/drafts/new")
def make_draft(visit: Making, form: Posted) -> Response:
    """Make a draft of a title, or of an earlier campaign."""
    if form.get("how") == "campaign":
        source = draft_starts.from_campaign(visit.installation, form.get("name", ""))
        if source is None:
            return _beginning(visit, ("name", say(visit.language, "making.choose_campaign")))
    else:
        title = form.get("title", "")
        if not title or len(title) > _LONGEST_TITLE:
            return _beginning(visit, ("title", say(visit.language, "making.title_needed")), title)
        source = draft_starts.from_title(visit.installation, title, visit.language)
    return _begun(visit, source, "whom")


@router.post("/drafts/upload")
def upload_draft(visit: Making, upload: Uploaded) -> Response:
    """Make a draft of a campaign file that is uploaded, exactly as it was written."""
    if not upload.content:
        return _beginning(visit, ("file", say(visit.language, "making.choose_file")))
    try:
        source = decode_yaml(upload.content, upload.name).replace("\r\n", "\n")
        document_of(source, upload.name)
        return _begun(visit, source, "check")
    except BadInput as refused:
        why = in_plain_words(refused, translation_to(visit.language))
        return _beginning(visit, ("file", why))


@router.get("/drafts/{draft_id:int}")
def open_draft(visit: Making, draft_id: int) -> Response:
    """Go to the first question of a draft."""
    del visit
    return RedirectResponse(f"/drafts/{draft_id}/whom", 303)


@router.get("/drafts/{draft_id:int}/file")
def download_draft(visit: Making, draft_id: int) -> Response:
    """Give the campaign file of a draft, as the command line takes it."""
    draft = found(visit, draft_id)
    name = value_at(draft.document, ("campaign",))
    plain = "".join(
        each for each in str(name) if each.isascii() and (each.isalnum() or each == "-")
    )
    return Response(
        draft.source,
        media_type="application/yaml",
        headers={"content-disposition": f'attachment; filename="{plain or "campaign"}.yaml"'},
    )


@router.get("/drafts/{draft_id:int}/versions")
def show_versions(visit: Making, draft_id: int) -> Response:
    """Show the versions of a draft, and the difference between two of them."""
    draft = found(visit, draft_id)
    saved = drafts.versions(visit.installation, draft_id)
    by_number = {str(each.number): each for each in saved}
    asked = visit.request.query_params
    newer = by_number.get(asked.get("to", ""), saved[0])
    older = by_number.get(asked.get("from", ""), saved[min(1, len(saved) - 1)])
    return page(
        visit,
        "draft_versions.html",
        draft=draft,
        title=_title(draft.document),
        versions=saved,
        older=older,
        newer=newer,
        differences=differences(older.source, newer.source),
    )


@router.post("/drafts/{draft_id:int}/versions")
def restore_version(visit: Making, form: Posted, draft_id: int) -> Response:
    """Make an earlier version the newest."""
    found(visit, draft_id)
    number = form.get("number", "")
    if not number.isdecimal() or len(number) > len(str(LARGEST_ID)) - 1:
        raise HTTPException(404)
    try:
        restored = drafts.restore(
            visit.installation,
            draft_id,
            int(number),
            by=decider(visit),
            now=visit.installation.now(),
        )
    except BadInput:
        visit.notify("making.closed")
    else:
        if restored is None:
            raise HTTPException(404)
        visit.notify("making.restored")
    return RedirectResponse(f"/drafts/{draft_id}/versions", 303)


@router.post("/drafts/{draft_id:int}/remove")
def remove_draft(visit: Making, form: Posted, draft_id: int) -> Response:
    """Remove a draft, once it is sure."""
    if not form.get("sure"):
        visit.notify("making.not_sure")
        return RedirectResponse(f"/drafts/{draft_id}/versions", 303)
    drafts.remove(visit.installation, draft_id, by=decider(visit), now=visit.installation.now())
    visit.notify("making.removed")
    return RedirectResponse("/drafts", 303)


@router.post("/drafts/{draft_id:int}/count")
async def count_audience(visit: Making, form: Posted, draft_id: int) -> Response:
    """Count the people that a rule finds, until the browser goes away or asks for another."""
    del draft_id
    count = counting(visit, form.get("where", ""))
    work = create_task(run_in_threadpool(counted_in_words, visit, count))
    while not (await wait({work}, timeout=_LOOK_AGAIN))[0]:
        if await visit.request.is_disconnected():
            count.end()
    return JSONResponse(await work)


@router.get("/drafts/{draft_id:int}/{question}")
def show_question(visit: Making, draft_id: int, question: str) -> Response:
    """Show one question of a draft, or the first for who comes back from a form with another address."""
    draft = found(visit, draft_id)
    if question not in QUESTIONS:
        return open_draft(visit, draft_id)
    return _question(visit, draft, question)


@router.post("/drafts/{draft_id:int}/{question}")
def answer_question(visit: Making, form: Posted, draft_id: int, question: str) -> Response:
    """Save the answers of one page, and go on where nothing of it is wrong."""
    draft = found(visit, draft_id)
    pressed = form.get("do", "")
    if pressed == "add-condition":
        try:
            form = with_condition(visit, form)
        except BadInput as refused:
            why = in_plain_words(refused, translation_to(visit.language))
            return _question(visit, draft, question, Shown(form=form, not_added=why), status=400)
    try:
        draft = _saved(visit, draft, question, form, pressed)
    except drafts.ChangedMeanwhile as changed:
        shown = Shown(form=form, changed=True)
        return _after(visit, changed.draft, question, pressed, shown, "making.changed")
    except BadInput as refused:
        why = in_plain_words(refused, translation_to(visit.language))
        shown = Shown(form=form, refused=why)
        return _after(visit, draft, question, pressed, shown, "making.closed")
    if not pressed:
        return _kept(visit, draft, question)
    if pressed != "next":
        return RedirectResponse(f"/drafts/{draft_id}/{question}{_asked(form, pressed)}", 303)
    problems = tuple(each for each in problems_of(visit, draft) if each.question == question)
    if problems:
        return _question(visit, draft, question, Shown(form={}, problems=problems))
    names = [*QUESTIONS, "check"]
    return RedirectResponse(f"/drafts/{draft_id}/{names[names.index(question) + 1]}", 303)


def _asked(form: Mapping[str, str], pressed: str) -> str:
    """Return what the page of whom to reach is to show next."""
    if pressed == "pick":
        return "?" + urlencode({"fact": form.get("pick.fact", "")}) + "#pick"
    return "?count=yes" if pressed in {"count", "add-condition"} else ""


def found(visit: Visit, draft_id: int) -> drafts.Draft:
    """Return a draft.

    Raises:
        HTTPException: 404 where there is none.
    """
    draft = drafts.find(visit.installation, draft_id) if draft_id <= LARGEST_ID else None
    if draft is None:
        raise HTTPException(404)
    return draft


def _saved(
    visit: Visit, draft: drafts.Draft, question: str, form: Mapping[str, str], pressed: str
) -> drafts.Draft:
    document = draft.document
    values: dict[Location, Any] = {}
    for field in _fields(visit, document, question):
        values |= field.change(document, form)
    values |= listed_change(document, values, pressed)
    made = drafts.Change(
        values=values,
        about=_about(visit, document, question),
        was=form.get("was", ""),
        as_version=bool(pressed),
    )
    return drafts.change(
        visit.installation, draft.id, made, by=decider(visit), now=visit.installation.now()
    )


def _fields(visit: Visit, document: Any, question: str) -> tuple[Field, ...]:
    if question not in QUESTIONS:
        raise HTTPException(404)
    return QUESTIONS[question].fields(document, visit.language)


def _about(visit: Visit, document: Any, question: str) -> list[Location]:
    places = [field.place for field in _fields(visit, document, question)]
    return [*places, _WHOLE[question]] if question in _WHOLE else places


def _kept(visit: Visit, draft: drafts.Draft, question: str) -> Response:
    """Answer a form that was kept while somebody types."""
    if "application/json" not in visit.request.headers.get("accept", ""):
        return RedirectResponse(f"/drafts/{draft.id}/{question}", 303)
    time = f"{visit.installation.now().astimezone(LOCAL):%H:%M}"
    said = say(visit.language, "draft.saved", time=time)
    return JSONResponse({"said": said, "was": _was(visit, draft, question)})


def _after(
    visit: Visit, draft: drafts.Draft, question: str, pressed: str, shown: Shown, key: str
) -> Response:
    """Answer a form that was not saved, with everything that was typed."""
    if not pressed and "application/json" in visit.request.headers.get("accept", ""):
        return JSONResponse({"said": say(visit.language, key)}, 409)
    return _question(visit, draft, question, shown, status=409)


def _was(visit: Visit, draft: drafts.Draft, question: str) -> str:
    document = draft.document
    return fingerprint(document, _about(visit, document, question))


def _question(
    visit: Visit,
    draft: drafts.Draft,
    question: str,
    shown: Shown | None = None,
    *,
    status: int | None = None,
) -> Response:
    document = draft.document
    fields = _fields(visit, document, question)
    shown = shown or Shown(form={})
    saved = {name: text for field in fields for name, text in field.shown(document).items()}
    typed = {name: shown.form.get(name, "") for name in saved} if shown.form else saved
    return page(
        visit,
        "draft_question.html",
        status=status or (400 if shown.problems else 200),
        draft=draft,
        document=document,
        title=_title(document),
        question=question,
        questions=list(QUESTIONS),
        fields=fields,
        typed=typed,
        others={name: text for name, text in saved.items() if text != typed[name]},
        shown=shown,
        errors={each.field: each.text for each in reversed(shown.problems)},
        was=_was(visit, draft, question),
        **(_of_whom(visit, document, shown) if question == "whom" else {}),
        wave_days=wave_days(visit.installation, document, now=visit.installation.now()),
    )


def _of_whom(visit: Visit, document: Any, shown: Shown) -> dict[str, Any]:
    where = value_at(document, ("audience", "where"))
    counted = visit.request.query_params.get("count") and isinstance(where, str)
    return {
        "picking": picking(visit, shown.form, shown.not_added),
        "counted": counted_in_words(visit, counting(visit, str(where))) if counted else None,
    }


def _title(document: Any) -> str:
    title = value_at(document, ("title",))
    return str(title) if title not in (None, "") else "…"


def _begun(visit: Visit, source: str, to: str) -> Response:
    made = drafts.make(visit.installation, source, by=decider(visit), now=visit.installation.now())
    return RedirectResponse(f"/drafts/{made}/{to}", 303)


def _beginning(visit: Visit, refused: tuple[str, str] | None = None, title: str = "") -> Response:
    return page(
        visit,
        "draft_new.html",
        status=400 if refused else 200,
        campaigns=draft_starts.earlier(visit.installation),
        refused=refused,
        typed=title,
    )
