"""Recognition of telephone numbers that another body closed and shared only as hashes."""

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select, update

from people.shared_keys import JointKey
from store.states import SuppressionScope
from store.tables import Person, PersonNumber, Suppression

_AT_ONCE = 5_000  # numbers; keeps the IN list below what either database takes
_UNKNOWN = (
    (Suppression.scope == SuppressionScope.NUMBER)
    & Suppression.joint_hash.is_not(None)
    & Suppression.e164.is_(None)
)


def recognise_numbers(
    connection: Connection, joint: JointKey, *, import_id: int | None = None
) -> int:
    """Write our own number on each suppression whose hash is of it, and return how many were recognised.

    `import_id` limits it to the people written by that import, because the others were compared
    before.
    """
    if connection.execute(select(Suppression.id).where(_UNKNOWN).limit(1)).first() is None:
        return 0
    hashed = joint.numbers()
    found = 0
    for numbers in _numbers(connection, import_id):
        found += _write(connection, {hashed(e164): e164 for e164 in numbers})
    return found


def _numbers(connection: Connection, import_id: int | None) -> Iterator[list[str]]:
    """Yield our numbers, each once, in batches."""
    query = select(PersonNumber.e164).distinct().order_by(PersonNumber.e164).limit(_AT_ONCE)
    if import_id is not None:
        query = query.join(Person, Person.id == PersonNumber.person_id).where(
            Person.import_id == import_id
        )
    last = ""
    while numbers := list(connection.execute(query.where(PersonNumber.e164 > last)).scalars()):
        yield numbers
        last = numbers[-1]


def _write(connection: Connection, numbers: dict[str, str]) -> int:
    meant = (
        select(Suppression.joint_hash)
        .where(_UNKNOWN, Suppression.joint_hash.in_(numbers))
        .distinct()
    )
    known = [
        {"hash": each, "number": numbers[each]}
        for each in connection.execute(meant).scalars()
        if each
    ]
    if not known:
        return 0
    ours = update(Suppression).where(_UNKNOWN, Suppression.joint_hash == bindparam("hash"))
    return connection.execute(ours.values(e164=bindparam("number")), known).rowcount
