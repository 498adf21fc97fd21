"""A trial of a print shop's file, on the shop's own server and against what is printed.

One small file is written, looked at, read back, renamed and removed, and a folder is made. None of
it is a run: nothing that ends in `.ready` stands there at any time. What the server refuses is held
against what the file says of the shop, so that the remedy is the line to write.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from channels.port import Unavailable
from channels.sftp import in_session
from channels.sftp_session import Session
from channels.shops import Paper, Sftp, Shop
from store.errors import BadInput
from store.sentences import Sentence, as_sentence

TRIAL = "kaartje-check.txt"
"""The name of the file that a trial writes."""
_WORDS = b"A trial of Kaartje. Nothing is to be printed: throw this away.\n"


@dataclass(frozen=True, slots=True)
class Tried:
    """One thing that was tried, with what is wrong with it, or nothing.

    Attributes:
        what: was tried.
        problem: Why a run would not arrive, in one sentence.
        note: What a person should know, though a run would arrive.
    """

    what: Sentence
    problem: str = ""
    note: str = ""

    def as_data(self) -> Mapping[str, str]:
        """Return it as JSON has it."""
        return {"what": self.what, "problem": self.problem, "note": self.note}


def check_shop(shop: Shop, papers: Mapping[str, Paper]) -> list[Tried]:
    """Try a shop's file and return what was tried, in its order.

    Args:
        shop: as its file describes it.
        papers: the paper of each template that is printed, by name.
    """
    return [*_on_server(shop), *_on_paper(shop, papers), *_on_ticket(shop)]


def _on_server(shop: Shop) -> list[Tried]:
    reached = Sentence("the server is reached and lets us in")
    if (sftp := shop.sftp) is None:
        return [Tried(reached, note=Sentence("there is no [sftp]: the shop collects the runs"))]
    with TemporaryDirectory() as folder:
        local = Path(folder) / TRIAL
        local.write_bytes(_WORDS)
        trial = _Trial(sftp, local)
        # with every comfort allowed, so that each is tried
        allowed = sftp.model_copy(update={"flat": False, "rename": True, "drop_only": False})
        try:
            in_session(allowed, trial.run, lambda: None)
        except Unavailable as error:
            return [Tried(reached, problem=as_sentence(error.args[0]))]
        except BadInput as error:
            return [Tried(reached, problem=error.sentence())]
    return [Tried(reached), *trial.tried]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One thing to try.

    Attributes:
        what: is tried.
        act: tries it.
        spared: Whether the file says that the shop does not have it.
        without: What follows where it is refused, if a run arrives all the same.
    """

    what: Sentence
    act: Callable[[], Awaitable[Any]]
    spared: bool = False
    without: str = ""


class _Trial:
    """The trial of one session, with its results."""

    def __init__(self, sftp: Sftp, local: Path) -> None:
        self._sftp, self._local = sftp, local
        self.tried: list[Tried] = []

    async def run(self, session: Session) -> None:
        """Try everything that a run needs, and each comfort that the file may do without."""
        self.tried.clear()  # the line broke, and all is tried again
        name = session.path_of(TRIAL)
        writing = _Step(
            what=Sentence("a file is written"), act=lambda: session.put(self._local, name)
        )
        if not await self._went(session, writing):
            return
        for step in self._looking(session, name):
            await self._went(session, step)
        moving = self._moving(session, name)
        if await self._went(session, moving):
            name = _renamed(name)
        for step in self._ending(session, name):
            await self._went(session, step)

    def _looking(self, session: Session, name: str) -> Iterator[_Step]:
        yield _Step(
            what=Sentence("the size of a file is seen"),
            act=lambda: session.size(name),
            spared=self._sftp.drop_only,
        )
        yield _Step(
            what=Sentence("a file is read back"),
            act=lambda: session.read(name, len(_WORDS)),
            spared=self._sftp.drop_only,
            without=Sentence("only sizes are compared there"),
        )

    def _moving(self, session: Session, name: str) -> _Step:
        return _Step(
            what=Sentence("a file is renamed"),
            act=lambda: session.move(name, _renamed(name)),
            spared=not self._sftp.rename or self._sftp.drop_only,
        )

    def _ending(self, session: Session, name: str) -> Iterator[_Step]:
        yield _Step(
            what=Sentence("a folder is made and removed"),
            act=lambda: _folder_and_back(session),
            spared=self._sftp.flat,
        )
        yield _Step(
            what=Sentence("a file is removed"),
            act=lambda: session.remove(name),
            without=Sentence(
                "ask the shop to remove {name}, and whatever a stopped run leaves there", name=name
            ),
        )
        if answers := self._sftp.answers:
            yield _Step(
                what=Sentence("the answers in {folder} are listed", folder=answers),
                act=lambda: session.names_in(answers),
            )

    async def _went(self, session: Session, step: _Step) -> bool:
        """Try one thing, note how it went, and say whether it did."""
        from asyncssh import SFTPConnectionLost, SFTPError, SFTPNoConnection

        try:
            await step.act()
        except (SFTPConnectionLost, SFTPNoConnection):
            raise
        except SFTPError as error:
            self.tried.append(_refused(step, session.refusal(error)))
            return False
        allowed = Sentence("the print shop's file does without it, and it is allowed")
        self.tried.append(Tried(step.what, note=allowed if step.spared else ""))
        return True


def _refused(step: _Step, refusal: Sentence) -> Tried:
    if step.spared:
        return Tried(step.what, note=Sentence("it is not allowed, as the print shop's file says"))
    if step.without:
        said = Sentence("{refusal}; {without}", refusal=refusal, without=as_sentence(step.without))
        return Tried(step.what, note=said)
    return Tried(step.what, problem=refusal)


def _renamed(name: str) -> str:
    return f"{name.removesuffix('.txt')}-renamed.txt"


async def _folder_and_back(session: Session) -> None:
    name = TRIAL.removesuffix(".txt")
    await session.make_folder(session.path_of(name))
    await session.remove_folder(name)


def _on_paper(shop: Shop, papers: Mapping[str, Paper]) -> Iterator[Tried]:
    """Look whether the price list has a price for everything that is printed."""
    what = Sentence("everything that we print has a price")
    if shop.prices is None:
        yield Tried(what, note=Sentence("there are no [prices]: the cost of post is not known"))
        return
    without = sorted(name for name, paper in papers.items() if shop.price(paper, 1) is None)
    if not without:
        yield Tried(what)
    for name in without:
        paper = papers[name]
        yield Tried(
            what,
            note=Sentence(
                'there is no price for {name}: write print."{format}", and a postage up to'
                " {grams:g} grams",
                name=name,
                format=paper.format,
                grams=paper.grams,
            ),
        )


def _on_ticket(shop: Shop) -> Iterator[Tried]:
    """Look whether the job ticket says what a press plans from."""
    what = Sentence("the job ticket says what a press plans from")
    lacking = [name for name in ("service", "contact") if not getattr(shop, name)]
    note = Sentence("write {names}: they stand on it", names=" and ".join(lacking))
    yield Tried(what, note=note if lacking else "")
