"""Read and validate a campaign file, with errors in plain words."""

from pathlib import Path

from pydantic import ValidationError

from campaigns.touches.campaign_files import CampaignFile
from store.validation_words import refused
from store.yaml_lines import Lines, read_yaml


def read_campaign(path: Path) -> tuple[CampaignFile, str, Lines]:
    """Read a campaign file, and return it with its text and the lines of its keys.

    Raises:
        BadInput: the file cannot be taken; one line for each thing that is wrong.
    """
    source, document, lines = read_yaml(path)
    try:
        return CampaignFile.model_validate(document), source, lines
    except ValidationError as error:
        raise refused(
            error,
            CampaignFile,
            file=str(path),
            name="a campaign file",
            see="docs/campaign.schema.json",
            line_of=lines.of,
        ) from None
