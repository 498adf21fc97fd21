"""What Twilio signed is let in; nothing else is, and nothing that a stranger writes makes us stumble."""

from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms.attempts import attempt_of, marked_url
from channels.sms.callback_marks import is_marked, mark_of
from channels.sms.signatures import Fields, Scheme, Signed, is_genuine, sign

TOKEN = "12345"
SHOP = "https://mycompany.com/myapp.php?foo=1&bar=2"
CALL = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
BODY = b'{"property": "value", "boolean": true}'
HASHED = f"{SHOP}&bodySHA256={sha256(BODY).hexdigest()}"
SHA256 = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"


def genuine(url: str, signature: str | None, fields: Fields = CALL, **more: Any) -> bool:
    settings = more.pop("settings", None)
    tokens = more.pop("tokens", (TOKEN,))
    return is_genuine(tokens, url, Signed(signature, settings), fields=fields, **more)


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        (SHOP, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (SHOP.replace(".com", ".com:1234"), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (SHOP, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (SHOP.replace("https", "http"), "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (
            SHOP.replace("https", "http").replace(".com", ".com:1234"),
            "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=",
        ),
    ],
    ids=[
        "as it is",
        "a port that was not signed",
        "the port of https",
        "the port of http",
        "a port of its own",
    ],
)
def test_a_form_is_let_in_with_and_without_its_port(url: str, signature: str) -> None:
    assert genuine(url, signature)
    assert not genuine(url, signature, [*CALL, ("Digits", "9")])
    assert not genuine(f"{url}&more=1", signature)


def test_a_field_that_was_sent_twice_is_signed_once_for_each_value() -> None:
    twice = [
        ("Sid", "CA123"),
        ("SidAccount", "AC123"),
        ("Digits", "5678"),
        ("Digits", "1234"),
        ("Digits", "1234"),
    ]
    assert genuine(SHOP, "IK+Dwps556ElfBT0I3Rgjkr1wJU=", twice)
    assert not genuine(SHOP, "IK+Dwps556ElfBT0I3Rgjkr1wJU=", twice[:3])


def test_a_document_is_let_in_when_the_address_carries_its_hash() -> None:
    assert (
        sha256(BODY).hexdigest()
        == "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    )
    signature = "a9nBmqA0ju/hNViExpshrM61xv4="
    assert genuine(HASHED, signature, document=BODY)
    assert not genuine(HASHED, signature, document=BODY.replace(b"true", b"false"))
    assert not genuine(SHOP, sign(TOKEN, SHOP), document=BODY)


def test_the_newer_scheme_is_let_in_where_a_header_names_it() -> None:
    signature = "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s="
    assert genuine(SHOP, signature, settings=SHA256)
    assert genuine(SHOP, signature, settings="key=k, algorithm=hmac_sha256")
    assert not genuine(SHOP, signature)
    assert not genuine(SHOP, signature, settings="key=k,algorithm=HMAC_MD5")
    assert not genuine(SHOP, sign(TOKEN, SHOP, CALL), settings=SHA256)


def test_either_token_opens_while_one_is_changed_and_an_empty_one_never_does() -> None:
    signature = sign("the next", SHOP, CALL)
    assert genuine(SHOP, signature, tokens=(TOKEN, "the next"))
    assert not genuine(SHOP, signature, tokens=(TOKEN, ""))
    assert not genuine(SHOP, sign("", SHOP, CALL), tokens=("", ""))
    assert not genuine(SHOP, signature, tokens=())


@pytest.mark.parametrize(
    ("url", "form", "sha1", "sha256"),
    [
        (
            "https://kaartje.example/sms/status?attempt=texts-w1-000001.7",
            "Body=&From=%2B31612345678",
            "0vpSwvwWHqjp6Cfn/HJf+pArizc=",
            "j3/jfyPwNVQbtRGuxHZPvEgiItfw4VPR2Td3Hzs11kI=",
        ),
        (
            "https://kaartje.example/sms/in?n=a+b&m=%C3%AB",
            "Body=Hall%C3%B6+%F0%9F%98%80&A=1",
            "6VJ6y2S4HorQ2xtjJ22G7auBE1c=",
            "568R1kPk2pePncuse5ELIhMUxwdgdnGvpGlRKgyopgo=",
        ),
        (
            "https://Kaartje.Example:8443/w",
            "b=1&A=2&a=3&B=4",
            "zxlMGpa9m/aja5Y6UkkI0zIGQmE=",
            "G4P6ZrYDXcjSzgNFiz8VHT0Xm+4ORmS79sRoMEa55sc=",
        ),
        (
            "http://127.0.0.1:8600/sms/status",
            "From=anonymous&CallStatus=ringing",
            "h4uyhlylJ0pbm3/sxfXD+WkwWF4=",
            "BNAo2ZD4luYK6brUe6ruendXSLQF8q2vdqWaCNTnOR4=",
        ),
        (
            "https://u:p@x.example:8443/w",
            "A=1",
            "jLXglaLxX44LITgRo61vrvcKlx8=",
            "F+bGvzANT0q5Sbxoz3uvQtkFVl4vvjZkND/uSYq8JI4=",
        ),
    ],
    ids=["an empty field", "a raw query", "a port and the order of names", "no port", "a login"],
)
def test_known_signatures_are_made_and_let_in(url: str, form: str, sha1: str, sha256: str) -> None:
    """Twilio's libraries for Python and for Node both make these."""
    fields = parse_qsl(form, keep_blank_values=True)
    for scheme, known in ((Scheme.SHA1, sha1), (Scheme.SHA256, sha256)):
        assert sign(TOKEN, url, fields, scheme) == known
        assert genuine(url, known, fields, settings=f"key=k,algorithm={scheme}")


def test_a_document_without_its_hash_or_not_in_utf8_is_refused(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for url, document in ((SHOP, BODY), (HASHED, b"\xff"), (f"{SHOP}&bodySHA256=", BODY)):
        assert not genuine(url, sign(TOKEN, url), document=document)
    assert not genuine(SHOP, sign(TOKEN, SHOP, CALL), settings="algorithm=HMAC_MD5")
    assert caplog.text == ""


texts = st.text(max_size=30)


@given(st.dictionaries(texts, texts, max_size=5), st.sampled_from(list(Scheme)))
def test_what_is_signed_is_let_in_and_one_letter_more_is_not(
    form: dict[str, str], scheme: Scheme
) -> None:
    fields, settings = list(form.items()), f"key=k,algorithm={scheme}"
    signature = sign(TOKEN, SHOP, fields, scheme)
    assert genuine(SHOP, signature, fields, settings=settings)
    assert not genuine(SHOP, signature, [*fields, ("x" * 31, "")], settings=settings)


@given(
    texts,
    st.none() | texts,
    st.none() | texts,
    st.lists(st.tuples(texts, texts), max_size=3),
    st.binary(),
)
def test_whatever_a_stranger_writes_is_refused_without_stumbling(
    url: str,
    signature: str | None,
    settings: str | None,
    fields: list[tuple[str, str]],
    document: bytes,
) -> None:
    for way in (
        url,
        f"https://{url}",
        "https://x.example:99999/",
        "https://[::1",
        "http://[::1]:80/w",
    ):
        assert not genuine(way, signature, fields, settings=settings)
        assert not genuine(way, signature, settings=settings, document=document)
        assert not is_marked("a key", way, signature or "")


def test_an_address_with_a_mark_is_known_again_and_no_other_try_has_it() -> None:
    url = marked_url("https://kaartje.example/", "texts-w1-000001.7", "a key")
    assert attempt_of(url) == ("texts-w1-000001", 7)
    assert url.endswith(mark_of("a key", "texts-w1-000001.7"))
    assert is_marked("a key", "texts-w1-000001.7", mark_of("a key", "texts-w1-000001.7"))
    assert not is_marked("a key", "texts-w1-000001.8", mark_of("a key", "texts-w1-000001.7"))
    assert not is_marked("", "texts-w1-000001.7", mark_of("", "texts-w1-000001.7"))
    assert marked_url("https://kaartje.example", "texts-w1-000001.7", "") == ""
