"""Sentences are English strings that can be shown in Dutch."""

import copy
import json
import pickle

from hypothesis import given
from hypothesis import strategies as st

from store.errors import BadInput, SeveralRefused
from store.sentences import Sentence, divided, translated

DUTCH = {
    "{seen!r} is not a date": "{seen!r} is geen datum",
    "write it as {how}": "schrijf het als {how}",
    "a day": "een dag",
    "is empty": "is leeg",
    "line {line}": "regel {line}",
}


def _dutch(text: str) -> str:
    return DUTCH.get(text, text)


def test_a_sentence_is_the_plain_english_string_everywhere() -> None:
    said = Sentence("{seen!r} is not a date", seen="2023-6-1")
    assert said == "'2023-6-1' is not a date"
    assert f"{said}" == str(said) == "'2023-6-1' is not a date"
    assert json.loads(json.dumps({"detail": said})) == {"detail": "'2023-6-1' is not a date"}


@given(text=st.text(), seen=st.text())
def test_a_copy_of_a_sentence_can_still_be_translated(text: str, seen: str) -> None:
    plain, said = Sentence(text), Sentence("{seen!r} is not a date", seen=seen)
    for each in (plain, said):
        for made in (copy.deepcopy(each), pickle.loads(pickle.dumps(each))):  # noqa: S301  our own
            assert made == each
            assert translated(made, _dutch) == translated(each, _dutch)
    assert translated(plain, str) == text


def test_a_sentence_within_a_sentence_is_translated_too() -> None:
    said = Sentence("write it as {how}", how=Sentence("a day"))
    assert said == "write it as a day"
    assert translated(said, _dutch) == "schrijf het als een dag"


def test_an_error_is_shown_in_a_language_with_its_place() -> None:
    error = BadInput(Sentence("{seen!r} is not a date", seen="x"), "is empty", file="a.csv", line=3)
    assert str(error) == "a.csv, line 3: 'x' is not a date; is empty"
    assert error.lines(_dutch) == ["a.csv, regel 3: 'x' is geen datum; is leeg"]
    several = SeveralRefused.of([error, BadInput("is empty", field="is empty")])
    assert several.lines(_dutch) == [*error.lines(_dutch), "is empty: is leeg"]
    assert str(several).splitlines() == several.lines()


def test_a_divided_sentence_keeps_a_mark_within_its_values() -> None:
    said = Sentence("{seen!r} is not a date; write it as {how}", seen="a; b", how="c")
    assert divided(said, "; ") == ("'a; b' is not a date", "write it as c")
