"""A channel that only this test knows, added the way docs/adding-a-channel.md says, keeps every law."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Self

import pytest

from channels import KINDS
from channels.judging import judge
from channels.outbox import Outbox, write_synced
from channels.port import (
    Batch,
    ChannelSettings,
    Message,
    Receipt,
    Refusal,
    RefusalKind,
    Result,
    Unavailable,
    type_of_address,
)
from people.numbers import PhoneNumber
from tests.channels.laws import LAWS, WITNESSES, Trial, a_key_sent_twice_leaves_once

GUIDE = Path(__file__).parents[2] / "docs" / "adding-a-channel.md"


class Pigeon:
    """Texts by carrier pigeon: each batch is one basket, and a basket flies at most once."""

    kind: ClassVar[str] = "pigeon"
    reaches: ClassVar[type_of_address] = "text"
    carries_code: ClassVar[bool] = False
    batch_size: ClassVar[int] = 100
    pages: ClassVar[int] = 0

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    @classmethod
    def open(cls, settings: ChannelSettings) -> Self:
        return cls(Outbox(settings.outbox / "pigeons"))

    def check(self, message: Message, batch: Batch) -> Refusal | None:  # noqa: ARG002  no layout to look at
        if not isinstance(message.to, PhoneNumber):
            return Refusal(message.touch_id, RefusalKind.ADDRESS, "NO_NUMBER", "there is no number")
        return None

    def send(self, batch: Batch) -> Iterator[Result]:
        if (known := self._outbox.results_of(batch.key)) is not None:
            yield from known
            return
        good, refused = judge(self, batch)
        yield from refused

        def write(draft: Path) -> list[Result]:
            write_synced(draft, json.dumps([message.touch_id for message in good]).encode())
            went = [
                Receipt(message.touch_id, f"{batch.key}/{message.touch_id}") for message in good
            ]
            return [*refused, *went]

        if good:
            left = self._outbox.leave_once(
                batch.key, write, name=f"{batch.key}.basket", watch=batch.watch
            )
            yield from (result for result in left if not isinstance(result, Refusal))

    def settle(self, batch: Batch) -> Iterator[Result]:
        yield from self._outbox.settle(batch.key)


class Careless(Pigeon):
    """The same bird without the law: whatever it is given, flies."""

    def send(self, batch: Batch) -> Iterator[Result]:
        for message in batch.messages:
            basket = (
                self._outbox.root
                / f"{batch.key}-{message.touch_id}-{len(list(self._outbox.root.glob('*')))}.basket"
            )
            basket.parent.mkdir(parents=True, exist_ok=True)
            basket.write_text(json.dumps([message.touch_id]))
            yield Receipt(message.touch_id, f"{batch.key}/{message.touch_id}")


def _baskets(outbox: Path) -> Counter[int]:
    return Counter(
        touch
        for file in (outbox / "pigeons").glob("*.basket")
        for touch in json.loads(file.read_text())
    )


@pytest.mark.everyday(8)
@pytest.mark.parametrize("dry", [False, True], ids=["real", "dry"])
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_new_channel_keeps_every_law(
    law: object,
    dry: bool,  # noqa: FBT001  pytest fills it in
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(KINDS, "pigeon", Pigeon)
    monkeypatch.setitem(WITNESSES, "pigeon", _baskets)
    assert callable(law)
    law(Trial("pigeon", dry, tmp_path))


def test_a_channel_without_the_law_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "pigeon", Careless)
    monkeypatch.setitem(WITNESSES, "pigeon", _baskets)
    with pytest.raises(AssertionError):
        a_key_sent_twice_leaves_once(Trial("pigeon", dry=False, outbox=tmp_path))


@pytest.mark.thorough
def test_the_guide_to_adding_a_channel_shows_a_channel_that_keeps_every_law(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert code
    module: dict[str, type[Pigeon]] = {}
    exec(code[1], module)  # noqa: S102  our own guide
    monkeypatch.setitem(KINDS, "note", module["Note"])
    for number, law in enumerate(LAWS):
        law(Trial("note", dry=False, outbox=tmp_path / str(number)))


def test_a_taken_back_key_raises(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.settle("k1")
    with pytest.raises(Unavailable, match="taken back"):
        outbox.leave_once("k1", lambda _draft: [])
