"""Draft an apology letter for an incident, as a template to edit and send in a new campaign."""

import re
from pathlib import Path

from campaigns.post.incidents import incidents
from installation.installation import Installation
from store.errors import BadInput
from store.sentences import Sentence
from templates.texts import load_from, sources

_FROM = "letter"
_WORDS = {
    "nl.j2": (
        "Onze excuses",
        """U heeft een bericht van ons gekregen, of u krijgt het nog. Daarin ging iets mis. Dat spijt ons.

U hoeft niets te doen. Heeft u een vraag? Bel ons dan gerust. We leggen graag uit wat er gebeurd is.""",
    ),
    "en.j2": (
        "We are sorry",
        """You got a message from us, or it is still on its way. Something went wrong with it. We are sorry.

You need not do anything. Do you have a question? Please call us. We gladly explain what happened.""",
    ),
}


def draft_apology(installation: Installation, number: int, folder: Path) -> Path:
    """Write a letter of apology as a template in a new folder, and load it to check it.

    What went wrong is not in it: somebody writes that, in words that tell a neighbour nothing.

    Raises:
        BadInput: there is no such incident, or the folder is there already.
    """
    if number not in {incident.id for incident in incidents(installation, everything=True)}:
        raise BadInput(
            Sentence("there is no incident {number}", number=number),
            "see kaartje post incident list",
            field="incident",
        )
    if folder.exists():
        raise BadInput("is there already", "name a new folder", file=str(folder))
    folder.mkdir(parents=True)
    for name, source in sources(_FROM).items():
        (folder / name).write_text(
            _sorry(source, *_WORDS[name]) if name in _WORDS else source, encoding="utf-8"
        )
    load_from(folder)
    return folder


def _sorry(source: str, subject: str, text: str) -> str:
    closing = re.search(
        r"\n\n[^\n]*(?:\\\n)?\{\{ agent \}\}.*?(?=\n\{% endblock)", source, re.DOTALL
    )
    said = f"{text}{closing[0] if closing else ''}"
    return _block(_block(source, "subject", subject), "text", f"\n{said}\n")


def _block(source: str, name: str, words: str) -> str:
    whole = re.compile(r"({% block " + name + r" %}).*?({% endblock %})", re.DOTALL)
    return whole.sub(lambda found: f"{found[1]}{words}{found[2]}", source, count=1)
