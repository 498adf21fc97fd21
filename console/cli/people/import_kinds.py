"""Kinds of files that can be imported, recognised by their header, and one result for all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from store.errors import BadInput
from store.sentences import Sentence, in_terms, joined

if TYPE_CHECKING:
    from inbound.reply_effects import ReplyEffects
    from installation.installation import Installation
    from people.importing import ImportReport
    from people.sheet_imports import Taken, Watch

# Each kind of finding about a person who was taken, in a colleague's words.
REMARKS = {
    "nothing": Sentence("fields with a word or a sign for nothing: read as empty"),
    "not_a_name": Sentence("names without a letter: read as empty"),
    "spreadsheet_number": Sentence("numbers that a spreadsheet wrote in its own way: read"),
    "spreadsheet_date": Sentence("dates that a spreadsheet wrote in its own way: read"),
    "number_with_note": Sentence("telephone numbers with a note: read without it"),
    "name_with_note": Sentence("initials or given names with a title or a note: read without it"),
    "unusable_number": Sentence("telephone numbers that can be neither called nor texted"),
    "bad_address": Sentence("addresses that no post can reach"),
    "no_address": Sentence("people without any address"),
    "damaged_name": Sentence("names or streets that the export damaged: held, never printed"),
    "name_and_more": Sentence("names with a note, a firm or a second person: held, never printed"),
    "missing_name": Sentence("people without a name: held, never printed"),
    "missing_partner": Sentence(
        "people who go by the name of a partner that is not known: greeted by their own"
    ),
    "unknown_title": Sentence("titles that the register does not have: left out"),
    "unknown_country": Sentence("countries we do not know"),
    "unknown_language": Sentence("languages we do not know: they get Dutch"),
    "bad_email": Sentence("mail addresses that cannot be right"),
}


class Kind(StrEnum):
    """The kind of a file."""

    PEOPLE = "people"
    OBLIGATIONS = "obligations"
    SUPPRESSIONS = "suppressions"
    EXCHANGE = "exchange"  # another body's list, without names
    CONSENTS = "consents"
    REPLIES = "replies"
    OUTCOMES = "outcomes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of one import."""

    file: Path
    refused: Path | None = None  # where refused rows are written
    remarks: Path | None = None  # people: where remarks about rows taken are written
    map_file: Path | None = None  # people: how the source names its columns
    source: str | None = None  # suppressions and exchange: which list it is, or who it is from
    by: str = "command line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The result of an import, in one shape for every kind."""

    kind: Kind
    counts: Mapping[str, int]  # rows, added, updated, unchanged, refused
    in_words: str  # the counts, in one line
    import_id: int
    refusals: tuple[Mapping[str, Any], ...]  # the first ones, each with its line and problem
    refused_file: Path | None
    remarks_file: Path | None = None
    findings: tuple[str, ...] = ()  # what else there is to know, a line each
    own: Mapping[str, Any] = field(default_factory=dict)  # what only this kind counts

    def as_data(self, file: Path) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "kind": self.kind,
            "file": file.absolute(),
            "import_id": self.import_id,
            **self.counts,
            "refusals": self.refusals,
            "refused_file": self.refused_file,
            "remarks_file": self.remarks_file,
            **self.own,
        }


def recognise(file: Path) -> Kind:
    """Return which kind of file this is, by the columns in its header.

    Where the columns that several kinds require are there, it is the kind that knows most of the header.

    Raises:
        BadInput: it is empty or not UTF-8, or no kind, or more than one, has such a header.
        OSError: it cannot be read.
    """
    from people.sheets import read_header

    header = set(read_header(file)) if _starts_with_header(file) else set(_below_titles(file))
    known = {
        kind: len(header & (required | optional))
        for kind, (required, optional) in _columns().items()
        if required <= header
    }
    best = [kind for kind, count in known.items() if count == max(known.values())]
    if len(best) != 1:
        problem = "could be of more than one kind" if best else "is not recognised by its header"
        remedy = Sentence(
            "say which with --kind {kind}, or give a --map for a source's own people",
            kind="|".join(Kind),
        )
        raise BadInput(problem, remedy, file=str(file), line=1)
    return best[0]


def _starts_with_header(file: Path) -> bool:
    """Return whether nothing stands above the header, as in every kind but people."""
    from people.cells.headers import LOOKED_AT, lines_before_header
    from people.reading import DELIMITERS

    try:
        with file.open(encoding="utf-8-sig") as text:
            first = list(islice(text, LOOKED_AT))
    except UnicodeError:
        return True
    return not first or lines_before_header(first, DELIMITERS) == 0


def _below_titles(file: Path) -> tuple[str, ...]:
    from people.reading import open_source

    return open_source(file).header


