"""Typing errors that people make in a message: one letter or one space."""

from collections.abc import Iterator

KEYS_BESIDE = {
    # a keyboard's rows, each key with its neighbours in the row
    **{key: row[max(0, at - 1) : at] + row[at + 1 : at + 2]
       for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхї", "фівапролджє", "ячсмитьбю",
                   "ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرىةوزظ")
       for at, key in enumerate(row)},
}  # fmt: skip


def typing_errors(text: str) -> Iterator[str]:
    """Yield a text with one letter left out, doubled, changed, added or swapped, or one space."""
    for place, char in enumerate(text):
        before, behind = text[:place], text[place + 1 :]
        if char == " ":
            yield before + behind
        if not char.isalpha():
            continue
        yield before + behind
        yield before + char + char + behind
        for beside in KEYS_BESIDE.get(char.casefold(), ""):
            yield before + beside + behind
            yield before + beside + char + behind
        if behind[:1].isalpha():
            yield f"{before}{char} {behind}"
            yield before + behind[0] + char + behind[1:]
