"""Derived keys keep their bytes, because hashes and marks made with them are stored and sent."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from channels.sms.callback_marks import mark_of
from installation import api_tokens
from installation.derived_keys import Purpose, derive_key
from installation.installation import Installation
from installation.settings import Settings
from people import citizen_numbers
from store.states import Role
from store.tables import ApiToken

SECRET = "a key for tests only"
KNOWN = [
    (
        Purpose.CALLBACK_MARKS,
        "",
        "1cbf80437d87232a6d41da069454ed366779310d2e2766d2edb2962d76671693",
    ),
    (
        Purpose.API_ANSWERS,
        "",
        "e875d20da8847828ce4e71c86f15b6bc34b1e060704e3ffcd32187302d64f2d6",
    ),
    (
        Purpose.API_TOKENS,
        "",
        "f7b762624c29e3bedebc38c2ef9cc5bfc703babfe9fd532bb5e9c762145994e0",
    ),
    (
        Purpose.CONSOLE_SESSIONS,
        "",
        "dca45d142183a95720c2782c713965e6e2452fa76f36ae6a9a5906f591df025b",
    ),
    (
        Purpose.VISITOR,
        "looks 2023-06-06 203.0.113.7",
        "6035ac2dde02b878e5a92c7f11291d86e0496b49445cb86ae3378037bbbd0e94",
    ),
    (
        Purpose.LINE_OF_CODE,
        "1183180055",
        "15160d4ddaf0d71643e51161721a1d694f56160e9d28264a7fb9dc78f7185477",
    ),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "secret.key").write_text(SECRET)
    return Settings(home=tmp_path)


@pytest.mark.parametrize(("purpose", "detail", "known"), KNOWN)
def test_a_derived_key_keeps_its_bytes(
    settings: Settings, purpose: Purpose, detail: str, known: str
) -> None:
    assert settings.key_for(purpose, detail).hex() == known


def test_each_purpose_has_a_key_of_its_own(settings: Settings) -> None:
    keys = {settings.key_for(purpose) for purpose in Purpose}
    assert len(keys) == len(Purpose)
    assert settings.key() not in keys
    assert derive_key(b"another secret", Purpose.API_TOKENS) not in keys


def test_the_mark_in_an_address_that_a_provider_has_keeps_its_letters(settings: Settings) -> None:
    key = settings.accounts["callback_key"]
    assert mark_of(key, "texts-w1-000001.7") == "0b5731e314b27b174dfbaf359fe56df7"


def test_the_hash_of_a_citizen_number_keeps_its_letters(settings: Settings) -> None:
    known = "91fe367d8df456c073a5dcb551effc8d56cdbd26aab7ecdf807a1548bf411654"
    assert citizen_numbers.keyed_hash("000000012", settings.key()) == known
    assert citizen_numbers.hasher(settings.key())("000000012") == known


def test_a_token_that_was_stored_before_is_admitted(installation: Installation) -> None:
    stored = {
        "name": "desk-system",
        "role": Role.AGENT,
        "token_hash": "68047aaf3e303f3037858a149589419647653a7161578db233bec031a8db9533",
        "made_at": installation.now(),
        "made_by": "ann",
        "expires_at": installation.now() + timedelta(days=1),
    }
    with installation.store.writing() as connection:
        connection.execute(insert(ApiToken).values(stored))
    admitted = api_tokens.admitted(installation, "kaartje_x")
    assert admitted is not None
    assert admitted.name == "desk-system"
