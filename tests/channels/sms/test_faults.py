"""What a provider's code means, for codes that stand in the table and for those that nobody has met."""

import pytest

from channels.sms.error_codes import Fault, classify, meaning


@pytest.mark.parametrize(
    ("code", "status", "fault"),
    [
        (20429, 429, Fault.RETRY_SAFE),
        (20500, 500, Fault.AMBIGUOUS),
        (20503, 503, Fault.AMBIGUOUS),
        (30410, None, Fault.AMBIGUOUS),
        (21610, 400, Fault.SUPPRESS),
        (21211, 400, Fault.PERMANENT_NUMBER),
        (21614, 400, Fault.PERMANENT_NUMBER),
        (21635, 400, Fault.PERMANENT_NUMBER),
        (30005, None, Fault.PERMANENT_NUMBER),
        (30006, None, Fault.PERMANENT_NUMBER),
        (21612, 400, Fault.PERMANENT_PAIR),
        (21611, 400, Fault.RETRY_LATER),
        (30003, None, Fault.RETRY_LATER),
        (30450, None, Fault.RETRY_LATER),
        (30036, None, Fault.EXPIRED),
        (21602, 400, Fault.CONTENT),
        (30007, None, Fault.CONTENT),
        (20003, 401, Fault.CONFIG),
        (21606, 400, Fault.CONFIG),
        (21704, 400, Fault.CONFIG),
        (30002, None, Fault.CONFIG),
        (21220, 400, Fault.RACE),
    ],
)
def test_a_known_code_has_its_meaning(code: int, status: int | None, fault: Fault) -> None:
    assert classify(code, status) is fault
    assert meaning(code) != meaning(None)


@pytest.mark.parametrize("code", [None, 21614, 99999])
def test_429_was_never_processed_and_5xx_may_have_been_whatever_the_code(code: int | None) -> None:
    assert classify(code, 429) is Fault.RETRY_SAFE
    assert {classify(code, status) for status in (500, 502, 503, 504, 599)} == {Fault.AMBIGUOUS}


@pytest.mark.parametrize("code", [None, 21999, 60000])
def test_a_code_that_nobody_has_met_is_never_sent_again_blindly(code: int | None) -> None:
    assert classify(code, 400) is Fault.REVIEW
    assert classify(code, 422) is Fault.REVIEW
    assert {classify(code, status) for status in (401, 403, 404)} == {Fault.CONFIG}
    assert classify(code, 408) is Fault.AMBIGUOUS


def test_what_is_reported_afterwards_by_an_unknown_code_may_be_tried_once_more_late() -> None:
    assert classify(30999) is Fault.RETRY_LATER
    assert classify(None) is Fault.RETRY_LATER
