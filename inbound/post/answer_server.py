"""Fetch the answers of a print shop from its server, take them, and move them aside there.

An answer is moved aside on the server only after it was taken here. After a crash in between it is fetched and
taken again, which changes nothing. Files fetched before a broken connection are taken all the same.
"""

import logging
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from channels.answer_fetching import TAKEN, Fetched, Left, fetch, put_aside
from channels.port import Unavailable
from channels.shops import Sftp
from inbound.post.answer_files import AnswerReport
from inbound.post.answer_folder import collect_answers
from installation.installation import Installation
from store.errors import BadInput
from store.plain_errors import why_it_failed
from store.sentences import Sentence, as_sentence
from store.system_errors import reason_of

LOG = logging.getLogger("kaartje.post")
FOLDER = ".answers"
"""The folder for fetched answers that are not taken yet, and refused rows."""


@dataclass(frozen=True, slots=True)
class FetchedAnswers:
    """The taken answers of a shop, and the open problems of fetching and moving aside."""

    answers: tuple[AnswerReport | BadInput, ...] = ()
    left: tuple[str, ...] = ()  # files that stay on the server for now, in whole sentences
    failed: tuple[str, ...] = ()  # why the server or our disk could not be used, in whole sentences

    @property
    def taken(self) -> list[AnswerReport]:
        """Return the reports of answers that could be read."""
        return [each for each in self.answers if isinstance(each, AnswerReport)]

    @property
    def open(self) -> list[str]:
        """Return what somebody has to look at, or what the next round will do."""
        return [*self.failures, *self.left]

    @property
    def failures(self) -> list[str]:
        """Return the problems that waiting does not solve."""
        return [*(str(each) for each in self.answers if isinstance(each, BadInput)), *self.failed]

    def counts(self) -> dict[str, int]:
        """Return the counts."""
        refused = sum(each.refused for each in self.taken)
        return {
            "shop_answers": len(self.taken),
            "shop_rows_refused": refused,
            "shop_answers_left": len(self.open),
        }


def fetch_if_any(installation: Installation, *, now: datetime) -> FetchedAnswers:
    """Fetch and take answers, where the shop has a server for them. Log what stays open."""
    if installation.settings.dry or _server(installation) is None:
        return FetchedAnswers()
    result = fetch_answers(installation, now=now)
    for each in result.open:
        LOG.warning("an answer of the print shop waits: %s", each)
    return result


def fetch_answers(installation: Installation, *, now: datetime) -> FetchedAnswers:
    """Fetch and take all answers on the shop's server. Safe to repeat at any time.

    Raises:
        BadInput: the shop's file names no folder of answers on a server.
    """
    sftp = _server(installation)
    if sftp is None:
        problem, remedy = (
            "the print shop has no folder of answers on a server",
            "name DIR, or write [sftp] answers",
        )
        raise BadInput(problem, remedy, field="DIR")
    with installation.store.holding("fetch-answers") as held:
        if not held:
            return FetchedAnswers(
                left=("the print shop's answers are being fetched at this moment",)
            )
        return _fetch_and_take(installation, sftp, now=now)


def _server(installation: Installation) -> Sftp | None:
    sftp = installation.shop.sftp if installation.shop else None
    return sftp if sftp and sftp.answers else None


def answers_folder(installation: Installation) -> Path:
    """Return the folder in which fetched answers stand until they are taken."""
    settings = installation.settings
    alone = settings.shared_folder == settings.home.absolute()
    return (settings.outbox if alone else settings.shared_folder) / FOLDER


def _fetch_and_take(installation: Installation, sftp: Sftp, *, now: datetime) -> FetchedAnswers:
    folder = answers_folder(installation)
    fetched, left, failed = _fetch(sftp, folder)
    result = FetchedAnswers(tuple(collect_answers(installation, folder, now=now)), left, failed)
    names = {Path(report.file).name for report in result.taken}
    try:
        put_aside(sftp, [each for each in fetched.files if each.name in names])
    except (Unavailable, BadInput) as refused:
        stays = f"what was taken stays on the server, and is read again: {refused}"
        result = FetchedAnswers(result.answers, left, (*failed, stays))
    shutil.rmtree(folder / TAKEN, ignore_errors=True)  # it stands in the ledger, and on the server
    return result


def _fetch(sftp: Sftp, folder: Path) -> tuple[Fetched, tuple[str, ...], tuple[str, ...]]:
    """Return what was fetched, which files stay, and why nothing could be fetched, where that is so."""
    try:
        fetched = fetch(sftp, folder)
    except (Unavailable, BadInput) as refused:
        return Fetched(), (), (why_it_failed(refused),)
    except OSError as error:
        return (
            Fetched(),
            (),
            (Sentence("{folder} {why}", folder=folder, why=as_sentence(reason_of(error))),),
        )
    return fetched, tuple(map(_left_on_server, fetched.left)), ()


def _left_on_server(left: Left) -> str:
    return f"{left.name} stays on the server: it {left.why}"
