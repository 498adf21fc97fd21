"""Names of columns in Dutch and English exports, compared without capitals, accents and signs."""

import re
import unicodedata

from people.suspensions import FACT as SUSPENSION
from store.facts import FactType

# Ours: theirs, the likeliest first: where a file has two of them, the first wins.
_SYNONYMS: dict[str, str] = {
    "person_ref": "person_ref klantnr klantnummer klant_id persoonsnummer persoon_id persoonnr relatienr relatienummer"
    " relatie_id client_id clientnr clientnummer debiteurnr debiteurnummer kenmerk referentie anr"
    " administratienummer dossierhouder belastingplichtige_nr subjectnr subjectnummer customer_id customer_no"
    " customer_number person_id person_no personid id ref reference",
    "bsn": "bsn burgerservicenr burgerservicenummer bsn_nr bsnr sofinr sofinummer sofi fiscaalnr fiscaalnummer"
    " finr rsin citizen_number citizen_service_number national_id",
    "initials": "initials voorletters voorl initialen vl letters",
    "given_name": "given_name voornaam voornamen roepnaam first_name firstname given_names forename",
    "prefix": "prefix voorvoegsel voorvoegsels tussenvoegsel tussenvoegsels voorv vv tussenv name_prefix infix",
    "family_name": "family_name geslachtsnaam achternaam familienaam last_name lastname surname naam name",
    "name_use": "name_use naamgebruik aanduiding_naamgebruik ind_naamgebruik code_naamgebruik aand_naamgebruik"
    " aanduiding_naamgebruik_code naamgebruik_code voorkeur_naamgebruik wijze_van_naamgebruik name_usage",
    "partner_prefix": "partner_prefix voorvoegsel_partner voorvoegsels_partner partner_voorvoegsel"
    " partner_voorvoegsels tussenvoegsel_partner tussenvoegsels_partner partner_tussenvoegsel"
    " voorvoegsel_geslachtsnaam_partner voorvoegsel_echtgenoot voorv_partner prefix_partner",
    "partner_name": "partner_name geslachtsnaam_partner partner_geslachtsnaam achternaam_partner partner_achternaam"
    " naam_partner partnernaam familienaam_partner geslachtsnaam_echtgenoot geslachtsnaam_echtgenoot_partner"
    " partner_family_name partner_surname partner_last_name spouse_name",
    "noble_title": "noble_title adellijke_titel_predicaat adellijke_titel_of_predicaat adellijke_titel predicaat"
    " titel_predicaat adellijke_titel_predicaat_code code_adellijke_titel_predicaat title_of_nobility",
    "partner_noble_title": "partner_noble_title adellijke_titel_predicaat_partner adellijke_titel_of_predicaat_partner"
    " adellijke_titel_partner partner_adellijke_titel predicaat_partner titel_predicaat_partner",
    "partner_ended_on": "partner_ended_on datum_ontbinding datum_ontbinding_huwelijk"
    " datum_ontbinding_huwelijk_geregistreerd_partnerschap datum_ontbinding_partnerschap datum_einde_huwelijk"
    " partner_einddatum partner_tot",
    "birth_date": "birth_date geboortedatum geb_datum gebdatum gebdat datum_geboorte geboortedag date_of_birth dob"
    " birthdate geb",
    "gender": "gender geslacht geslachtsaanduiding sekse sex m_v mv gesl",
    "language": "language taal taalcode voorkeurstaal correspondentietaal taal_voorkeur lang preferred_language",
    "street": "street straatnaam straat openbare_ruimte naam_openbare_ruimte straat_naam street_name adres_straat",
    "house_number": "house_number huisnr huisnummer hnr nummer house_no number huis_nr huisnum hsnr"
    " hs_nr house_nr housenr nr",
    "house_letter": "house_letter huisletter hletter huislt letter huisltr huis_ltr hltr hsltr huisl ltr"
    " huisnummer_letter huisnr_letter hnr_letter letter_huisnummer house_no_letter house_number_letter",
    "house_addition": "house_addition toevoeging huisnr_toevoeging huisnummer_toevoeging huisnrtoev hnr_toev"
    " toev huistoevoeging huisnummer_toev hsnr_toev htoev huistoev hnrtoev toevoegsel toevoeging_huisnummer"
    " addition house_number_addition suffix",
    "house_designation": "house_designation aanduiding_bij_huisnummer aanduiding_bij_huisnr aand_bij_huisnummer"
    " aand_bij_huisnr aanduiding_huisnummer aanduiding_huisnr huisnummer_aanduiding huisnr_aanduiding"
    " ind_by_to house_number_designation designation",
    "location_description": "location_description locatiebeschrijving locatie_beschrijving beschrijving_locatie"
    " locatieomschrijving locatie_omschrijving omschrijving_locatie",
    "abroad_line_1": "abroad_line_1 regel_1_adres_buitenland adres_buitenland_regel_1 adres_buitenland_1"
    " regel1_buitenland buitenland_regel_1 buitenlands_adres_1 buitenlands_adres_regel_1 adresregel_1_buitenland"
    " foreign_address_line_1 foreign_address_1 adres_bl_1",
    "abroad_line_2": "abroad_line_2 regel_2_adres_buitenland adres_buitenland_regel_2 adres_buitenland_2"
    " regel2_buitenland buitenland_regel_2 buitenlands_adres_2 buitenlands_adres_regel_2 adresregel_2_buitenland"
    " foreign_address_line_2 foreign_address_2 adres_bl_2",
    "abroad_line_3": "abroad_line_3 regel_3_adres_buitenland adres_buitenland_regel_3 adres_buitenland_3"
    " regel3_buitenland buitenland_regel_3 buitenlands_adres_3 buitenlands_adres_regel_3 adresregel_3_buitenland"
    " foreign_address_line_3 foreign_address_3 adres_bl_3",
    "postcode": "postcode postkode pc postcode_6 zip zip_code postal_code zipcode post_code",
    "town": "town woonplaats plaats woonplaatsnaam plaatsnaam stad city place wpl",
    "country": "country land landcode land_code country_code landnaam",
    "phone": "phone telefoon_mobiel mobiel mobielnr mobiel_nummer mobielnummer gsm tel_mobiel telmobiel mobile"
    " mobile_phone tel1 tel_1 telefoon1 telefoonnummer1 telefoon telefoonnr telefoonnummer tel telnr phone1"
    " phone_number telephone",
    "phone2": "phone2 tel2 tel_2 telefoon2 telefoonnummer2 telefoon_2 telefoon_vast vast_nummer tel_vast tel_prive"
    " telefoon_prive telefoon_overig phone_2 landline telefoon telefoonnr telefoonnummer tel telefoon_thuis tel1",
    "email": "email e_mail emailadres mail mailadres e_mail_adres email_address",
    "deceased_on": "deceased_on datum_overlijden overlijdensdatum overleden_op overl_datum dat_overl overlijdingsdatum"
    " date_of_death died_on dod overleden",
    "moved_abroad_on": "moved_abroad_on datum_vertrek_nl datum_vertrek_nederland vertrekdatum datum_vertrek"
    " datum_emigratie emigratiedatum datum_vertrek_uit_nederland emigrated_on dat_vertrek",
    "address_under_investigation": "address_under_investigation ind_adres_in_onderzoek adres_in_onderzoek"
    " in_onderzoek ind_onderzoek aanduiding_in_onderzoek aanduiding_gegevens_in_onderzoek adresonderzoek ind_aio",
    "secret_address": "secret_address ind_geheim geheim geheimhouding indicatie_geheim ind_geheimhouding"
    " geheim_adres code_geheim indicatie_geheimhouding secret",
    "guardian_ref": "guardian_ref curator curator_nr bewindvoerder bewindvoerder_nr vertegenwoordiger curator_id"
    " wettelijk_vertegenwoordiger guardian representative_ref bewindvoerder_id",
}
# a flag of its own in some sources: a plain yes in it says that nobody knows where this person lives
_UNKNOWN_RESIDENCE = (
    "vow ind_vow indicatie_vow verblijf_onbekend ind_verblijf_onbekend indicatie_verblijf_onbekend"
    " vertrokken_onbekend_waarheen ind_vertrokken_onbekend_waarheen verblijfplaats_onbekend residence_unknown"
)
_FACTS: dict[tuple[str, FactType], str] = {
    (
        "years_without_return",
        "int",
    ): "years_without_return jaren_geen_aangifte jaren_zonder_aangifte aantal_jaren_geen"
    "_aangifte jaren_niet_ingediend ontbrekende_jaren missing_years",
    (
        "reminded_on",
        "date",
    ): "reminded_on datum_herinnering herinneringsdatum herinnering_op dat_herinnering"
    " reminder_date herinnerd_op",
    (
        "dunned_on",
        "date",
    ): "dunned_on datum_aanmaning aanmaningsdatum aanmaning_op dat_aanmaning dunning_date"
    " aangemaand_op",
    (
        "extension_until",
        "date",
    ): "extension_until uitstel_tot datum_uitstel uitsteldatum uitstel_tot_en_met"
    " extension_date datum_einde_uitstel",
    (
        "refund_expected",
        "bool",
    ): "refund_expected teruggaaf_verwacht ind_teruggaaf teruggaaf verwachte_teruggaaf"
    " ind_teruggaaf_verwacht",
    (
        "assessed_on",
        "date",
    ): "assessed_on datum_aanslag aanslagdatum datum_ambtshalve_aanslag ambtshalve_aanslag_op"
    " aanslag_opgelegd_op dat_aanslag assessment_date",
    (
        "assessment_due_on",
        "date",
    ): "assessment_due_on datum_aanslag_gepland geplande_aanslagdatum aanslag_gepland_op"
    " uiterste_aanslagdatum datum_ambtshalve_gepland assessment_due_date",
    (
        "official_letter_on",
        "date",
    ): "official_letter_on datum_laatste_brief laatste_brief_op datum_officiele_brief"
    " briefdatum datum_brief dat_brief letter_date official_letter_date",
    (SUSPENSION, "text"): "brp_suspension opschorting opschorting_bijhouding reden_opschorting"
    " reden_opschorting_bijhouding omschrijving_reden_opschorting_bijhouding reden_opschorting_bijhouding_pl"
    f" opschortingsreden code_opschorting brp_opschorting bijhouding_opgeschort {_UNKNOWN_RESIDENCE}",
    (
        "in_care_of",
        "text",
    ): "in_care_of in_behandeling_bij behandeld_door behandelend_team in_behandeling"
    " behandeling_bij handled_by",
}


def plain(name: str) -> str:
    """Return a column's name without capitals, accents, spaces and signs."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", ascii_only.casefold())


COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    ours: tuple(plain(word) for word in words.split()) for ours, words in _SYNONYMS.items()
}
FACT_NAMES: dict[str, tuple[str, FactType]] = {
    plain(word): fact for fact, words in _FACTS.items() for word in words.split()
}


def tells_unknown_residence(name: str) -> bool:
    """Whether a column's name is that of a flag for an unknown residence."""
    return plain(name) in {plain(word) for word in _UNKNOWN_RESIDENCE.split()}


def fact_name(name: str) -> str:
    """Return the name of a source's column as a fact, in small letters, digits and underscores."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", ascii_only.casefold()).strip("_")
    return (words if words[:1].isalpha() else f"f_{words}")[:63].rstrip("_")
