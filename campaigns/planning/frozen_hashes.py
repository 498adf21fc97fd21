"""The hash over the audience, texts, figures and budget of a submitted campaign."""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, or_, select

from store.tables import Arm, Campaign, Decision, FrozenText, Person, Wave
from suppression.reasons import Reason


def frozen_hash(connection: Connection, campaign_id: int) -> str:
    """Return the SHA-256 over audience, texts and budget, computed from the database."""
    total = sha256()
    for part in _frozen_parts(connection, campaign_id):
        total.update(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode())
        total.update(b"\n")
    return total.hexdigest()


def _frozen_parts(connection: Connection, campaign_id: int) -> Iterable[list[Any]]:
    source, deviations, signed, version = connection.execute(
        select(Campaign.source, Campaign.deviations, Campaign.signed_plan, Campaign.version).where(
            Campaign.id == campaign_id
        )
    ).one()
    yield ["campaign", source]
    if version > 1:
        # the first version says nothing, so that the hash of an older campaign stays as it was
        yield ["version", version]
    if deviations:
        # of a campaign that holds to the caps nothing is said, so that its hash stays as it was
        yield ["deviations", json.dumps(deviations, sort_keys=True)]
    if signed:
        # a campaign submitted before its figures were kept has none, and its hash stays as it was
        yield ["plan", json.dumps(signed, sort_keys=True)]
    texts = select(FrozenText.template, FrozenText.file, FrozenText.source).where(
        FrozenText.campaign_id == campaign_id
    )
    for row in connection.execute(texts.order_by(FrozenText.template, FrozenText.file)):
        yield ["text", *row]
    assigned = (
        select(Person.person_ref, Arm.name, Wave.number, Decision.deviation)
        .select_from(Decision)
        .join(Person, Person.id == Decision.person_id)
        .join(Arm, Arm.id == Decision.arm_id)
        .outerjoin(Wave, Wave.id == Decision.wave_id)
        .where(
            Decision.campaign_id == campaign_id,
            or_(Decision.selected, Decision.reason == Reason.HOLD_OUT.value),
        )
        .order_by(Person.person_ref)
        .execution_options(yield_per=10_000)
    )
    for person in connection.execute(assigned):
        *decided, deviation = person
        yield ["person", *decided, *([deviation] if deviation else [])]
