"""Templates, loaded from their folders or from the sources that were approved."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from store.described_toml import parse_toml
from store.errors import BadInput
from store.sentences import Sentence
from templates.descriptions import Description, read_description
from templates.language_scripts import Script, parse_script
from templates.linting import Finding, lint
from templates.own_folder import (
    CARD_LOGO,
    SETTING,
    SHARED,
    WORDS,
    own_folder,
    own_names,
    own_sources,
)

FALLBACK = "nl"
"""The language in which somebody is addressed whose own language a template does not have."""

_FOLDER = Path(__file__).parent
_ABOUT = "template.toml"
_LAYOUT = "layout.toml"
_COLOURS, _LOGO, _ = SHARED


@dataclass(frozen=True, slots=True)
class Words:
    """A template rendered for one person."""

    parts: dict[str, str]  # by part; paragraphs are parted by a line end
    language: str  # ISO 639-1: of the words, not of the person


@dataclass(frozen=True, kw_only=True)
class Template:
    """A template with its words in every language, its purposes and its layout."""

    name: str
    # each file and its content; `from_sources` makes the same template of it again
    sources: Mapping[str, str]
    description: Description
    scripts: Mapping[str, Script]  # by language
    layout: Mapping[str, Any]  # empty where the channel needs none

    @classmethod
    def from_sources(cls, name: str, sources: Mapping[str, str]) -> Self:
        """Make a template from the content of its files, for instance of the sources that were approved.

        Raises:
            BadInput: a file is missing or wrong; says which file, which line, and what to do.
        """
        for needed in (_ABOUT, f"{FALLBACK}.j2"):
            if needed not in sources:
                raise BadInput(
                    "is missing", "a template needs it", file=f"templates/{name}/{needed}"
                )
        places = {file: f"templates/{name}/{file}" for file in sorted(sources)}
        description = read_description(sources[_ABOUT], places[_ABOUT])
        scripts = {
            file.removesuffix(".j2"): parse_script(sources[file], place)
            for file, place in places.items()
            if file.endswith(".j2")
        }
        for language, script in scripts.items():
            _compare(script, description, whole=language == FALLBACK)
        layout = _read_layout(sources, places) if _LAYOUT in sources else {}
        return cls(
            name=name,
            sources=dict(sources),
            description=description,
            scripts=scripts,
            layout=layout,
        )

    @property
    def channel(self) -> str:
        """The kind of channel of this template."""
        return self.description.channel

    @property
    def purposes(self) -> tuple[str, ...]:
        """The purposes for which it may be used."""
        return self.description.purposes

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name that any of its languages uses, sorted."""
        return tuple(sorted({name for script in self.scripts.values() for name in script.names}))

    @cached_property
    def names_whom(self) -> bool:
        """Whether its words say in every language for whom they are."""
        return all(
            any(name.startswith("person.") for name in script.names)
            for script in self.scripts.values()
        )

    @cached_property
    def for_others(self) -> frozenset[str]:
        """The parts that only somebody reads whose own language it does not have."""
        return frozenset(
            name for name, part in self.description.parts.items() if part.only_for_other_languages
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it has, Dutch first."""
        return (FALLBACK, *sorted(self.scripts.keys() - {FALLBACK}))

    @property
    def is_open(self) -> bool:
        """Whether everything can be read from outside, as on an open card or a text."""
        return all(part.outside for part in self.description.parts.values())

    def spoken(self, language: str) -> str:
        """Return the language of the words for somebody who speaks `language`."""
        return language if language in self.scripts else FALLBACK

    def render(self, language: str, context: Mapping[str, Any]) -> Words:
        """Render the template for one person.

        Args:
            language: ISO 639-1, as the person's; one the template does not have gives Dutch with one English line.
            context: Nested mappings; a value may be given per language, as `{"nl": ..., "en": ...}`.

        Raises:
            BadInput: a name has no value; says the file, the line and the name.
        """
        spoken, known = self.spoken(language), language in self.scripts
        parts = self.scripts[spoken].render(
            spoken_in(context, spoken), without=self.for_others if known else frozenset()
        )
        return Words(parts, spoken)

    def preview(self, language: str = FALLBACK) -> Words:
        """Render the template with its preview values."""
        return self.render(language, self.description.preview)

    def lint(
        self,
        purpose: str,
        context: Mapping[str, Any] | None = None,
        *,
        open_card: bool = False,
        own_name: str = "",
    ) -> list[Finding]:
        """Find forbidden words, as `templates.linting.lint` does."""
        return lint(self, purpose, context, open_card=open_card, own_name=own_name)


def load(name: str) -> Template:
    """Load the template `templates/<name>/`.

    Raises:
        BadInput: there is no such template, or one of its files is wrong.
    """
    if name not in available() or name == WORDS:
        remedy = Sentence("write one of: {known}", known=", ".join(available()))
        raise BadInput(
            Sentence("{seen!r} is not a template", seen=name),
            remedy,
            file=f"templates/{name}/{_ABOUT}",
            field="template",
        )
    return Template.from_sources(name, sources(name))


def load_from(folder: Path) -> Template:
    """Load a template from its folder.

    Raises:
        BadInput: one of its files is missing or wrong.
    """
    return Template.from_sources(folder.name, _sources(folder))


PAINT = ("ground", "sun", "table", "leaf")
"""Colours of the drawings that a body's own palette may name, besides those of the words."""


def _read_layout(sources: Mapping[str, str], places: Mapping[str, str]) -> dict[str, Any]:
    """Return a layout with the colours that it names, and with the logo that it has a place for."""
    layout = parse_toml(sources[_LAYOUT], places[_LAYOUT])
    shipped = (_FOLDER / _COLOURS).read_text(encoding="utf-8")
    colours = parse_toml(sources.get(_COLOURS, shipped), places.get(_COLOURS, _COLOURS))
    frames = layout.get("frames", ())
    for frame in frames if isinstance(frames, list) else ():
        named = frame.get("colour") if isinstance(frame, dict) else None
        if isinstance(named, str):
            if named not in colours:
                raise BadInput(
                    Sentence("{named!r} is not a colour", named=named),
                    Sentence("name one of {known}", known=", ".join(colours)),
                    file=places[_LAYOUT],
                    field="colour",
                )
            frame["colour"] = colours[named]
    card, place = layout.get("card"), layout.get("logo")
    if isinstance(card, dict) and not card.get("envelope"):
        # a card of a body's own has the corner for paid postage too, also where it does not say so
        layout.setdefault("franking", {})
    if isinstance(place, dict) and (svg := sources.get(CARD_LOGO if place.get("open") else _LOGO)):
        place["svg"] = svg
    if isinstance(card, dict) and (
        paint := [[name, colours[name]] for name in PAINT if name in colours]
    ):
        card["paint"] = paint
    return layout


def check_own_templates(own_name: str = "") -> None:
    """Load the body's own templates, and look for forbidden words in them.

    Args:
        own_name: The body's own name, where its policy lets it stand on an open card.

    Raises:
        BadInput: one cannot be used; says the file and the line.
    """
    folder = own_folder()
    if folder is not None and (folder / CARD_LOGO).is_file() and not own_name:
        raise BadInput(
            "a logo on open cards shows a neighbour who writes",
            "say in the policy why it may: own_name and reason under [open_cards]; or take the file away",
            file=str(folder / CARD_LOGO),
            field=SETTING,
        )
    for name in own_names():
        template = load(name)
        for finding in template.lint(template.purposes[0], own_name=own_name):
            raise BadInput(
                Sentence("{word!r} {why}", word=finding.word, why=finding.why),
                finding.remedy,
                file=finding.file,
                line=finding.line,
                field=SETTING,
            )


def sources(name: str) -> dict[str, str]:
    """Return the files of a template as they are written, the body's own before the shipped ones."""
    own = own_sources(name)
    shared = {_COLOURS: _colours(own.get(_COLOURS, ""))}
    found = {**_sources(_FOLDER / name), **own, **shared}
    return {file: found[file] for file in found if _LAYOUT in found or file not in SHARED}


def _colours(own: str) -> str:
    """Return the palette as TOML, the body's own colours before the shipped ones."""
    shipped = (_FOLDER / _COLOURS).read_text(encoding="utf-8")
    if not own:
        return shipped
    merged = {**parse_toml(shipped, _COLOURS), **parse_toml(own, _COLOURS)}
    return "".join(
        f"{name} = {list(inks) if isinstance(inks, list) else inks!r}\n"
        for name, inks in merged.items()
    )


def _sources(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        return {}
    files = (path for path in sorted(folder.iterdir()) if path.suffix in {".toml", ".j2"})
    return {path.name: path.read_text(encoding="utf-8") for path in files}


def available() -> tuple[str, ...]:
    """Return the names of the templates, shipped or the body's own."""
    shipped = {path.parent.name for path in _FOLDER.glob(f"*/{_ABOUT}")}
    return tuple(sorted(shipped.union(own_names())))


def spoken_in(context: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the context with one language chosen wherever a value is given per language."""
    return {name: _choose(value, language) for name, value in context.items()}


def _choose(value: Any, language: str) -> Any:
    # nearly all are text, and asking that is quick
    if isinstance(value, str) or not isinstance(value, Mapping):
        return value
    if FALLBACK in value:
        return value.get(language, value[FALLBACK])
    return spoken_in(value, language)


def _compare(script: Script, description: Description, *, whole: bool) -> None:
    """Check a language file against the declarations in `template.toml`."""
    for name, line in script.names.items():
        if name not in description.names:
            remedy = Sentence(
                "use one of: {names}; or declare it in {about}",
                names=", ".join(description.names),
                about=_ABOUT,
            )
            raise BadInput(
                "is a name this template may not use",
                remedy,
                file=script.file,
                line=line,
                field=name,
            )
    for part, line in script.parts.items():
        if part not in description.parts:
            remedy = Sentence("declare it under [parts] in {about}", about=_ABOUT)
            raise BadInput("is an unknown part", remedy, file=script.file, line=line, field=part)
    for name, declared in description.parts.items():
        if name not in script.parts and (whole or not declared.only_for_other_languages):
            remedy = Sentence("add {{% block {name} %}}", name=name)
            raise BadInput("is missing", remedy, file=script.file, field=name)
