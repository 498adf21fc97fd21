"""Files of replies and outcomes that come by the browser, taken as `kaartje import` takes them."""

from fastapi import APIRouter, Response

from console.catalogues import translation_to
from console.cli.people.import_kinds import Kind, Options, import_as, recognise
from console.web import action_log
from console.web.action_log import decider
from console.web.post.uploaded_files import (
    LARGEST,
    TextFile,
    as_file,
    check_text_file,
    refused_row,
    why_not,
)
from console.web.rendering import page
from console.web.sessions import SeeingImports, Visit
from console.web.uploads import Upload
from people.sheet_imports import unwatched
from store.audit_log import About
from store.audit_log import Kind as Thing
from store.errors import BadInput
from store.sentences import Sentence, translated

router = APIRouter()
HERE = (Kind.REPLIES, Kind.OUTCOMES)
"""What is taken in the browser. People, lists and consents are an operator's."""
UPLOADED = "uploaded_import"


@router.get("/imports/new")
def ask_for_file(visit: SeeingImports) -> Response:
    """Ask for a file of replies or outcomes."""
    return _page(visit)


@router.post("/imports/new/answers")
def import_upload(visit: SeeingImports, upload: TextFile) -> Response:
    """Import a file of replies or outcomes, and show which rows were refused."""
    try:
        return _imported(visit, upload)
    except BadInput as error:
        return _page(visit, refused=why_not(visit, error))


def _imported(visit: Visit, upload: Upload) -> Response:
    check_text_file(upload)
    translate = translation_to(visit.language)
    with as_file(upload.name, upload.content) as file:
        kind = recognise(file)
        if kind not in HERE:
            raise BadInput(
                Sentence("is a file of {kind}, which the browser does not take", kind=kind.value),
                "an operator imports it: kaartje import FILE",
            )
        by = decider(visit).name
        done = import_as(kind, visit.installation, Options(file=file, by=by), unwatched)
    action_log.record(
        visit, UPLOADED, About(Thing.IMPORT, done.import_id), counts=dict(done.counts)
    )
    return page(
        visit,
        "import_taken.html",
        file=upload.name,
        kind=kind.value,
        done=done,
        said=[translated(line, translate) for line in (done.in_words, *done.findings)],
        refused_rows=[refused_row(visit, each["line"], each["problem"]) for each in done.refusals],
    )


def _page(visit: Visit, refused: str = "") -> Response:
    return page(
        visit,
        "import_new.html",
        status=400 if refused else 200,
        refused=refused,
        largest=LARGEST,
    )
