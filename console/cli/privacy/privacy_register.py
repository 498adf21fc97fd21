"""The `kaartje privacy` commands for the register of processing and the data dictionary."""

import typer

from console.cli.options import AsJson, emit, open_installation, refusing, show, term, worded

app = typer.Typer()


@app.command()
@refusing
def register(as_json: AsJson = False) -> None:
    """Print the register of processing, one campaign after the other, from what was approved."""
    from privacy.processing_register import processing_register

    found = processing_register(open_installation())
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        kept = worded("no period") if each.days is None else worded("{days} days", days=each.days)
        show(
            "{title} ({campaign}), {state}",
            title=each.title,
            campaign=each.campaign,
            state=term(each.state),
        )
        show("  purpose       {purpose}", purpose=term(each.purpose))
        show("  legal basis   {basis}", basis=each.legal_basis)
        show("  DPIA          {dpia}, until {until}", dpia=each.dpia, until=each.dpia_until)
        show("  owner         {owner}", owner=each.owner)
        show("  whom          {whom}", whom=each.whom)
        show("  recipients    {recipients}", recipients=", ".join(map(worded, each.recipients)))
        show("  by lot        {share} % get nothing", share=each.hold_out)
        show("  kept          {retention}, {kept}", retention=each.retention, kept=kept)
        show("  decides       {decides}", decides=worded(each.decides))


@app.command()
@refusing
def dictionary(as_json: AsJson = False) -> None:
    """Print every table and column with its class, what it is for and how long it is kept."""
    from privacy.processing_register import data_dictionary

    found = data_dictionary()
    if as_json:
        emit([{"table": each.table, "columns": each.columns} for each in found])
        return
    for each in found:
        show(each.table)
        for name, kind, purpose, kept in each.columns:
            show(f"  {name:<28} {kind.value:<14} {kept:<16} {purpose}")
