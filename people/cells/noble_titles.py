"""Titles and predicates of nobility in the register's codes, with their forms and greetings.

The rules are those of the register (adellijke titel of predicaat, hoffelijkheidstitel). A woman with a
predicate does not use it while she is married, nor beside her partner's name. With the name of a man who has a
title she may have its form for a woman.
"""

from collections.abc import Mapping

MAN, WOMAN = "M", "V"  # as people.names has them, which builds on this module
_FORMS: Mapping[str, tuple[str, str]] = {
    "B": ("baron", "barones"),
    "G": ("graaf", "gravin"),
    "H": ("hertog", "hertogin"),
    "JH": ("jonkheer", "jonkvrouw"),
    "M": ("markies", "markiezin"),
    "P": ("prins", "prinses"),
    "R": ("ridder", ""),
}
_WOMENS = {"BS": "B", "GI": "G", "HI": "H", "JV": "JH", "MI": "M", "PS": "P"}
_PREDICATE, _COUNT, _PRINCE = "JH", "G", "P"
_COURTESY = frozenset("BGHMP")
_SPELLINGS = {"jhr": "JH", "jkvr": "JV", "jkvrouw": "JV"}
_CODES = {
    **{code.casefold(): code for code in (*_FORMS, *_WOMENS)},
    **{man: code for code, (man, _) in _FORMS.items()},
    **{_FORMS[code][1]: womans for womans, code in _WOMENS.items()},
    **_SPELLINGS,
}


def title_code(text: str) -> str:
    """Return the register's code of a title or predicate, or nothing where there is none."""
    return _CODES.get(text.casefold().strip(". "), "")


def is_predicate(code: str) -> bool:
    """Whether it is jonkheer or jonkvrouw, which stands before the initials."""
    return _WOMENS.get(code, code) == _PREDICATE


def has_courtesy(code: str) -> bool:
    """Whether a woman with her partner's name may have the form for a woman of his title."""
    return code in _COURTESY


def title_form(code: str, gender: str) -> str:
    """Return a title as it is written for a man or a woman, or nothing where there is no such form."""
    if not code or gender not in (MAN, WOMAN):
        return ""
    return _FORMS[_WOMENS.get(code, code)][gender == WOMAN]


def title_greeting(code: str, gender: str) -> str:
    """Return the greeting that a title asks for, or nothing where the gender is not known."""
    title = _WOMENS.get(code, code)
    if title == _PRINCE:
        return "Hoogheid"
    if not title or gender not in (MAN, WOMAN):
        return ""
    rank = "Hooggeboren" if title == _COUNT else "Hoogwelgeboren"
    return f"{rank} {'vrouwe' if gender == WOMAN else 'heer'}"
