"""Piece numbers of printed mail, made of the print run, the record and a check digit.

They say nothing about a person. Six digits or more for the run, five for the record, and a check
digit after H. Michael Damm: `000042003177`. A number never changes. A reprint keeps it, so that
whatever is scanned later, spoiled or returned, is the same piece.
"""

from channels.codes import damm

MOST_RECORDS = 99_999
"""Pieces of one run at most."""
_RECORD = 5  # digits
_SHORTEST = 12


def piece_id(run_number: int, record: int) -> str:
    """Return the number of a piece.

    Args:
        run_number: Of the print run: the number of its delivery.
        record: From 1, in the order of the run.

    Raises:
        ValueError: there is no such record.
    """
    if run_number < 0 or not 1 <= record <= MOST_RECORDS:
        raise ValueError(f"a run has no piece {record}: they count from 1 to {MOST_RECORDS}")
    digits = f"{run_number:06}{record:0{_RECORD}}"
    return f"{digits}{damm(digits)}"


def padded_piece_id(text: str) -> str:
    """Return a piece number with the zeros in front that a spreadsheet takes off.

    Zeros in front change no check digit, so whether it is ours is still proved.
    """
    digits = "".join(text.split())
    digits = digits.removesuffix(".0")  # a column of numbers with an empty cell in it
    return digits.zfill(_SHORTEST) if digits.isascii() and digits.isdigit() else digits


def read_piece_id(text: str) -> tuple[int, int] | None:
    """Read the run and the record from a piece number as scanned or keyed, or None if it is not ours."""
    digits = "".join(text.split())
    if len(digits) < _SHORTEST or not (digits.isascii() and digits.isdigit()) or damm(digits):
        return None
    run_number, record = int(digits[: -_RECORD - 1]), int(digits[-_RECORD - 1 : -1])
    if not record or (len(digits) > _SHORTEST and digits.startswith("0")):
        return None
    return run_number, record
