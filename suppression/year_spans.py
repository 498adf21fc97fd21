"""Spans of years that start on any day, 29 February too."""

from datetime import date

ADULT_AGE = 18


def years_before(day: date, years: int) -> date:
    """Return the same day of the year `years` earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
