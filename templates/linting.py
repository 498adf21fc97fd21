"""Linting of templates for words that may not be used on a card, in a text, or about a right.

It reads both the text as written (branches not taken too) and the text as rendered with the
campaign's own values, such as the sender's name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from store.described_toml import parse_toml
from store.sentences import Sentence, as_sentence
from templates.descriptions import look_up
from templates.foreign_words import foreign_words, says_own_words
from templates.lists import Hit, ListName, holds, search
from templates.texting import about_an_appointment, lacks

if TYPE_CHECKING:
    from templates.language_scripts import Script
    from templates.texts import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A forbidden word in a template."""

    file: str
    line: int
    part: str
    word: str
    why: str
    remedy: str
    source: str = ""  # the campaign's own value that the word comes from, as sender.name

    @property
    def bare_why(self) -> str:
        """Return why, without the value that the word comes from."""
        inner = self.why.values.get("why") if isinstance(self.why, Sentence) else None
        return inner if isinstance(inner, str) else self.why

    def __str__(self) -> str:
        """Return it as one line in English."""
        return str(self.sentence())

    def sentence(self) -> Sentence:
        """Return it as one line that can be shown in another language."""
        return Sentence(
            "{file}, line {line}, {part}: {word!r} {why}; {remedy}",
            file=self.file,
            line=self.line,
            part=self.part,
            word=self.word,
            why=self.why,
            remedy=as_sentence(self.remedy),
        )


def lint(
    template: "Template",
    purpose: str,
    context: Mapping[str, Any] | None = None,
    *,
    open_card: bool = False,
    own_name: str = "",
) -> list[Finding]:
    """Find the forbidden words of a template.

    Args:
        template: The template, with all its languages.
        purpose: The campaign's: duty, rights or invitation.
        context: The campaign's own values (`sender`, `line`, `agent`, ...); what is missing is taken from the preview.
        open_card: Whether the campaign sends it open, so that every part can be read from outside.
        own_name: The body's own name, where its policy lets it stand on what is posted.

    Returns:
        The findings in the order of the files; empty when all is well.
    """
    findings = [*_misuse(template, purpose), *_foreign_titles(template)]
    filled = _filled(template.description.preview, context or {})
    for language, script in template.scripts.items():
        lists = {
            part: _lists(template, script, part, purpose, open_card=open_card)
            for part in script.parts
        }
        may = own_name if template.description.reaches == "post" else ""
        written = list(_written(script, lists, may))
        rendered = template.render(language, filled).parts
        if language == template.languages[0]:
            rendered |= template.render("", filled).parts  # the line for other languages too
        findings += written
        findings += _foreign(script, language, template=template, filled=filled)
        findings += _rendered(
            script,
            lists=lists,
            rendered={part: _without(text, may) for part, text in rendered.items()},
            filled=filled,
            known={(found.part, found.word) for found in written},
        )
        if template.description.reaches == "text":
            findings += (
                Finding(
                    file=script.file,
                    line=lack.line,
                    part=lack.part,
                    word=lack.word,
                    why=lack.why,
                    remedy=lack.remedy,
                )
                for lack in lacks(script, rendered, filled)
            )
    return findings


def _misuse(template: "Template", purpose: str) -> Iterator[Finding]:
    if purpose not in template.purposes:
        why = Sentence(
            "is not a purpose of this template ({purposes})", purposes=", ".join(template.purposes)
        )
        file = f"templates/{template.name}/template.toml"
        yield Finding(
            file=file,
            line=1,
            part="purposes",
            word=purpose,
            why=why,
            remedy="take another template, or write one",
        )


def _lists(
    template: "Template", script: "Script", part: str, purpose: str, *, open_card: bool
) -> tuple[ListName, ...]:
    text = template.description.reaches == "text"
    lists: list[ListName] = []
    # nobody but the agent reads a call's words
    openly = open_card and template.description.reaches == "post"
    if text or openly or template.description.parts[part].outside:
        lists.append("outside")
    if text:
        lists.append("text")
    if text and about_an_appointment(script):
        lists.append("office")
    if purpose == "rights":
        lists.append("rights")
    return tuple(lists)


def _hits(line: str, lists: tuple[ListName, ...]) -> Iterator[Hit]:
    seen: set[str] = set()
    for name in lists:
        for hit in search(line, name):
            if hit.word not in seen:
                seen.add(hit.word)
                yield hit


def _without(text: str, name: str) -> str:
    """Return a text without a name that may stand in it."""
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", text) if name else text


