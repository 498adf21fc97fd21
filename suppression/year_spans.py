"""Spans of years that start on any day, 29 February too."""

from datetime import date

ADULT_AGE = 18


def years_before(day: date, years: int) -> date:
    """Return the same day `years` earlier, with 28 February for 29 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
