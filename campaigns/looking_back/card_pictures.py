"""PNG pictures of cards, either a specimen or a card as it was sent.

The channel that prints cards sets and draws them too.
"""

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from campaigns.touches.composing import Script, addressed, compose_message, read_script
from channels import KINDS
from channels.codes import printed, response_code
from channels.port import Batch, ChannelSettings, HandedFile, Message
from installation.installation import Installation
from people.addresses import PostalAddress
from store.clock import local_date
from store.tables import Campaign, Step, Touch

_CARD = "card"
_BY_POST = (_CARD, "letter")
_AGES_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # the picture does not show when it was made
_CODE = response_code(0)
_NOBODY = PostalAddress(
    street="Voorbeeldstraat",
    house_number=1,
    house_letter="",
    house_addition="",
    postcode="1234AB",
    town="Voorbeeldstad",
)


def specimen(installation: Installation, name: str, position: int, language: str) -> bytes | None:
    """Return a PNG of both sides of a card of this campaign, or None where it has no such card step.

    Args:
        installation: The installation.
        name: The campaign.
        position: Which of its card steps, counted from 1.
        language: ISO 639-1, as of somebody who gets the card.
    """
    with installation.store.reading() as connection:
        steps = connection.execute(
            select(Step.id, Step.campaign_id, Campaign.frozen_hash)
            .join(Campaign, Campaign.id == Step.campaign_id)
            .where(Campaign.name == name, Step.channel == _CARD)
            .order_by(Step.arm_id, Step.position)
        ).all()
        if not 1 <= position <= len(steps):
            return None
        step = steps[position - 1]
        script = read_script(
            connection, step.campaign_id, step.id, today=local_date(installation.now())
        )
    # who signs may be one name, or one in each language
    key = (step.frozen_hash, step.id, str(script.context["agent"]))
    return _picture(_Frozen(script, key), language)


class _Frozen:
    """A script whose equality is that of what was frozen and the agent who signs it."""

    def __init__(self, script: Script, key: tuple[str, int, str]) -> None:
        self.script = script
        self.key = key

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and self.key == other.key


@lru_cache(maxsize=32)
def _picture(frozen: _Frozen, language: str) -> bytes | None:
    return _drawn(frozen.script, _message(frozen.script, language))


def card_as_sent(installation: Installation, touch_id: int) -> bytes | None:
    """Return a PNG of the card or letter of this touch, drawn again from the approved words.

    Name and address are those we know now. It is drawn for who may see it, and kept nowhere: ask only after the
    identity was checked. None where the touch was no card or letter, or cannot be put into words any more.
    """
    with installation.store.reading() as connection:
        touch = connection.execute(
            select(Touch.campaign_id, Touch.step_id, Touch.channel, Touch.handed_over_at).where(
                Touch.id == touch_id,
                Touch.channel.in_(_BY_POST),
                Touch.handed_over_at.is_not(None),
            )
        ).one_or_none()
        if touch is None:
            return None
        went = local_date(touch.handed_over_at)
        script = read_script(connection, touch.campaign_id, touch.step_id, today=went)
        channel = KINDS[touch.channel].open(ChannelSettings(installation.settings.outbox))
        message = compose_message(channel, script, addressed(connection, script, touch_id))
    if not isinstance(message, Message):
        return None
    return _drawn(script, message, touch.channel)


def _drawn(script: Script, message: Message, kind: str = _CARD) -> bytes | None:
    from channels.card.preview import count_pages, preview

    with TemporaryDirectory() as folder:
        outbox, picture = Path(folder) / "outbox", Path(folder) / "card.png"
        batch = Batch(
            key="specimen",
            made_at=_AGES_AGO,
            messages=(message,),
            layout=script.template.layout,
            sender=script.sender,
        )
        results = KINDS[kind].open(ChannelSettings(outbox)).send(batch)
        files = [
            found
            for found in results
            if isinstance(found, HandedFile) and found.name.endswith(".pdf")
        ]
        if not files:
            return None
        printed_file = outbox / files[0].folder / files[0].name
        preview(printed_file, picture, pages=count_pages(printed_file))
        return picture.read_bytes()


def _message(script: Script, language: str) -> Message:
    nobody = script.template.description.preview
    words = script.template.render(language, {**nobody, **script.context, "code": printed(_CODE)})
    lines = (str(nobody["person"]["addressee"]), *_NOBODY.lines())
    return Message(
        touch_id=0,
        to=_NOBODY,
        address_lines=lines,
        words=words.parts,
        language=words.language,
        code=_CODE,
    )
