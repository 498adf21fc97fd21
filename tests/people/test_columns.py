"""What must never be kept is known by its name, however a source spells it; what only looks like it is left alone."""

from pathlib import Path

import pytest

from people.columns import COLUMNS, is_forbidden
from people.reading import open_source
from people.sources import own_map
from store.errors import BadInput

NATIONALITIES = """
    nationality Nationality NATIONALITY nationalities nationaliteit NATIONALITEIT Nationaliteiten nationaliteitcode
    nationaliteits_code NATIONALITEIT1 tweede_nationaliteit land_van_nationaliteit landVanNationaliteit
    nationality_code nationalty nationaliteut nationnaliteit Nationalit\u00e4t nationalit\u00e9 nacionalidad
    citizenship citizenshipCountry citizen_of staatsburgerschap Staatsangeh\u00f6rigkeit nat NAT_CODE natcd nat_oms
    nat1 natie nation n.a.t.i.o.n.a.l.i.t.e.i.t nationali-teit \uff4e\uff41\uff54ionaliteit obywatelstwo uyruk
    geboorteland GEBOORTE_LAND gebland land_van_geboorte birth_country country_of_birth country_of_origin
"""
OTHERS = """
    national_id NationalId NATIONALID nationaal_nummer international_phone natuurlijk_persoon ind_nat_persoon natura
    alternatief_adres coordinatie geboortedatum geboorteplaats land landcode country_code budget_niveau burgerservicenr
    citizen_service_number citizen_number rasterpunt terras_vergunning postcode years_without_return
"""


@pytest.mark.parametrize("name", NATIONALITIES.split())
def test_a_nationality_or_an_origin_is_known_by_any_of_its_names(name: str) -> None:
    assert is_forbidden(name)


@pytest.mark.parametrize("name", [*OTHERS.split(), *COLUMNS])
def test_a_name_that_only_looks_like_one_is_left_alone(name: str) -> None:
    assert not is_forbidden(name)


@pytest.mark.parametrize(
    "column", ["nationaliteit:text", "Land van nationaliteit", "citizenship:text"]
)
def test_a_file_with_a_nationality_is_refused_as_a_whole(tmp_path: Path, column: str) -> None:
    file = tmp_path / "people.csv"
    file.write_text(",".join((*COLUMNS, column)) + "\n")
    with pytest.raises(BadInput) as refused:
        own_map(open_source(file))
    assert refused.value.line == 1
    assert "nobody may be selected by nationality, origin or belief; take the column out" in str(
        refused.value
    )
