"""Lists, tax returns and remarks about a person as sentences."""

from datetime import date

from outcomes.person_history import Explanation, KnownObligation, ListedEntry, Portrait
from outcomes.why_words import known, say
from store.written_dates import Language, written_day
from suppression.reasons import Reason


def spoken_remarks(person: Portrait, language: Language) -> tuple[str, ...]:
    """Return what is to be known of a person before anything else."""
    said = []
    for key, value in person.remarks_by_kind.items():
        day = written_day(value, language) if isinstance(value, date) else ""
        said.append(say(language, f"remark.{key}", day=day))
    return tuple(said)


def spoken_facts(person: Portrait, language: Language) -> tuple[str, ...]:
    """Return the facts of a person, each as a clause after "dat" or "that"."""
    return tuple(clauses[language] for clauses in person.facts_in_words)


def spoken_list(listed: ListedEntry, language: Language) -> tuple[str, ...]:
    """Return an entry of a list, as sentences."""
    entry = listed.entry
    who = say(language, f"listed.scope_{entry.scope.value}")
    day = written_day(entry.starts_at, language)
    parts = [say(language, "listed.stands", who=who, day=day, source=entry.source)]
    if entry.reason in Reason.__members__:
        parts.append(Reason(entry.reason).to_person(language))
    bounds = [part for part in (entry.channel, entry.purpose, entry.subject) if part]
    if bounds:
        parts.append(say(language, "listed.bounds", bounds=", ".join(bounds)))
    if entry.lifted_at:
        lifted = written_day(entry.lifted_at, language)
        parts.append(
            say(language, "listed.lifted", day=lifted, name=entry.lifted_by, why=entry.lifted_why)
        )
    elif entry.ends_at:
        parts.append(say(language, "listed.until", day=written_day(entry.ends_at, language)))
    if not listed.in_force and not entry.lifted_at:
        parts.append(say(language, "listed.not_in_force"))
    return tuple(parts)


def spoken_obligation(owed: KnownObligation, language: Language) -> str:
    """Return one tax of one year with its days."""
    tax = say(language, f"owed.{owed.tax}") if known(f"owed.{owed.tax}") else owed.tax
    days = [
        say(language, f"owed.{name}", day=written_day(day, language))
        for name, day in owed.days.items()
    ]
    return f"{tax} {owed.year}: {', '.join(days) or say(language, 'owed.nothing')}"


def spoken_address(found: Explanation, language: Language) -> str:
    """Return the address, unless it is secret."""
    if found.person.secret_address:
        return say(language, "placed.secret")
    return ", ".join(found.person.address) or say(language, "placed.none")
