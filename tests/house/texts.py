"""Collect every English text of the command line and of errors, and bring the catalogue up to date.

`python -m tests.house.texts` adds new texts to the Dutch catalogue and takes out those that nobody uses any more,
by Babel; a test holds that each has its Dutch.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer

from console.catalogues import read_catalogue
from console.cli.library_words import paragraphs
from console.main import NOUNS, app, command_of
from suppression.policies import shipped_policy
from templates.lists import all_words
from tests.house.reading import ROOT, Module, dotted, product
from tests.house.terms import terms

CATALOGUE = ROOT / "console" / "locale" / "nl" / "LC_MESSAGES" / "kaartje.po"
ERRORS = {
    "BadInput",
    "AudienceRefused",
    "NotACitizenNumber",
    "NotADate",
    "NotAPhoneNumber",
    "NotAPostalAddress",
    "NotAResponseCode",
    "TooManyLooks",
}
CALLS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(ERRORS, (0, 1)),
    "Sentence": (0,),
    "counted": (1, 2),
    "fail": (0, 1, 2, 3),
    "typer.BadParameter": (0,),
    "complaints.add": (1, 2),
    "question.refusal": (0, 1),
    "self._error": (0, 1, 2, 3),
    "self._remark": (2,),
}
"""Calls that take English texts, and at which places."""
PRINTED = {"say", "show", "worded", "term", "notice"}
"""Calls that print a text, within the command line."""
NAMES = {"problem", "remedy"}
"""Variables and arguments that hold one half of an error."""
TABLES = {
    "campaigns/audience_language/syntax.py": {"_STRANGE", "_FACT_REMEDY"},
    "console/web/browser_phone.py": {"SET_UP"},
    "console/web/post/uploaded_files.py": {"PACKED"},
    "operations/health_checks.py": {"AGEING", "CHECKS"},
    "suppression/list_rows.py": {"_WHOM"},
    "console/cli/campaigns/report.py": {"steps", "counts", "STEPS"},
    "console/cli/usage_errors.py": {"_PATHS"},
    "people/numbers.py": {"_NEVER"},
    "store/database_errors.py": {"_READ_ONLY", "_SQLITE", "_POSTGRES", "_AWAY"},
    "store/system_errors.py": {"_NO_RIGHT", "_WORDS", "_UNKNOWN"},
    "store/yaml_words.py": {"_COMPLAINTS", "_UNKNOWN"},
    "store/validation_words.py": {"_WORDS", "_BOUNDS", "_BOUNDS_OF_DAYS", "_UNKNOWN"},
}
"""Constants that hold such texts in rows."""
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_WORD = re.compile(r"[A-Za-z]{2}")


@cache
def texts() -> set[str]:
    """Return every English text that the command line or an error may show."""
    found = {text for module in product() for text in _texts_of(module)}
    found.update(_helps(), terms(), all_words(), {shipped_policy().work.source})
    return {text for text in found if _WORD.search(_PLACEHOLDER.sub("", text))}


def placeholders(text: str) -> set[str]:
    """Return the names of the values that a text has filled in."""
    bare = text.replace("{{", "").replace("}}", "")
    return {re.split(r"[!:.\[]", each[1:-1])[0] for each in _PLACEHOLDER.findall(bare)}


def _texts_of(module: Module) -> Iterator[str]:
    tables = TABLES.get(module.path, set())
    halved = {
        each.args[0]
        for each in module.nodes()
        if isinstance(each, ast.Call) and _is_of_validator(each, module)
    }
    for node in module.nodes():
        if node in halved:
            continue
        match node:
            case ast.Call():
                yield from _of_call(node, module)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for name, value in zip(names, values, strict=True):
                    if dotted(name) in NAMES:
                        yield from _said(value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMES:
                yield from _said(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                if name in NAMES:
                    yield from _said(value)
            case _:
                pass
        if isinstance(node, ast.Assign) and dotted(node.targets[0]) in tables:
            yield from (text for text in _constants(node.value) if " " in text)


def _of_call(call: ast.Call, module: Module) -> Iterator[str]:
    name = dotted(call.func)
    printed = name in PRINTED and module.path.startswith("console/cli/")
    places = (0,) if printed else CALLS.get(name, ())
    for place, argument in enumerate(call.args):
        if place in places:
            yield from _said(argument)
    for keyword in call.keywords:
        if keyword.arg in NAMES:
            yield from _said(keyword.value)
    if _is_of_validator(call, module):
        for text in _said(call.args[0]):
            yield from _halves(text)


def _is_of_validator(call: ast.Call, module: Module) -> bool:
    """Say whether this is an error of a validator, whose problem and remedy are parted by a mark."""
    return dotted(call.func) == "ValueError" and "pydantic" in module.text and bool(call.args)


def _said(node: ast.expr) -> Iterator[str]:
    """Yield the text of a constant, and of both branches of a choice."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from _said(body)
            yield from _said(orelse)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _said(value)
        case ast.Call(func=ast.Name(id="Sentence"), args=[first, *_]):
            yield from _said(first)
        case _:
            pass


def _halves(text: str) -> Iterator[str]:
    """Yield problem and remedy of a validator's message, without the key that it may begin with."""
    problem, _, remedy = text.partition("; ")
    yield re.sub(r"^\w+: ", "", problem)
    yield remedy


def _constants(node: ast.expr) -> Iterator[str]:
    """Yield the texts of a table; the first of three in a row is what the row is looked up by."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Tuple(elts=[_, problem, remedy]):
            yield from (*_constants(problem), *_constants(remedy))
        case ast.Tuple(elts=each) | ast.List(elts=each) | ast.Dict(values=each):
            for one in each:
                yield from _constants(one)
        case ast.Call(keywords=values):
            for value in values:
                yield from _constants(value.value)
        case _:
            pass


def _helps() -> Iterator[str]:
    yield from _helps_of(typer.main.get_command(app))
    for noun, (_, line) in NOUNS.items():
        yield line
        yield from _helps_of(command_of(noun))


def _helps_of(command: Any) -> Iterator[str]:
    for said in (command.help, command.short_help, command.epilog):
        yield from paragraphs(said)
    for parameter in command.params:
        yield from paragraphs(getattr(parameter, "help", None))
    for inner in getattr(command, "commands", {}).values():
        yield from _helps_of(inner)


def write(file: Path = CATALOGUE) -> None:
    """Bring the catalogue up to date: new texts without a translation, unused ones taken out."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    known = read_catalogue(file.read_text(encoding="utf-8")) if file.exists() else {}
    catalogue = Catalog(locale="nl")
    for text in texts():
        catalogue.add(text, known.get(text, ""))
    with file.open("wb") as written:
        written.write(HEADER.encode())
        write_po(written, catalogue, width=0, sort_output=True, omit_header=True)


HEADER = """\
# The texts of the command line and of errors in Dutch, by their English. {names} are filled in.
msgid ""
msgstr ""
"Language: nl\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""

if __name__ == "__main__":
    write()
