"""Drafts of campaigns in the database: two editors, versions and what is closed."""

import pytest

from campaigns.drafts import drafts
from campaigns.drafts.document_edits import fingerprint
from campaigns.drafts.drafts import Change, ChangedMeanwhile
from installation.installation import Installation
from store.errors import BadInput
from tests.conftest import NOW
from tests.stories import COLLEAGUE

SOURCE = "campaign: cards\ntitle: Kaartjes\n"
TITLE = ("title",)


def titled(installation: Installation, draft: int, title: str, *, seen: str) -> drafts.Draft:
    """Send the form of a page that showed the title `seen`."""
    made = Change(values={TITLE: title}, about=[TITLE], was=fingerprint({"title": seen}, [TITLE]))
    return drafts.change(installation, draft, made, by=COLLEAGUE, now=NOW)


def test_what_is_changed_is_kept_in_versions_and_an_earlier_one_can_be_taken_back(
    installation: Installation,
) -> None:
    draft = drafts.make(installation, SOURCE, by=COLLEAGUE, now=NOW)
    assert titled(installation, draft, "Even bellen", seen="Kaartjes").version == 2
    assert titled(installation, draft, "Even bellen", seen="Kaartjes").version == 2  # sent twice
    again = drafts.restore(installation, draft, 1, by=COLLEAGUE, now=NOW)
    assert again is not None
    assert (again.source, again.version) == (SOURCE, 3)
    assert [each.number for each in drafts.versions(installation, draft)] == [3, 2, 1]


def test_the_second_of_two_editors_overwrites_nothing(installation: Installation) -> None:
    draft = drafts.make(installation, SOURCE, by=COLLEAGUE, now=NOW)
    titled(installation, draft, "Even bellen", seen="Kaartjes")
    with pytest.raises(ChangedMeanwhile):
        titled(installation, draft, "Iets anders", seen="Kaartjes")
    found = drafts.find(installation, draft)
    assert found is not None
    assert found.document["title"] == "Even bellen"


def test_a_draft_that_was_submitted_changes_no_more_and_stays(installation: Installation) -> None:
    draft = drafts.make(installation, SOURCE, by=COLLEAGUE, now=NOW)
    drafts.close(installation, draft, "cards")
    with pytest.raises(BadInput, match="was submitted as cards"):
        titled(installation, draft, "Even bellen", seen="Kaartjes")
    drafts.remove(installation, draft, by=COLLEAGUE, now=NOW)
    assert drafts.find(installation, draft) is not None
    assert drafts.open_drafts(installation) == ()
