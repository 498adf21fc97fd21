"""Proofs of a submitted campaign as pictures and PDF files, drawn once for each version.

They bear names and addresses of real people, so they stand in memory alone, and every look is written down.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from campaigns.planning.proofs import Proof, proof
from console.web.sessions import Visit
from installation.installation import Installation
from store import audit_log
from store.audit_log import About, Decider, Kind
from store.clock import local_date
from store.errors import BadInput
from store.states import Road

SAW_PROOF = "saw_proof"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFiles:
    """The proof of one printed step, with its files."""

    proof: Proof
    pdf: bytes | None
    picture: bytes | None
    postal: bytes | None  # the address sides, as a PDF with the zones of the post over them


class _Version:
    """A version of a campaign, equal to another of the same installation, hash and day."""

    def __init__(self, installation: Installation, name: str, signed: str, now: datetime) -> None:
        self.installation, self.name, self.now = installation, name, now
        self.key: tuple[int, str, date] = (id(installation), signed, local_date(now))

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Version) and self.key == other.key


def proofs_of(visit: Visit, name: str, signed: str) -> tuple[ProofFiles, ...]:
    """Return the proofs of the version with this hash, none where nothing of it is printed."""
    now = visit.installation.now()
    return _drawn(_Version(visit.installation, name, signed, now))


@lru_cache(maxsize=4)
def _drawn(version: _Version) -> tuple[ProofFiles, ...]:
    with TemporaryDirectory() as folder:
        try:
            made = proof(version.installation, version.name, Path(folder), now=version.now)
        except BadInput:  # nothing of it is printed
            return ()
        return tuple(
            ProofFiles(
                proof=each,
                pdf=_bytes(each.pdf),
                picture=_bytes(each.sheet),
                postal=_bytes(each.postal),
            )
            for each in made
        )


def _bytes(file: Path | None) -> bytes | None:
    return file.read_bytes() if file else None


def write_down(visit: Visit, name: str, found: ProofFiles) -> None:
    """Write down for everybody on a proof that this colleague saw their name and address, once a day."""
    now, by = visit.installation.now(), Decider(visit.name, road=Road.PAGE)
    reason = f"proof of {name}, {found.proof.arm}, step {found.proof.step}"
    since = now.replace(hour=0, minute=0, second=0, microsecond=0)
    about = About(Kind.CAMPAIGN, f"{name}/{found.proof.arm}-{found.proof.step}")
    with visit.installation.store.writing() as connection:
        if audit_log.count(connection, visit.name, SAW_PROOF, about, since=since):
            return
        for person in found.proof.people:
            whom = About(about.kind, about.key, person_id=person)
            audit_log.record(connection, by, SAW_PROOF, whom, now=now, reason=reason)