def _columns() -> dict[Kind, tuple[set[str], set[str]]]:
    """Return the columns that each kind requires, and those it may have besides."""
    from inbound import reply_rows
    from outcomes import outcome_imports
    from people import columns, obligations
    from suppression import columns as listed
    from suppression import hashed_exchange, importing_consents

    return {
        Kind.PEOPLE: ({"person_ref", "family_name", "birth_date"}, set(columns.COLUMNS)),
        Kind.OBLIGATIONS: (set(obligations.REQUIRED), set(obligations.OPTIONAL)),
        Kind.SUPPRESSIONS: ({"reason"}, {*listed.COLUMNS, *listed.HISTORY}),
        Kind.EXCHANGE: (set(hashed_exchange.COLUMNS), set()),
        Kind.CONSENTS: (set(importing_consents.REQUIRED), set(importing_consents.OPTIONAL)),
        Kind.REPLIES: (set(reply_rows.REQUIRED), set(reply_rows.OPTIONAL)),
        Kind.OUTCOMES: (set(outcome_imports.REQUIRED), set(outcome_imports.OPTIONAL)),
    }


def import_as(
    kind: Kind, installation: "Installation", options: Options, watch: "Watch"
) -> Imported:
    """Import a file as one kind. Imported twice, it changes nothing.

    Raises:
        BadInput: it cannot be taken as a whole; nothing was imported.
        OSError: it cannot be read.
    """
    if options.map_file and kind is not Kind.PEOPLE:
        raise BadInput(
            "is for people only", Sentence("leave it out for {kind}", kind=kind), field="--map"
        )
    if options.remarks and kind is not Kind.PEOPLE:
        raise BadInput(
            "is for people only", Sentence("leave it out for {kind}", kind=kind), field="--remarks"
        )
    return _IMPORTERS[kind](installation, options, watch)


def _import_people(installation: "Installation", options: Options, watch: "Watch") -> Imported:
    from people.cells.findings_files import findings_folder
    from people.importing import import_people

    report = import_people(
        installation.store,
        options.file,
        key=installation.settings.key(),
        joint=installation.settings.joint_key(),
        now=installation.now(),
        map=options.map_file,
        named=options.source,
        refused=options.refused,
        remarks=options.remarks,
        findings=findings_folder(installation.settings.shared_folder),
        watch=watch,
    )
    return Imported(
        kind=Kind.PEOPLE,
        counts=_counts(report),
        in_words=Sentence(
            "{rows:,} rows: {added:,} added, {updated:,} updated, {unchanged:,} unchanged, "
            "{refused:,} refused",
            **_counts(report),
        ),
        import_id=report.import_id,
        refusals=tuple({**asdict(row), "problem": row.problem} for row in report.refusals),
        refused_file=report.refused_file,
        remarks_file=report.remarks_file,
        findings=(
            *(Sentence("  {note}", note=note) for note in report.notes),
            *(
                Sentence("  {count:,} {what}", count=count, what=REMARKS.get(remark, remark))
                for remark, count in report.remarks.items()
            ),
        ),
        own={"remarks": dict(report.remarks), "notes": list(report.notes)},
    )


def _import_obligations(installation: "Installation", options: Options, watch: "Watch") -> Imported:
    from people.obligations import import_obligations

    report = import_obligations(
        installation.store,
        options.file,
        now=installation.now(),
        refused=options.refused,
        watch=watch,
    )
    taken = report.taken
    in_words = Sentence(
        "{rows:,} rows: {added:,} new, {updated:,} changed, {unchanged:,} as they were, "
        "{refused:,} refused",
        **_counts(taken),
    )
    return _imported(
        Kind.OBLIGATIONS,
        taken,
        in_words,
        findings=_waiting(report.waiting),
        own={"waiting": report.waiting},
    )


def _import_suppressions(
    installation: "Installation", options: Options, watch: "Watch"
) -> Imported:
    from suppression.importing import import_list

    taken = import_list(
        installation.store,
        options.file,
        now=installation.now(),
        by=options.by,
        channels=installation.channels,
        source=options.source,
        refused=options.refused,
        watch=watch,
    )
    return _imported(Kind.SUPPRESSIONS, taken, _listed(taken))


def _import_exchange(installation: "Installation", options: Options, watch: "Watch") -> Imported:
    from suppression.hashed_exchange import import_exchange, joint_key

    if options.source is None:
        raise BadInput("is missing", "say which body the file is from", field="--source")
    report = import_exchange(
        installation.store,
        options.file,
        joint_key(installation.settings.joint_key()),
        source=options.source,
        by=options.by,
        now=installation.now(),
        channels=installation.channels,
        refused=options.refused,
        watch=watch,
    )
    found = Sentence("  {count} about numbers that we know", count=report.recognised)
    findings = [found] if report.recognised else []
    words = _listed(report.taken)
    own = {"recognised": report.recognised}
    return _imported(Kind.EXCHANGE, report.taken, words, findings=findings, own=own)


