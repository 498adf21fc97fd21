"""Countries to which the pieces of a print run go, for their postage."""

from sqlalchemy import Connection, and_, func, literal, select
from sqlalchemy.orm import aliased

from channels.postage_abroad import HOME
from store.tables import Person, PrintPiece, SeedAddress, Touch


def countries_of(connection: Connection, run_id: int, *, to_guardian: bool) -> dict[str, int]:
    """Count the pieces of a run by other country, those to ourselves included.

    Args:
        connection: An open connection.
        run_id: The print run.
        to_guardian: Whether the guardian of whoever has one is written to.
    """
    guardian = aliased(Person)
    theirs = and_(literal(to_guardian), guardian.person_ref == Person.guardian_ref)
    country = func.coalesce(guardian.country, Person.country, SeedAddress.country)
    found = connection.execute(
        select(country, func.count())
        .select_from(PrintPiece)
        .outerjoin(Touch, Touch.id == PrintPiece.touch_id)
        .outerjoin(Person, Person.id == Touch.person_id)
        .outerjoin(guardian, theirs)
        .outerjoin(SeedAddress, SeedAddress.id == PrintPiece.seed_id)
        .where(PrintPiece.print_run_id == run_id)
        .group_by(country)
    )
    return {at: pieces for at, pieces in found if at not in {None, HOME}}
