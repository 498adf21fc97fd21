"""The `kaartje effect` command, whether a campaign helped."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.catalogues import LANGUAGES, chosen_language, page_translation_to, translation_to
from console.cli.options import (
    AsJson,
    Now,
    emit,
    looker,
    naming_options,
    open_installation,
    read_day,
    refusing,
    say,
    show,
)
from store.clock import local_date
from store.sentences import Sentence, translated
from store.states import OutcomeKind
from store.written_dates import written_day

if TYPE_CHECKING:
    from installation.installation import Installation
    from outcomes.effects import Effect, OfOutcome, Share

app = typer.Typer()


@app.command()
@refusing
def effect(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The campaign's name.")],
    as_of: Annotated[
        str,
        typer.Option(
            metavar="DAY", help="What had become of everyone on this day; left out: today."
        ),
    ] = "",
    outcome: Annotated[
        OutcomeKind | None,
        typer.Option(
            help="The outcome that the verdict is about; left out: the one that was signed."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Write an evaluation pack into this folder: report, figures, rows under pseudonyms.",
        ),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a campaign helped, against the people whom the draw left out."""
    from outcomes.effect_looks import record_look
    from outcomes.effect_results import count_effect
    from outcomes.effect_words import deviations, said

    installation = open_installation(now)
    moment = installation.now()
    day = read_day(as_of, "--as-of") if as_of else local_date(moment)
    with naming_options():
        counted = count_effect(installation, name, as_of=day, now=moment, outcome=outcome)
    found = counted.effect
    record_look(installation, found, by=looker(), now=moment)
    sentences = said(found)
    spoken = {
        language: [translated(line, translation_to(language)) for line in sentences.lines()]
        for language in LANGUAGES
    }
    document = {"said": spoken, **found.as_data()}
    if out is not None:
        _write_pack(installation, document, name, out, as_of=day)
        _write_reports(found, out)
    if as_json:
        emit(document)
        return
    for line in (*sentences.lines(), *deviations(found)):
        show(line)
    _show_figures(found)


def _write_pack(
    installation: "Installation", document: dict[str, Any], name: str, folder: Path, *, as_of: date
) -> None:
    """Write the figures, the rows and their dictionary into a folder."""
    from outcomes.effect_rows import rows_of

    pack = rows_of(installation, name, as_of=as_of, by=looker(), now=installation.now())
    figures = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    for file, written in {"effect.json": figures.encode(), **pack.files}.items():
        (folder / file).write_bytes(written)
    say(Sentence("{rows:,} rows and their dictionary in {folder}", rows=pack.rows, folder=folder))


def _write_reports(found: "Effect", folder: Path) -> None:
    """Write the report in every language."""
    from outcomes.effect_report import report

    for language in LANGUAGES:
        made = report(found, page_translation_to(language), language=language)
        (folder / f"report.{language}.pdf").write_bytes(made)


def _day(text: str) -> str:
    """Write a day of a result, as `2023-06-05`, in the reader's language."""
    return written_day(date.fromisoformat(text), language=chosen_language())


def _show_figures(found: "Effect") -> None:
    from outcomes.effect_words import did

    show()
    show(
        "{title}, from {first} up to and including {day}",
        title=found.title,
        first=_day(found.first_date),
        day=_day(found.as_of),
    )
    for each in found.outcomes:
        show()
        show("  {outcome}", outcome=did(each.kind))
        _show_outcome(each)
    show()
    show(
        "  Everybody counts in the group that the draw put them in, reached or not (intention to treat)."
    )
    if found.control == "limit":
        show("  The control is the people beyond the limit, who were drawn by lot and got nothing.")
    if found.control == "later-waves":
        show("  The control is the waves that were still to go on {day}.", day=found.counted_until)
    _show_parts(found)
    if found.sample_ratio_p is not None:
        show("  The groups have the sizes that were drawn: p {p:.3f}", p=found.sample_ratio_p)


def _show_parts(found: "Effect") -> None:
    for each in found.per_reached:
        show(
            "  Of whom {arm} reached, {difference:+.1f} of 100 ({low:+.1f} to {high:+.1f}),"
            " if reaching is all that works.",
            arm=each.arm,
            difference=each.difference,
            low=each.low,
            high=each.high,
        )
    for one in found.subgroups:
        name = one.subgroup if one.within else Sentence("not {name}", name=one.subgroup)
        show(
            "  {subgroup}, {arm}: {difference:+.1f} points, {low:+.1f} to {high:+.1f}",
            subgroup=name,
            arm=one.arm,
            difference=one.difference,
            low=one.low,
            high=one.high,
        )
    if found.subgroups:
        show("  Subgroups differ by chance: one that stands out is a question, not an answer.")
    for wait in found.waits:
        show(
            "  {group}: {mean:.1f} days on average ({low:.1f} to {high:.1f}), who still waits counted to the last day",
            group=wait.group,
            mean=wait.mean,
            low=wait.low,
            high=wait.high,
        )
    for group, people in found.other_campaigns.items():
        if people:
            show(
                "  {group}: to {people:,} another campaign sent something",
                group=group,
                people=people,
            )
    if (price := found.price) and price.euros is not None:
        show("  One more person came to € {euros:,.2f}.", euros=price.euros)
    if price and price.hours:
        show("  One more person took {hours:.1f} hours of agents.", hours=price.hours)


def _show_outcome(found: "OfOutcome") -> None:
    for share in filter(None, (found.control, *found.arms)):
        _show_share(share)
    for each in found.differences:
        show(
            "    {arm} minus control: {difference:+.1f} points, {low:+.1f} to {high:+.1f} (Newcombe), p {p:.3f}",
            arm=each.arm,
            difference=each.difference,
            low=each.low,
            high=each.high,
            p=each.p_corrected,
        )


def _show_share(share: "Share") -> None:
    if share.share is None:
        show("    {group}: nobody", group=share.group)
        return
    show(
        "    {group}: {hits:,} of {people:,}, {share:.1%} ({low:.1%} to {high:.1%}); {reached:,} reached",
        group=share.group,
        hits=share.hits,
        people=share.people,
        share=share.share,
        low=share.low,
        high=share.high,
        reached=share.reached,
    )
