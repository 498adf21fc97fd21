"""Answers of the print shop that come by the browser, taken by what takes them from a file."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.web import action_log
from console.web.post.uploaded_files import RefusedRow, as_file, check_text_file, refused_row
from console.web.sessions import Visit
from console.web.uploads import Upload
from inbound.post.answer_files import AnswerReport, take_answer
from store.audit_log import About, Kind

UPLOADED = "uploaded_answer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """Result of taking an answer."""

    name: str
    report: AnswerReport
    refused: tuple[RefusedRow, ...]  # the first fifty


def take_upload(visit: Visit, upload: Upload) -> Taken:
    """Take an answer that somebody chose in the browser.

    Raises:
        BadInput: the file as a whole cannot be taken.
    """
    check_text_file(upload)
    return take_content(visit, upload.name, upload.content)


def take_content(visit: Visit, name: str, content: bytes) -> Taken:
    """Take the content of an answer under a name, and write down who brought it.

    Raises:
        BadInput: the file as a whole cannot be read.
    """
    with as_file(name, content) as file:
        report = take_answer(visit.installation, file, now=visit.installation.now())
    for key in report.runs:
        action_log.record(
            visit,
            UPLOADED,
            About(Kind.PRINT_RUN, key),
            file=file.name,
            taken=report.taken,
            unchanged=report.unchanged,
            refused=report.refused,
        )
    refused = tuple(
        refused_row(visit, each.line, each.problem, each.field) for each in report.refusals
    )
    return Taken(name=name or file.name, report=report, refused=refused)


def acknowledgement(key: str, answers: Mapping[str, str], day: str) -> bytes:
    """Return an answer to a pull list as the shop would write it, a row for each piece."""
    rows = [f"pulled,{key},{piece},{status},{day}\n" for piece, status in answers.items()]
    return ("kind,run,piece_id,status,date\n" + "".join(rows)).encode()
