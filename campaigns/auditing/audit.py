"""Audit the deliveries against the lists of providers and of the print shop."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from campaigns.auditing.invariants import Findings, Note
from campaigns.auditing.run_comparison import compare_calls, compare_cards, compare_runs
from campaigns.auditing.shop_comparison import ShopRow, compare_shop
from campaigns.auditing.stored_runs import compare_store
from campaigns.auditing.text_comparison import compare_texts
from channels.port import Unavailable
from channels.sms.providers import Provider
from installation.installation import Installation
from store.errors import BadInput
from store.plain_errors import why_it_failed
from store.sentences import Sentence

LOOKED_BACK = timedelta(days=90)


def audit_deliveries(
    installation: Installation,
    *,
    now: datetime,
    since: datetime | None = None,
    elsewhere: Sequence[Path] = (),
    shop: Callable[[], Sequence[ShopRow]] = tuple,
    providers: Sequence[Provider] | None = None,
) -> Findings:
    """Return what does not hold, what is under way, and what could not be compared.

    Args:
        installation: the installation.
        now: the moment.
        since: from which moment touches are compared, by default ninety days ago.
        elsewhere: outboxes of other machines, to be looked through too.
        shop: reads what the print shop answered (`inbound.post.shop_rows`).
        providers: of texts, by default those of the installation's account.
    """
    began = since or now - LOOKED_BACK
    if installation.settings.dry:
        return Findings(
            not_compared=(Note("deliveries", Sentence("a dry installation hands nothing over")),)
        )
    found = compare_texts(installation, since=began, providers=providers)
    found += compare_runs(installation, elsewhere=elsewhere)
    found += compare_store(installation)
    found += compare_cards(installation, since=began)
    found += compare_calls(installation, since=began, elsewhere=elsewhere)
    try:
        rows = shop()
    except (Unavailable, BadInput) as refused:
        name = installation.shop.name if installation.shop else ""
        found += Findings(failed=(Note(name, why_it_failed(refused)),))
        rows = ()
    return found + compare_shop(installation, rows)
