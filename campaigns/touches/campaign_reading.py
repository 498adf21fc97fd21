"""Read and validate a campaign file, with errors in plain words."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from campaigns.touches.campaign_files import CampaignFile
from store.validation_words import refused
from store.yaml_lines import Keys, Lines, parse_keys, read_yaml


@dataclass(frozen=True, slots=True)
class CampaignText:
    """The text of a campaign file that lies in the database instead of on a disk."""

    name: str  # as complaints name it
    source: str

    def __str__(self) -> str:
        return self.name


CampaignSource = Path | CampaignText
"""Where a campaign file is read from."""


def read_campaign(path: CampaignSource) -> tuple[CampaignFile, str, Lines]:
    """Read a campaign file, and return it with its text and the lines of its keys.

    Raises:
        BadInput: the file cannot be taken; one line for each thing that is wrong.
    """
    source, document, lines = _read(path)
    try:
        return CampaignFile.model_validate(document), source, lines
    except ValidationError as error:
        raise refused(
            error,
            CampaignFile,
            file=str(path),
            name="a campaign file",
            see="docs/campaign.schema.json" if isinstance(path, Path) else "",
            line_of=lines.of,
        ) from None


def _read(path: CampaignSource) -> tuple[str, Keys, Lines]:
    if isinstance(path, Path):
        return read_yaml(path)
    document, lines = parse_keys(path.source, path.name)
    return path.source, document, lines
