"""Pages on which the words of templates are read, changed and seen as people get them."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from campaigns.drafts.document_edits import fingerprint
from campaigns.touches.saved_words import load_words, save_words, words_versions
from console.catalogues import translation_to
from console.web.action_log import decider
from console.web.rendering import page
from console.web.security import Posted
from console.web.sessions import Making, Visit
from console.web.template_choices import for_campaigns
from console.web.word_parts import parts_of, with_parts
from console.web.word_previews import picture, previews, weights
from console.web.words import say
from store.errors import BadInput
from store.plain_errors import in_plain_words
from store.sentences import translated
from templates.texts import Template

router = APIRouter()


@router.get("/words")
def list_words(visit: Making) -> Response:
    """Show every template whose words can be read."""
    return page(visit, "words.html", templates=for_campaigns())


@router.get("/words/{name}")
def show_words(visit: Making, name: str) -> Response:
    """Show the words of a template, and how several kinds of people get them."""
    return _page(visit, _loaded(visit, name))


@router.get("/words/{name}/{who}.png")
def show_picture(visit: Making, name: str, who: str) -> Response:
    """Show a card or letter as one kind of person gets it."""
    drawn = picture(_loaded(visit, name), who, now=visit.installation.now())
    if drawn is None:
        raise HTTPException(404)
    return Response(drawn, media_type="image/png")


@router.post("/words/{name}")
def change_words(visit: Making, form: Posted, name: str) -> Response:
    """Show other words as people would get them, or save them as the next version."""
    saved = _loaded(visit, name)
    written = {
        file: with_parts(source, _typed(form, file)) for file, source in _files(saved).items()
    }
    try:
        template = Template.from_sources(name, {**saved.sources, **written})
        found = [*_emptied(visit, saved, form), *_findings(visit, template)]
        if not found:
            previews(template)
    except BadInput as refused:
        why = in_plain_words(refused, translation_to(visit.language))
        return _page(visit, saved, typed=form, refused=[why], status=400)
    if found:
        return _page(visit, template, typed=form, refused=found, status=400)
    if form.get("do") != "save":
        return _page(visit, template, typed=form)
    with visit.installation.store.writing() as connection:
        now_saved = load_words(connection, name)
        if form.get("was") != _was(now_saved) and _was(now_saved) != _was(template):
            return _page(visit, template, typed=form, changed=True, was=_was(now_saved), status=409)
        for file, source in written.items():
            if source != now_saved.sources[file]:
                by, now = decider(visit), visit.installation.now()
                save_words(connection, name, file, source, by=by, now=now)
    visit.notify("words.saved")
    return RedirectResponse(f"/words/{name}", 303)


@router.post("/words/{name}/back")
def give_back(visit: Making, form: Posted, name: str) -> Response:
    """Let the words of the folder hold again, for campaigns that are still to be submitted."""
    template = _loaded(visit, name)
    with visit.installation.store.writing() as connection:
        for file in _files(template) if form.get("sure") else ():
            by, now = decider(visit), visit.installation.now()
            save_words(connection, name, file, None, by=by, now=now)
    visit.notify("words.back_done" if form.get("sure") else "making.not_sure")
    return RedirectResponse(f"/words/{name}", 303)


def _loaded(visit: Visit, name: str) -> Template:
    if name not in for_campaigns():
        raise HTTPException(404)
    try:
        with visit.installation.store.reading() as connection:
            return load_words(connection, name)
    except BadInput:
        raise HTTPException(404) from None


def _files(template: Template) -> dict[str, str]:
    return {f"{each}.j2": template.sources[f"{each}.j2"] for each in template.languages}


def _typed(form: Mapping[str, str], file: str) -> dict[str, str]:
    start = f"{file}:"
    return {
        name.removeprefix(start): text.replace("\r\n", "\n")
        for name, text in form.items()
        if name.startswith(start)
    }


def _findings(visit: Visit, template: Template) -> list[str]:
    """Return each word that a template may not have, with what to write instead."""
    own_name = visit.installation.policy.open_cards.own_name
    translate = translation_to(visit.language)
    return [
        f"{each.file.rpartition('/')[2][:2]}, {each.part}: “{each.word}” "
        f"{translated(each.why, translate)}; {translated(each.remedy, translate)}"
        for each in template.lint(template.purposes[0], own_name=own_name)
    ]


def _emptied(visit: Visit, saved: Template, form: Mapping[str, str]) -> list[str]:
    """Return each part that had words and has none now: somebody relied on it being said."""
    return [
        say(visit.language, "words.emptied", part=part.replace("_", " "))
        for file, source in _files(saved).items()
        for part, words in parts_of(source).items()
        if words.strip() and not _typed(form, file).get(part, words).strip()
    ]


def _was(template: Template) -> str:
    return fingerprint(sorted(_files(template).items()), [()])


def _page(
    visit: Visit,
    template: Template,
    *,
    typed: Mapping[str, str] | None = None,
    refused: list[str] | None = None,
    changed: bool = False,
    was: str = "",
    status: int = 200,
) -> Response:
    with visit.installation.store.reading() as connection:
        versions: dict[str, Any] = {
            file: words_versions(connection, template.name, file) for file in _files(template)
        }
    try:
        shown = previews(template)
    except BadInput:
        shown = ()
    return page(
        visit,
        "words_edit.html",
        status=status,
        template=template,
        parts={
            file: {
                part: (typed or {}).get(f"{file}:{part}", words)
                for part, words in parts_of(source).items()
            }
            for file, source in _files(template).items()
        },
        previews=shown,
        weights=weights(template, visit.installation.settings.sms_price) if shown else (),
        versions=versions,
        refused=refused or [],
        changed=changed,
        looked=typed is not None,
        was=was or (typed or {}).get("was", "") or _was(template),
    )
