"""Names and addresses as no register should give them: each is refused, or held back with its reason, and alone."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from installation.installation import Installation
from people.importing import import_people
from store.clock import parse_moment
from store.states import TouchState
from store.tables import Person, Touch
from tests.passes import deliver
from tests.people.exports import a_person, write_people
from tests.stories import campaign_file, launched, populate

DUE = parse_moment("2023-06-05")
RTL, EMOJI = "\u202enesnaJ", "\U0001f600"


@pytest.mark.everyday(2)
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"house_addition": "A" * 40}, "DOES_NOT_FIT"),
        ({"house_addition": "hs rechts achter op de derde verdieping."}, None),
        ({"town": "Voorbeeld" * 8 + "straten!"}, "DOES_NOT_FIT"),
        ({"family_name": f"Jansen {EMOJI}"}, "MISSING_GLYPH"),
        ({"family_name": RTL}, "HIDDEN_SIGN"),
        ({"family_name": "", "initials": "", "given_name": "", "prefix": ""}, "EMPTY_LINE"),
    ],
)
def test_an_odd_name_or_address_holds_back_its_own_card_only(
    installation: Installation,
    tmp_path: Path,
    now: datetime,
    change: dict[str, Any],
    code: str | None,
) -> None:
    populate(installation, 200, now=now)
    launched(installation, campaign_file(tmp_path), now=now)
    with installation.store.writing() as connection:
        query = (
            select(Touch.id, Touch.person_id)
            .where(Touch.state == TouchState.PLANNED)
            .order_by(Touch.id)
        )
        touch, person = connection.execute(query).first() or (0, 0)
        connection.execute(update(Person).where(Person.id == person).values(change))
    deliver(installation, now=DUE)
    with installation.store.reading() as connection:
        row = connection.execute(select(Touch.state, Touch.reason).where(Touch.id == touch)).one()
        others = set(connection.execute(select(Touch.state).where(Touch.id != touch)).scalars())
    assert (row.state, row.reason) == (
        (TouchState.FAILED, code) if code else (TouchState.HANDED_OVER, None)
    )
    assert TouchState.HANDED_OVER in others
    assert TouchState.FAILED not in others


@pytest.mark.parametrize(
    ("change", "refused", "remarks"),
    [
        (
            {"house_number": "1" * 40},
            0,
            {"bad_address": 1},
        ),  # the person is known, without an address
        ({"town": "y" * 80}, 0, {}),  # taken, and measured when it is printed
        ({"family_name": EMOJI}, 0, {"nothing": 1}),  # no letter is no name
        ({"family_name": RTL}, 1, {}),
    ],
)
def test_an_odd_row_of_a_file_is_refused_or_remarked_on_and_the_next_goes_on(
    installation: Installation,
    tmp_path: Path,
    now: datetime,
    change: dict[str, str],
    refused: int,
    remarks: dict[str, int],
) -> None:
    file = write_people(tmp_path / "p.csv", [a_person("K1", **change), a_person("K2")])
    report = import_people(
        installation.store,
        file,
        key=installation.settings.key(),
        now=now,
        refused=tmp_path / "refused.csv",
    )
    assert (report.added, report.refused, dict(report.remarks)) == (2 - refused, refused, remarks)
