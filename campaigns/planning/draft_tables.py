"""Temporary tables in which a campaign's decisions are drafted.

draft_judged    everyone the audience matched, with the bits of every reason that held
draft_sharing   the units of those who share a telephone number
draft_units     one person per household of those with no reason against, in the order drawn under the seed
"""

from sqlalchemy import BigInteger, Index, MetaData, Table, Text
from sqlalchemy import Column as SqlColumn

from store.base import Ref

drafts = MetaData()

judged = Table(
    "draft_judged",
    drafts,
    SqlColumn("person_id", BigInteger, primary_key=True, autoincrement=False),
    SqlColumn("mask", BigInteger, nullable=False),
    SqlColumn("household_key", BigInteger),
    # the household, or a unit of its own for somebody without an address
    SqlColumn("unit", BigInteger, nullable=False),
    # the same before people with one number were joined
    SqlColumn("home", BigInteger, nullable=False),
    # what the draws keep together: a unit, or the units that share a number
    SqlColumn("cluster", BigInteger, nullable=False),
    SqlColumn("place", BigInteger, nullable=False),  # the draw within the household
    SqlColumn("turn", BigInteger, nullable=False),  # the draw among the households
    # a bit for each condition of trial.strata that holds
    SqlColumn("stratum", BigInteger, nullable=False),
    # the caps of the body that the campaign departs from, and that would hold this person
    SqlColumn("deviation", Text),
    SqlColumn("person_ref", Ref, nullable=False),  # settles a tie the same way everywhere
    prefixes=["TEMPORARY"],
)
units = Table(
    "draft_units",
    drafts,
    SqlColumn("unit", BigInteger, primary_key=True, autoincrement=False),
    SqlColumn("person_id", BigInteger, nullable=False),
    SqlColumn("home", BigInteger, nullable=False),
    SqlColumn("cluster", BigInteger, nullable=False),
    SqlColumn("stratum", BigInteger, nullable=False),
    SqlColumn("rank", BigInteger, nullable=False),  # 1 is the first household drawn
    prefixes=["TEMPORARY"],
)
sharing = Table(
    "draft_sharing",
    drafts,
    SqlColumn("unit", BigInteger, primary_key=True, autoincrement=False),
    SqlColumn("drawn", BigInteger, nullable=False),  # the unit of which one is drawn
    SqlColumn("cluster", BigInteger, nullable=False),
    prefixes=["TEMPORARY"],
)
"""Units that share a telephone number with others."""


Index("ix_draft_units_person", units.c.person_id)
