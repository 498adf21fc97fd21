"""Every subject has a guide of its own, and whoever calls gets the one of their campaign."""

from pathlib import Path

import pytest

from campaigns.touches.campaign_reading import read_campaign
from desk.entries.call_guides import usual_guide
from tests.stories import campaign_file


@pytest.mark.parametrize(
    ("before", "after", "guide"),
    [
        ("", "", "call-guide"),
        ("purpose: duty\n", "purpose: rights\n", "refund-guide"),
        ("purpose: duty\n", "purpose: duty\nabout: [{tax: vat}]\n", "vat-guide"),
        ("purpose: duty\n", "purpose: duty\nabout: [{tax: vat}, {tax: income}]\n", "call-guide"),
    ],
)
def test_callers_of_a_campaign_get_the_guide_of_its_subject(
    tmp_path: Path, before: str, after: str, guide: str
) -> None:
    file = campaign_file(tmp_path)
    file.write_text(file.read_text().replace(before, after, 1) if before else file.read_text())
    campaign, _, _ = read_campaign(file)
    assert usual_guide(campaign) == guide
