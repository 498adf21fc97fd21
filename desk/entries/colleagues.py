"""Colleagues and teams that a matter can be given to, found by the name somebody typed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from sqlalchemy import Connection, or_, select

from desk.entries.care_policy import agreements
from store.errors import BadInput
from store.sentences import Sentence
from store.states import Role
from store.tables import Account, Agent

SHOWN = 3
"""How many near names are offered."""
NEAR = 0.6
_FOLLOW_UP = (Role.AGENT, Role.MANAGER, Role.PRIVACY_OFFICER)


@dataclass(frozen=True, slots=True)
class Colleagues:
    """People who are here today, by the names they sign in with, and the teams of the house."""

    people: tuple[str, ...]
    left: tuple[str, ...]  # agents whose registration has ended
    teams: tuple[str, ...]

    def named(self, name: str, *, field: str) -> str:
        """Return the colleague or team that is meant, as it is written here.

        Capitals and spaces do not matter, nor the language of a team's name. Where nobody is registered
        and nobody has an account, names are not in use and every name counts.

        Raises:
            BadInput: the name is empty, nobody here has it, or they left. Near names are offered.
        """
        typed = " ".join(name.split())
        if not typed:
            raise BadInput("is empty", "name a colleague or a team", field=field)
        if found := self._spellings().get(typed.casefold()):
            return found
        if not self.people:
            return typed
        if typed.casefold() in {each.casefold() for each in self.left}:
            raise BadInput(Sentence("{name} has left", name=typed), self._near(typed), field=field)
        raise BadInput(
            Sentence("nobody here is called {name!r}", name=typed), self._near(typed), field=field
        )

    def _spellings(self) -> dict[str, str]:
        said = agreements().teams
        spelled = {word: team for team in self.teams for word in (team, *said[team].values())}
        spelled |= {name: name for name in self.people}
        return {word.casefold(): name for word, name in spelled.items()}

    def _near(self, typed: str) -> str:
        spelled = self._spellings()
        close = get_close_matches(typed.casefold(), spelled, n=SHOWN, cutoff=NEAR)
        near = tuple(dict.fromkeys(spelled[word] for word in close))
        if near:
            return Sentence("did you mean {names}?", names=_listed(near))
        return Sentence("name one of {names}", names=_listed((*self.people, *self.teams)))


def colleagues(connection: Connection, today: date) -> Colleagues:
    """Return who can be given a matter today."""
    here = or_(Agent.left_on.is_(None), Agent.left_on > today)
    agents = set(connection.execute(select(Agent.name).where(here)).scalars())
    gone = set(connection.execute(select(Agent.name).where(Agent.left_on <= today)).scalars())
    accounts = select(Account.name).where(Account.active, Account.role.in_(_FOLLOW_UP))
    signed_in = set(connection.execute(accounts).scalars())
    people = (agents | signed_in) - gone
    return Colleagues(tuple(sorted(people)), tuple(sorted(gone)), tuple(agreements().teams))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(list(names)[:10])