def _import_consents(installation: "Installation", options: Options, watch: "Watch") -> Imported:
    from suppression.importing_consents import import_consents

    taken = import_consents(
        installation.store,
        options.file,
        now=installation.now(),
        by=options.by,
        channels=installation.channels,
        refused=options.refused,
        watch=watch,
    )
    return _imported(Kind.CONSENTS, taken, _known(taken))


def _import_replies(installation: "Installation", options: Options, watch: "Watch") -> Imported:
    from inbound.replies import import_replies

    report = import_replies(
        installation,
        options.file,
        now=installation.now(),
        refused=options.refused,
        watch=watch,
    )
    matched = joined(
        ", ",
        (
            Sentence("{count} by {by}", count=count, by=in_terms(by))
            for by, count in report.matched.items()
        ),
    )
    findings = [Sentence("  matched: {matched}", matched=matched or Sentence("none"))]
    if report.unmatched:
        findings.append(
            Sentence(
                "  {count} wait for somebody who knows: kaartje replies unmatched",
                count=report.unmatched,
            )
        )
    own = {
        "matched": report.matched,
        "unmatched": report.unmatched,
        **report.followed.as_data(),
    }
    words = _known(report.taken)
    return _imported(
        Kind.REPLIES,
        report.taken,
        words,
        findings=[*findings, *effect_lines(report.followed)],
        own=own,
    )


def _import_outcomes(installation: "Installation", options: Options, watch: "Watch") -> Imported:
    from outcomes.outcome_imports import import_outcomes

    report = import_outcomes(
        installation,
        options.file,
        now=installation.now(),
        refused=options.refused,
        watch=watch,
    )
    words = _known(report.taken)
    return _imported(
        Kind.OUTCOMES,
        report.taken,
        words,
        findings=[*_waiting(report.waiting), *_contradicting(report.contradicting)],
        own={"waiting": report.waiting, "contradicting": report.contradicting},
    )


_IMPORTERS: dict[Kind, Callable[["Installation", Options, "Watch"], Imported]] = {
    Kind.PEOPLE: _import_people,
    Kind.OBLIGATIONS: _import_obligations,
    Kind.SUPPRESSIONS: _import_suppressions,
    Kind.EXCHANGE: _import_exchange,
    Kind.CONSENTS: _import_consents,
    Kind.REPLIES: _import_replies,
    Kind.OUTCOMES: _import_outcomes,
}


def _imported(
    kind: Kind,
    taken: "Taken",
    in_words: str,
    *,
    findings: Sequence[str] = (),
    own: Mapping[str, Any] | None = None,
) -> Imported:
    return Imported(
        kind=kind,
        counts=_counts(taken),
        in_words=in_words,
        import_id=taken.import_id,
        refusals=tuple({"line": row.line, "problem": row.problem} for row in taken.refusals),
        refused_file=Path(taken.refused_file) if taken.refused_file else None,
        findings=tuple(findings),
        own=own or {},
    )


def _counts(report: "Taken | ImportReport") -> dict[str, int]:
    names = ("rows", "added", "updated", "unchanged", "refused")
    return {name: getattr(report, name) for name in names}


def _listed(taken: "Taken") -> str:
    return Sentence(
        "{rows} rows: {added} new, {unchanged} listed already, {refused} refused", **_counts(taken)
    )


def _known(taken: "Taken") -> str:
    return Sentence(
        "{rows} rows: {added} new, {unchanged} known already, {refused} refused", **_counts(taken)
    )


def _waiting(count: int) -> list[str]:
    line = Sentence(
        "{count:,} are about people not imported yet; they are kept until those appear", count=count
    )
    return [line] if count else []


def _contradicting(count: int) -> list[str]:
    line = Sentence(
        "{count:,} people filed a return and owe none, by the same register: both count until one is withdrawn",
        count=count,
    )
    return [line] if count else []


def effect_lines(followed: "ReplyEffects") -> list[str]:
    """Return what followed from replies, a line each."""
    lines = (
        (followed.calls, Sentence("in the queue of the phone line")),
        (
            followed.without_line,
            Sentence(
                "in nobody's queue: the line has closed, or the file must name it (column line)"
            ),
        ),
        (followed.returned, Sentence("cards came back")),
        (followed.closed_addresses, Sentence("addresses closed for the person")),
        (followed.objections, Sentence("asked not to be reached, and are not any more")),
        (followed.deceased, Sentence("reported as deceased, and held")),
        (followed.withheld, Sentence("planned touches withheld")),
        (followed.started, Sentence("said START: what their own STOP held is open again")),
        (followed.released, Sentence("touches planned again")),
        (followed.answers, Sentence("are answered by text, with the next delivery")),
    )
    return [Sentence("  {count} {what}", count=count, what=what) for count, what in lines if count]
