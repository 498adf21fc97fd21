"""A stand-in for the exchange that agents' browsers register with. It is spoken to by the provider's real script.

What it says was read from that script: it is no documented protocol, and only what a phone needs is here.
"""

import json
import queue
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

SOON = 30.0
HOUR = 3600
EXPIRED = 20104
Received = queue.Queue[tuple[str, dict[str, Any]]]


class Gateway:
    """An exchange for one agent: registers the browser, rings it, hangs up, and loses the connection."""

    def __init__(self, folder: Path, secret: str) -> None:
        self.secret = secret
        self.begin()
        self._open: ServerConnection | None = None
        self._server = serve(self._talk, "127.0.0.1", 0, ssl=_certified(folder))
        self.place = f"127.0.0.1:{self._server.socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def begin(self) -> None:
        """Begin anew: whatever a browser that is gone still says no longer counts."""
        self.lasting = HOUR  # seconds that passes are said to have left
        self.refusing = False  # every pass, as expired
        self.received: Received = queue.Queue()

    def _talk(self, connection: ServerConnection) -> None:
        self._open, received = connection, self.received
        try:
            for text in connection:
                if text == "\n":
                    continue
                message = json.loads(text)
                self._answer(message["type"], message["payload"])
                received.put((message["type"], message["payload"]))
        except ConnectionClosed:
            return

    def _answer(self, kind: str, payload: dict[str, Any]) -> None:
        if kind == "listen" and self.refusing:
            self.say("error", error={"code": EXPIRED, "message": "the pass has expired"})
        elif kind == "listen":
            grants = jwt.decode(payload["token"], self.secret, algorithms=["HS256"])["grants"]
            self.say(
                "connected",
                edge="dublin",
                token={"ttl": self.lasting, "identity": grants["identity"]},
            )
            payload["identity"] = grants["identity"]
        elif kind == "register" and payload["media"]["audio"]:
            self.say("ready")
        elif kind == "invite":  # a call that came back after a drop
            self.say(
                "answer",
                callsid=payload["callsid"],
                sdp=payload["sdp"],
                reconnect=payload["reconnect"],
            )

    def say(self, kind: str, **payload: Any) -> None:
        assert self._open is not None
        self._open.send(json.dumps({"type": kind, "payload": payload, "version": "1.6"}))

    def ring(self, call: str, sdp: str) -> None:
        message = {
            "CallSid": call,
            "From": "+31201234567",
            "To": "client:agent",
            "AccountSid": "AC" + "1" * 32,
        }
        self.say("invite", callsid=call, sdp=sdp, parameters=message, reconnect=f"back to {call}")

    def hear(self, kind: str) -> dict[str, Any]:
        """Wait until the browser says this; what it says meanwhile is passed over."""
        while True:
            said, payload = self.received.get(timeout=SOON)
            if said == kind:
                return payload

    def hear_until(self, kind: str) -> list[str]:
        """Wait until the browser says this; return what it said meanwhile."""
        said: list[str] = []
        while not said or said[-1] != kind:
            said.append(self.received.get(timeout=SOON)[0])
        return said[:-1]

    def lose(self) -> None:
        """Lose the connection as a network does: without a word."""
        assert self._open is not None
        self._open.socket.shutdown(2)

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()


def _certified(folder: Path) -> ssl.SSLContext:
    """Return a context with a certificate that nobody but us has signed."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "gateway.pem"
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
