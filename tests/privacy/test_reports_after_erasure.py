"""Reports say the same after somebody was erased, and their cards can be shown before."""

from datetime import date, timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import select, update

from installation.installation import Installation
from outcomes.effects import effect
from outcomes.funnels import funnel
from privacy.access_export import everything_about
from privacy.access_pages import access_pages
from privacy.class_retention import remove_by_class
from privacy.erasing import erase_person, new_pseudonym
from store.states import OutcomeKind, ReplyKind
from store.tables import Call, Outcome, Person, PrintRun, Reply, Touch
from tests.builders import Builder
from tests.conftest import NOW
from tests.console.conftest import console_installation
from tests.deciding import deciding
from tests.passes import deliver
from tests.stories import campaign_file, launched, populate

__all__ = ["console_installation"]
EXAMPLE = Path(__file__).parents[2] / "campaigns" / "examples" / "retention.toml"
SENT, LATER = NOW + timedelta(days=11), NOW + timedelta(days=60)


def _story(installation: Installation) -> list[str]:
    """Send cards, and have three people reply, call and file a return."""
    populate(installation, 120, now=NOW)
    name = launched(installation, campaign_file(installation.settings.home), now=NOW)
    deliver(installation, now=SENT)
    with installation.store.writing() as connection:
        connection.execute(update(PrintRun).values(posted_at=SENT, closed_at=SENT))
        reached = select(Touch.id, Touch.person_id, Touch.campaign_id, Person.person_ref).join(
            Person, Person.id == Touch.person_id
        )
        people = connection.execute(reached.order_by(Touch.id).limit(3)).all()
        put = Builder(connection, SENT).put
        line = Builder(connection, SENT).line("+318001234")
        made = Builder(connection, SENT).import_id
        for person in people:
            whose = {"person_id": person.person_id, "campaign_id": person.campaign_id}
            put(
                Reply,
                reply_key=f"key {person.id}",
                kind=ReplyKind.CALLED,
                received_at=SENT + timedelta(days=3),
                text="I cannot sleep",
                objects=False,
                touch_id=person.id,
                import_id=made,
                **whose,
            )
            put(
                Call,
                line_id=line,
                touch_id=person.id,
                received_at=SENT + timedelta(days=3),
                state="wrapped_up",
                disposition="helped",
                note="cannot sleep",
                **whose,
            )
            put(
                Outcome,
                person_ref=person.person_ref,
                kind=OutcomeKind.FILED,
                happened_on=date(2023, 7, 1),
                reference=f"R{person.id}",
                import_id=made,
            )
    assert name == "cards"
    return [person.person_ref for person in people]


@pytest.mark.thorough
def test_reports_are_the_same_before_and_after_an_erasure(
    console_installation: Installation,
) -> None:
    installation = console_installation
    refs = _story(installation)

    def reports() -> tuple[str, str]:
        both = (
            funnel(installation, "cards", now=LATER),
            effect(installation, "cards", as_of=LATER.date(), now=LATER),
        )
        return repr(both[0]), repr(both[1])

    before = reports()
    for ref in refs:
        erase_person(installation, ref, new_pseudonym(), by=deciding("rosa"), now=LATER)
    assert reports() == before
    copyfile(EXAMPLE, installation.settings.retention_file)
    assert list(installation.settings.outbox.rglob("*.pdf"))
    assert remove_by_class(installation, by=deciding("rosa"), now=LATER + timedelta(days=900))
    assert reports() == before
    assert not list(installation.settings.outbox.rglob("*.pdf"))
    left = b"".join(
        each.read_bytes()
        for each in installation.settings.home.rglob("*")
        if each.is_file()
        and each.name != "people.csv"  # the file that was imported is the source's
    )
    assert [ref for ref in refs if ref.encode() in left] == []
    with installation.store.reading() as connection:
        assert not connection.execute(select(Person).where(Person.person_ref.in_(refs))).first()


@pytest.mark.thorough
def test_access_shows_the_card_that_somebody_got(console_installation: Installation) -> None:
    installation = console_installation
    ref, *_ = _story(installation)
    document = everything_about(installation, ref, now=LATER)
    assert len(document["by_post"]) == 1
    pages = access_pages(installation, document, language="nl", now=LATER)
    without = access_pages(installation, {**document, "by_post": []}, language="nl", now=LATER)
    assert len(pages) > len(without) + 10_000
    assert pages.count(b"/Subtype /Image") > without.count(b"/Subtype /Image")
