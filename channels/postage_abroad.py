"""Postage of one piece to another country, by groups of countries as a carrier's price list has them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from people.countries import country_code
from store.sentences import Sentence

HOME = "NL"


def euros(value: Any) -> Any:
    """Return an amount of euros as a Decimal, exactly as it is written."""
    return (
        Decimal(str(value))
        if isinstance(value, float | int) and not isinstance(value, bool)
        else value
    )


Euros = Annotated[Decimal, BeforeValidator(euros), Field(ge=0, le=100_000)]


def _country(value: Any) -> Any:
    """Return the ISO code of a country that is written as its code or its name."""
    if not isinstance(value, str):
        return value
    code = country_code(value)
    if code is None or code == HOME:
        raise ValueError(
            Sentence("{seen!r} is not another country; write its code or its name", seen=value)
        )
    return code


Country = Annotated[str, BeforeValidator(_country)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class WeightPrice(_Part):
    """Postage of one piece up to a weight."""

    up_to: Annotated[int, Field(ge=1, le=2_000)]  # grams
    price: Euros


class CountryGroup(_Part):
    """Countries to which a piece costs the same, or all others where it names none."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    countries: tuple[Country, ...] = ()
    postage: Annotated[tuple[WeightPrice, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _from_light_to_heavy(self) -> Self:
        check_weights([each.up_to for each in self.postage])
        return self


def check_weights(limits: Sequence[int]) -> None:
    """Check that a price list goes from light to heavy.

    Raises:
        ValueError: it does not, or names a weight twice.
    """
    if list(limits) != sorted(set(limits)):
        raise ValueError(
            "postage is not in order of weight; write the lightest first, each up_to once"
        )


def check_groups(groups: Sequence[CountryGroup]) -> None:
    """Refuse a country in two groups, and two groups for every other country.

    Raises:
        ValueError: there is one; says which.
    """
    named = [code for group in groups for code in group.countries]
    if twice := sorted({code for code in named if named.count(code) > 1}):
        raise ValueError(
            Sentence("{code} stands in two groups; leave it in one", code=", ".join(twice))
        )
    if sum(not group.countries for group in groups) > 1:
        raise ValueError("two groups name no countries; only one can be for every other country")


def group_of(groups: Sequence[CountryGroup], country: str) -> CountryGroup | None:
    """Return the group of a country, or None where the list has none for it."""
    named = (group for group in groups if country in group.countries)
    return next(named, next((group for group in groups if not group.countries), None))


def price_abroad(groups: Sequence[CountryGroup], country: str, grams: float) -> Decimal | None:
    """Return the postage of one piece to a country, or None where the list has none for it."""
    if (group := group_of(groups, country)) is None:
        return None
    return next((each.price for each in group.postage if grams <= each.up_to), None)