def _written(
    script: "Script", lists: Mapping[str, tuple[ListName, ...]], own_name: str
) -> Iterator[Finding]:
    for piece in script.pieces:
        for hit in _hits(_without(piece.text, own_name), lists[piece.part]):
            yield Finding(
                file=script.file,
                line=piece.line,
                part=piece.part,
                word=hit.word,
                why=hit.why,
                remedy=hit.remedy,
            )


def _rendered(
    script: "Script",
    *,
    lists: Mapping[str, tuple[ListName, ...]],
    rendered: Mapping[str, str],
    filled: Mapping[str, Any],
    known: set[tuple[str, str]],
) -> Iterator[Finding]:
    for part, text in rendered.items():
        for hit in _hits(text.replace("\n", " "), lists[part]):
            if (part, hit.word) not in known:
                source = next(
                    (name for name, value in _values(filled) if holds(value, hit.word)), None
                )
                why = (
                    Sentence("{why} (it comes from {source})", why=hit.why, source=source)
                    if source
                    else hit.why
                )
                yield Finding(
                    file=script.file,
                    line=script.parts[part],
                    part=part,
                    word=hit.word,
                    why=why,
                    remedy=hit.remedy,
                    source=source or "",
                )


_NAMES = {"nl": "Dutch", "en": "English"}
_NO_SENTENCES = ("person.", "appointment.street", "sender.return_address", "sender.privacy_url")
"""Values that are names and addresses, and so of no language."""


def _foreign(
    script: "Script", language: str, *, template: "Template", filled: Mapping[str, Any]
) -> Iterator[Finding]:
    """Yield what is said in another language than the text around it, each value once."""
    own = _spoken(filled, language)
    parts = script.render(own, without=_other_languages(template))
    said: set[str] = set()
    for part, text in parts.items():
        written: list[tuple[str, str]] = []
        for word, other in foreign_words(text, language):
            source = _source_of(word, own)
            if not source:
                written.append((word, other))
            elif not source.startswith(_NO_SENTENCES) and source not in said:
                said.add(source)
                yield _in_two_languages(
                    script, part, str(look_up(own, source)), source=source, names=(other, language)
                )
        # one word among words of its own language may be a quotation or a name
        if len(written) > 1 or (written and not says_own_words(text, language)):
            word, other = written[0]
            yield _in_two_languages(script, part, word, source="", names=(other, language))


def _foreign_titles(template: "Template") -> Iterator[Finding]:
    """Yield the titles of a call guide that are in another language than they are said to be."""
    file = f"templates/{template.name}/guide.toml"
    source = template.sources.get("guide.toml", "")
    for step in parse_toml(source, file).get("steps", ()):
        titles = step.get("title")
        for language, title in titles.items() if isinstance(titles, dict) else ():
            for word, other in foreign_words(str(title), language):
                yield Finding(
                    file=file,
                    line=1,
                    part=str(step.get("part", "title")),
                    word=word,
                    why=f"is {_NAMES[other]} in a title that is {_NAMES.get(language, language)}",
                    remedy=f"write it in {_NAMES.get(language, language)}",
                )


def _in_two_languages(
    script: "Script", part: str, word: str, *, source: str, names: tuple[str, str]
) -> Finding:
    other, own = (_NAMES.get(name, name) for name in names)
    why = f"is {other} in a text that is {own}"
    remedy = f"write it in {own}"
    if source:
        why, remedy = f"{why} (it comes from {source})", "write it in each language: {nl: …, en: …}"
    return Finding(
        file=script.file,
        line=script.parts[part],
        part=part,
        word=word,
        why=why,
        remedy=remedy,
        source=source,
    )


def _source_of(word: str, own: Mapping[str, Any]) -> str:
    """Return the name of the campaign value that says a word, the team before the agent."""
    names = [name for name, value in _values(own) if word in re.findall(r"\w+", value)]
    return max(names, key=lambda name: name != "agent", default="")


def _other_languages(template: "Template") -> frozenset[str]:
    declared = template.description.parts.items()
    return frozenset(name for name, part in declared if part.only_for_other_languages)


def _spoken(filled: Mapping[str, Any], language: str) -> dict[str, Any]:
    from templates.texts import spoken_in  # templates.texts imports this module

    return spoken_in(filled, language)


def _values(filled: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value with its dotted name."""
    for name, value in filled.items():
        if isinstance(value, Mapping):
            yield from _values(value, f"{prefix}{name}.")
        elif value is not None:
            yield f"{prefix}{name}", str(value)


def _filled(preview: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the preview overridden with the campaign's own values."""
    filled = dict(preview)
    for name, value in context.items():
        below = filled.get(name)
        laid = isinstance(value, Mapping) and isinstance(below, Mapping)
        if laid and isinstance(below, Mapping):
            filled[name] = _filled(below, value)
        elif value is not None and value != "":
            filled[name] = value
    return filled
