"""Response codes, ten digits printed on a card that identify the card and not the person.

The tenth digit is a check digit after H. Michael Damm (2004), over an order-10 totally anti-symmetric quasigroup: it
catches every single wrong digit and every two neighbours that changed places, the slips people make on a telephone.
"""

import re

from store.errors import BadInput

DRAWS = 900_000_000
"""How many codes there are; `response_code` takes a draw from 0 up to this number."""

_TABLE = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_NOUGHT = ord("0")
_SHAPE = re.compile(r"[1-9][0-9]{9}")
_BETWEEN = re.compile(r"[\s.\-\u2010-\u2015]+")  # what people put between groups of digits


class NotAResponseCode(BadInput):
    """The digits are not a response code of this installation."""


def damm(digits: str) -> int:
    """Return the check digit of `digits`, or 0 where the last of them is already the right one."""
    interim = 0
    for digit in digits.encode():
        interim = _TABLE[interim][digit - _NOUGHT]
    return interim


def response_code(draw: int) -> str:
    """Return the response code that belongs to a draw.

    Args:
        draw: A whole number; two draws give the same code only when they are equal modulo `DRAWS`.

    Returns:
        Ten digits, the first of them no zero, the last of them the check digit.
    """
    payload = str(draw % DRAWS + DRAWS // 9)
    return f"{payload}{damm(payload)}"


def is_response_code(text: str) -> bool:
    """Say whether `text` is exactly ten digits whose check digit is right."""
    return _SHAPE.fullmatch(text) is not None and damm(text) == 0


def printed(code: str) -> str:
    """Return the code as it is printed and read aloud, as `123 456 7890`."""
    return f"{code[:3]} {code[3:6]} {code[6:]}"


def read_code(text: str) -> str:
    """Read a response code as people write and key it, with spaces, dots or hyphens.

    Raises:
        NotAResponseCode: it has not ten digits, or its check digit is wrong.
    """
    digits = _BETWEEN.sub("", text)
    if is_response_code(digits):
        return digits
    if _SHAPE.fullmatch(digits):
        raise NotAResponseCode(
            "is not a code of ours: one digit is wrong", "read it from the card again", field="code"
        )
    raise NotAResponseCode(
        "is not a response code", "write its ten digits, like 123 456 7890", field="code"
    )
