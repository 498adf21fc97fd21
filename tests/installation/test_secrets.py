"""Secrets under which a database may be filled."""

import secrets
from pathlib import Path

import pytest

from installation.installation import open_installation
from installation.secret_checks import check_new_secret
from installation.settings import Settings
from store.errors import BadInput

EXAMPLES = [
    " " * 40,
    "kort" + " " * 40,
    "changemechangemechangemechangeme",
    "Change-Me! please, this is not it 123",
    "<your-secret-of-at-least-32-characters>",
    "${KAARTJE_SECRET_FROM_SOMEWHERE_ELSE}",
    "a" * 40,
    "abcd" * 10,
    "0123456789012345678901234567890123456789",
    "0123456789abcdefghijklmnopqrstuvwxyz",
    "our password of 2023 is a long one 77",
]


@pytest.mark.parametrize("secret", EXAMPLES)
def test_a_secret_that_anybody_would_try_fills_no_database(tmp_path: Path, secret: str) -> None:
    with pytest.raises(BadInput, match="at least 32 random ones"):
        open_installation(Settings(home=tmp_path, database_url="", secret=secret))


def test_a_random_secret_is_taken() -> None:
    for make in (secrets.token_hex, secrets.token_urlsafe):
        for _ in range(300):
            assert check_new_secret(text := make(32)) == text


def test_a_database_that_was_filled_under_a_weak_secret_still_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path, database_url="", secret="abcd" * 10)
    with monkeypatch.context() as patch:
        patch.setattr("installation.identity.check_new_secret", lambda text, **_: text)
        open_installation(settings).store.engine.dispose()
    open_installation(settings).store.engine.dispose()
