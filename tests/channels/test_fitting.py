"""What does not fit goes down the one step in size that its layout has, and is held back otherwise."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.card.frames import MM
from channels.card.layout import read_layout
from channels.card.typesetting import Fault, Setting, Typesetter
from channels.press.fonts import width
from store.errors import BadInput
from templates.texts import available, load
from tests.channels.pieces import template_layout

PRINTED = [name for name in available() if load(name).layout]


def test_a_smaller_size_that_is_not_smaller_is_bad_input() -> None:
    layout = template_layout("contact-card")
    first = {**layout["frames"][0], "size": 30, "small": 30}
    with pytest.raises(BadInput, match="the smaller size of the frame headline is not smaller"):
        read_layout({**layout, "frames": [first, *layout["frames"][1:]]})


def test_a_layout_that_was_approved_under_the_older_word_for_the_smaller_size_is_still_read() -> (
    None
):
    layout = template_layout("contact-card")
    older = [
        {("smallest" if key == "small" else key): value for key, value in frame.items()}
        for frame in layout["frames"]
    ]
    assert read_layout({**layout, "frames": older}) == read_layout(layout)


@pytest.mark.parametrize("template", PRINTED)
def test_an_address_is_set_in_a_size_that_the_post_reads_but_for_long_lines_on_the_smallest_card(
    template: str,
) -> None:
    frame = read_layout(template_layout(template)).places["address"]
    assert 10 <= frame.size <= 12
    assert frame.small is not None
    small = ("contact-card", "refund-card")
    assert frame.small == 8.5 if template in small else frame.small >= 10


@pytest.mark.parametrize("before", range(40))
def test_a_telephone_number_is_never_broken_over_two_lines(before: int) -> None:
    text = f"{'x ' * before}Is dit echt? Kijk op dichtbij.example/echt of bel 0800 1234, van 9 tot 17 uur."
    typesetter = Typesetter(read_layout(template_layout("contact-card-a5")))
    frame = next(each for each in typesetter.layout.frames if each.part == "text")
    setting = typesetter.set_text(frame, text)
    assert isinstance(setting, Setting)
    assert " ".join(setting.texts) == text
    assert sum("0800 1234" in line for line in setting.texts) == 1


@settings(
    deadline=None
)  # it reads two layouts for every frame: on a busy machine that is no sign of anything
@given(
    st.sampled_from(PRINTED), st.text("aeiou mnst'-", min_size=1, max_size=120), st.integers(1, 4)
)
def test_what_does_not_fit_goes_down_one_step_and_what_fits_in_full_is_never_set_smaller(
    template: str, line: str, lines: int
) -> None:
    for frame in read_layout(template_layout(template)).frames:
        setting = _set(template, frame.part, "\n".join([line] * lines))
        alone = _set(template, frame.part, "\n".join([line] * lines), small=False)
        if isinstance(setting, Fault):
            assert isinstance(alone, Fault)
            assert setting.code == "DOES_NOT_FIT"
        elif not isinstance(alone, Fault) and (frame.wrap != "last" or len(alone.lines) == lines):
            assert (setting.size, setting.lines) == (frame.size, alone.lines)
        else:
            assert setting.size in frame.sizes
            assert all(
                width(each.text, frame.font, setting.size) <= frame.width * MM + 0.01
                for each in setting.lines
            )


def _set(template: str, part: str, text: str, *, small: bool = True) -> Setting | Fault:
    layout = template_layout(template)
    if not small:
        frames = [
            {key: value for key, value in frame.items() if key != "small"}
            for frame in layout["frames"]
        ]
        layout = {**layout, "frames": frames}
    made = read_layout(layout)
    return Typesetter(made).set_text(made.places[part], text)
