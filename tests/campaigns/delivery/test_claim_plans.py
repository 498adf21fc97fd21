"""A claim reads as many rows as it takes, however many are due: the plans of both databases say so."""

from datetime import date, datetime

from sqlalchemy import Select, insert, select, text

from campaigns.delivery.claiming import due_touches
from campaigns.touches.occasions import Shard
from store.engine import Store
from store.states import TouchState
from store.tables import Person, Touch
from tests.builders import Builder, spread

DUE, BATCH = 2_000, 50


def plan(store: Store, query: Select[int]) -> str:
    """Return how the database means to read a query."""
    with store.reading() as connection:
        how = "explain query plan" if store.embedded else "explain"
        compiled = query.compile(connection, compile_kwargs={"literal_binds": True})
        rows = connection.execute(text(f"{how} {compiled}")).all()
    return "\n".join(" ".join(map(str, row)) for row in rows)


def many_due(store: Store, now: datetime) -> Shard:
    """Put down a step of which two thousand touches are due, beside three of which they went."""
    with store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign(arms=(("text", "sms"),))
        step, wave = campaign.steps["text", "sms"], campaign.waves[1]
        first = builder.person("P")
        row = connection.execute(select(Person.__table__).where(Person.id == first)).one()
        values = row._asdict()
        del values["id"]
        people = [
            {**values, "person_ref": f"P{n}", "draw_key": spread(f"P{n}", 31)} for n in range(DUE)
        ]
        connection.execute(insert(Person), people)
        touch = {
            "campaign_id": campaign.id,
            "step_id": step,
            "wave_id": wave,
            "channel": "sms",
            "state": TouchState.PLANNED,
            "due_on": date(2023, 6, 5),
            "not_before": now,
            "updated_at": now,
            "reasons": 0,
        }
        ids = connection.execute(select(Person.id)).scalars().all()
        arm = campaign.arms["text"]
        for position in range(2, 5):
            went = {
                **touch,
                "step_id": builder.step(campaign.id, arm, "sms", position=position),
                "state": TouchState.HANDED_OVER,
            }
            connection.execute(insert(Touch), [{**went, "person_id": each} for each in ids])
        connection.execute(insert(Touch), [{**touch, "person_id": each} for each in ids])
    with store.engine.connect() as connection:
        connection.exec_driver_sql("analyze")
        connection.commit()
    return Shard(campaign_id=campaign.id, step_id=step, wave_id=wave, channel="sms", size=DUE)


def test_what_is_due_is_read_in_its_order_from_one_index_and_never_sorted(
    store: Store, now: datetime
) -> None:
    shard = many_due(store, now)
    read = plan(store, due_touches(shard, now).limit(BATCH))
    assert "ix_touches_waiting" in read, read
    assert "TEMP B-TREE" not in read, read
    assert "Sort" not in read, read
