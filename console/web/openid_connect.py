"""The client of an OpenID Connect provider, by Authlib: authorization code with PKCE, state and nonce.

Endpoints and keys come from the issuer's own description (OpenID Connect Discovery 1.0).
"""

import secrets
from collections.abc import Mapping
from typing import Any, cast

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from installation import provider_accounts
from installation.provider_accounts import Identity
from installation.settings import Settings

FAILURES = (AuthlibBaseError, JoseError, requests.RequestException, KeyError, ValueError)
"""What goes wrong with a provider, or with an answer that is not the provider's."""
SIGNED_BY = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
]
"""Signatures of a provider; never one that our own secret could make."""
_SECONDS, _LEEWAY = 10, 120


class Provider:
    """The provider of an installation."""

    def __init__(self, settings: Settings) -> None:
        """Keep its settings."""
        self._settings = settings

    def asked(self, back_to: str, **asked: Any) -> tuple[str, dict[str, str]]:
        """Return where somebody signs in, and what has to be known when they come back."""
        kept = {"nonce": secrets.token_urlsafe(24), "verifier": secrets.token_urlsafe(48)}
        url, state = self._client(back_to).create_authorization_url(
            self._described()["authorization_endpoint"],
            nonce=kept["nonce"],
            code_verifier=kept["verifier"],
            **asked,
        )
        return str(url), {**kept, "state": str(state)}

    def claims(
        self, came: Mapping[str, str], asked: Mapping[str, str], back_to: str
    ) -> dict[str, Any]:
        """Return the claims of the ID token that a code is good for, with the user's information.

        Raises:
            ValueError: This browser did not ask, or the provider did not sign somebody in.
        """
        if not asked or not secrets.compare_digest(
            came.get("state", "").encode(), asked["state"].encode()
        ):
            raise ValueError("an answer that this browser did not ask for")
        if "code" not in came:
            raise ValueError(f"the provider answered {came.get('error', 'without a code')[:80]}")
        described, client = self._described(), self._client(back_to)
        token = client.fetch_token(
            described["token_endpoint"],
            grant_type="authorization_code",
            code=came["code"],
            code_verifier=asked["verifier"],
        )
        claims = self._checked(token, described, asked["nonce"])
        if "userinfo_endpoint" in described:
            more = client.get(described["userinfo_endpoint"])
            more.raise_for_status()
            if more.json().get("sub") == claims["sub"]:
                claims = more.json() | claims
        return claims

    def identity(self, claims: Mapping[str, Any]) -> Identity:
        """Return who somebody is, by the claims that this body chose."""
        return provider_accounts.identity(
            claims,
            name_claim=self._settings.oidc_name_claim,
            role_claim=self._settings.oidc_role_claim,
            roles=self._settings.oidc_role_map,
        )

    def _checked(
        self, token: Mapping[str, Any], described: Mapping[str, Any], nonce: str
    ) -> dict[str, Any]:
        """Return the claims of an ID token, after its signature, issuer, audience, times and nonce."""
        keys = KeySet.import_key_set(cast("Any", _fetched(described["jwks_uri"])))
        read = jwt.decode(token["id_token"], keys, algorithms=SIGNED_BY)
        claims = CodeIDToken(
            read.claims,
            read.header,
            {"iss": {"essential": True, "values": [described["issuer"]]}},
            {
                "nonce": nonce,
                "client_id": self._settings.oidc_client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(leeway=_LEEWAY)
        if claims.get("nonce") != nonce:
            raise ValueError("the nonce of an ID token is not ours")
        return dict(claims)

    def _described(self) -> dict[str, Any]:
        """Return the issuer's description of itself.

        Raises:
            ValueError: It describes another issuer.
        """
        issuer = self._settings.oidc_issuer.rstrip("/")
        found = _fetched(f"{issuer}/.well-known/openid-configuration")
        if str(found["issuer"]).rstrip("/") != issuer:
            raise ValueError("the provider describes another issuer")
        return found

    def _client(self, back_to: str) -> Any:
        return OAuth2Session(
            self._settings.oidc_client_id,
            self._settings.oidc_client_secret.get_secret_value() or None,
            scope=self._settings.oidc_scope,
            redirect_uri=back_to,
            code_challenge_method="S256",
            default_timeout=_SECONDS,
        )


def _fetched(address: str) -> dict[str, Any]:
    answer = requests.get(address, timeout=_SECONDS)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found
