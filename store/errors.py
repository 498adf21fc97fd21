"""Errors in input, which a person can correct."""

from dataclasses import KW_ONLY, dataclass

from store.sentences import (
    Sentence,
    Translate,
    as_sentence,
    in_english,
    joined,
    translated,
)


@dataclass
class BadInput(ValueError):
    """Input was refused, with its place, the problem and a remedy.

    The command line prints it as one line and ends with exit code 2. Problem and remedy are English: a text
    without values as it stands, one with values as a `Sentence`, so that both can be shown in Dutch.
    """

    problem: str  # "is not a date"
    remedy: str = ""  # "write it as 2023-06-01"
    _: KW_ONLY
    file: str | None = None
    line: int | None = None  # 1 is the first line of the file
    field: str | None = None  # "audience.where", "postcode"; a sentence is translated too

    def __str__(self) -> str:
        """Return the error as one line in English."""
        return "\n".join(self.lines())

    def sentence(self) -> Sentence:
        """Return the error as one line that can be shown in another language."""
        line = Sentence("line {line}", line=self.line) if self.line is not None else None
        place = joined(", ", (part for part in (self.file, line, self.field) if part))
        problem = as_sentence(self.problem)
        if place:
            problem = Sentence("{place}: {problem}", place=place, problem=problem)
        if not self.remedy:
            return problem
        return Sentence("{problem}; {remedy}", problem=problem, remedy=as_sentence(self.remedy))

    def lines(self, translate: Translate = in_english) -> list[str]:
        """Return the error for a person, one line for each problem."""
        return [" ".join(translated(self.sentence(), translate).split())]


class SeveralRefused(BadInput):
    """Several problems of one input, one a line."""

    each: list[BadInput]

    @classmethod
    def of(cls, found: list[BadInput]) -> BadInput:
        """Return the only complaint itself, or all of them together."""
        if len(found) == 1:
            return found[0]
        files = {each.file for each in found}
        together = cls(found[0].problem, file=found[0].file if len(files) == 1 else None)
        together.each = found
        return together

    def lines(self, translate: Translate = in_english) -> list[str]:
        """Return each problem on a line of its own."""
        return [line for each in self.each for line in each.lines(translate)]
