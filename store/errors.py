"""Errors in input, which a person can correct."""

from dataclasses import KW_ONLY, dataclass


@dataclass
class BadInput(ValueError):
    """Input was refused, with its place, the problem and a remedy.

    The command line prints it as one line and ends with exit code 2.
    """

    problem: str  # "is not a date"
    remedy: str = ""  # "write it as 2023-06-01"
    _: KW_ONLY
    file: str | None = None
    line: int | None = None  # 1 is the first line of the file
    field: str | None = None  # "audience.where", "postcode"

    def __str__(self) -> str:
        """Return the error as one line."""
        line = f"line {self.line}" if self.line is not None else None
        place = ", ".join(part for part in (self.file, line, self.field) if part)
        said = f"{place}: {self.problem}" if place else self.problem
        return " ".join((f"{said}; {self.remedy}" if self.remedy else said).split())


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

    def __str__(self) -> str:
        """Return each problem on a line of its own."""
        return "\n".join(map(str, self.each))


def in_plain_words(error: Exception) -> str:
    """Return why something failed as one line for a person, without a traceback.

    What a person can correct says so itself; of an error that nobody foresaw the kind is named, since the log has it.
    """
    match error:
        case BadInput():
            return "; ".join(str(error).splitlines())
        case OSError(filename=str(name), strerror=str(problem)):
            return f"{name}: {problem.lower()}"
        case _:
            said = " ".join(str(error).split()) or "no reason was given"
            return f"{type(error).__name__}: {said}"
