"""Settling of texts that may have gone, by matching the provider's list to our attempts.

A provider knows no key of ours, so a text is found again by its number, its words and its time.
Texts that another batch knows to be its own are left out. Two people with one telephone get as many
texts as were sent, no more and no fewer. A text of which nothing can be proven stays unsure, and is
never sent again by itself.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.port import Receipt, Unsure
from channels.sms.account import Account
from channels.sms.journal import AllJournals, Begun, Journal
from channels.sms.providers import CannotSay, Found, Provider
from channels.sms.text_hashes import mark
from channels.sms.twilio import CLOCKS_DIFFER

Number = tuple[str, str]  # provider, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """The end of a batch with open attempts."""

    journal: Journal
    journals: AllJournals
    account: Account
    providers: Callable[[], Sequence[Provider]]
    now: datetime

    def run(self) -> None:
        """Write into the journal what can be proven of each open attempt.

        Raises:
            Unavailable: nobody is there to be asked.
        """
        tries: dict[Number, list[Begun]] = defaultdict(list)
        for begun in self.journal.open:
            tries[begun.provider, begun.to].append(begun)
        if not tries:
            return
        listed = self._ask(tries)
        known, busy = self._elsewhere() if any(listed.values()) else (set(), set())
        for (provider, number), some in tries.items():
            found = listed[provider, number]
            if found is None or number in busy:
                self._doubt(some, "the provider cannot say what became of it")
            else:
                self._match(
                    some, [each for each in found if each.ref not in known | self.journal.refs]
                )

    def _ask(self, tries: Mapping[Number, list[Begun]]) -> dict[Number, Sequence[Found] | None]:
        """Ask the providers about each number, with None where one cannot say."""
        by_name = {provider.name: provider for provider in self.providers()}

        def ask(number: Number) -> Sequence[Found] | None:
            name, to = number
            since = min(begun.at for begun in tries[number]) - CLOCKS_DIFFER
            try:
                return by_name[name].find(to, since) if name in by_name else None
            except CannotSay:
                return None

        with ThreadPoolExecutor(self.account.at_once, thread_name_prefix="asking") as pool:
            return dict(zip(tries, pool.map(ask, tries), strict=True))

    def _elsewhere(self) -> tuple[set[str], set[str]]:
        """Return the references that belong to other batches, and the numbers they are busy with."""
        known: set[str] = set()
        busy: set[str] = set()
        since = min(begun.at for begun in self.journal.open) - CLOCKS_DIFFER
        for other in self.journals.others(self.journal, since):
            known |= other.refs
            if not other.done and not other.closed:
                busy |= {begun.to for begun in other.open}
        return known, busy

    def _match(self, tries: list[Begun], found: list[Found]) -> None:
        """Match each attempt to a text that the provider has, and free the others."""
        left = list(found)
        for begun in sorted(tries, key=lambda each: each.touch):
            mine = next(
                (each for each in left if not each.body or mark(each.body) == begun.mark), None
            )
            if mine is not None:
                left.remove(mine)
                self.journal.end(
                    Receipt(begun.touch, mine.ref, self.account.cost(mine.segments or 1))
                )
            elif left:
                self._doubt(
                    [begun],
                    f"the provider has a text to this number with other words ({left[0].ref})",
                )
            elif begun.seen and self._may_still_come(begun):
                self._doubt([begun], "the provider does not know it yet")
            else:
                self.journal.free(begun.touch)

    def _may_still_come(self, begun: Begun) -> bool:
        """Say whether a provider may have a text that it does not list yet.

        Of a batch that was taken from a living process the last calls end a time-out after that.
        """
        patience = timedelta(seconds=self.account.patience)
        if self.journal.taken is None:
            return self.now - begun.at < patience
        patience = max(patience, timedelta(seconds=self.account.timeout))
        return self.now - max(begun.at, self.journal.taken) < patience

    def _doubt(self, tries: Iterable[Begun], detail: str) -> None:
        self.journal.end(*(Unsure(begun.touch, detail) for begun in tries))
