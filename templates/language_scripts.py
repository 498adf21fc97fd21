"""One language of a template, a Jinja file of named blocks, each of them a part."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2 import Template as Compiled
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from store.errors import BadInput
from store.sentences import Sentence
from templates.descriptions import look_up

# plain text: escaping for HTML would print "&amp;" on a card
_JINJA = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True
)
LINE_END = "\u2028"
"""The end of a line inside a paragraph (LINE SEPARATOR); a line feed ends the paragraph."""
_REACHING_OUT = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text as its author wrote it."""

    part: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A parsed and compiled language file."""

    file: str
    parts: Mapping[str, int]  # each part and the line on which it begins
    names: Mapping[str, int]  # each dotted name and the line on which it is first used
    pieces: tuple[Piece, ...]
    compiled: Compiled
    uses: Mapping[str, tuple[str, ...]]  # by part: the dotted names it says
    _last: dict[str, tuple[list[Any], str]] = field(default_factory=dict, compare=False, repr=False)

    def render(
        self, context: Mapping[str, Any], *, without: frozenset[str] = frozenset()
    ) -> dict[str, str]:
        """Return the text of each part that is not in `without`.

        Raises:
            BadInput: a name is missing or blank, or the script goes wrong; says the file, the line and the name.
        """
        values = self.values(self.names, context)
        scope = self.compiled.new_context(dict(context))
        with self.correctable():
            return {
                part: self._render_part(part, scope, values)
                for part in self.parts
                if part not in without
            }

    def values(self, names: Iterable[str], context: Mapping[str, Any]) -> dict[str, Any]:
        """Return the value of each name.

        Raises:
            BadInput: one is missing or blank.
        """
        values = {name: look_up(context, name) for name in names}
        for name, value in values.items():
            if value is None:
                line = self.names[name]
                raise BadInput("has no value", "give it one", file=self.file, line=line, field=name)
        return values

    @contextmanager
    def correctable(self) -> Iterator[None]:
        """Turn what goes wrong inside the script into an error that names its file."""
        try:
            yield
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            raise BadInput(
                Sentence("goes wrong: {error}", error=error), "correct the template", file=self.file
            ) from error

    def render_block(self, part: str, scope: Any) -> str:
        """Return the text of a part as its block writes it in a context."""
        return tidy("".join(self.compiled.blocks[part](scope)))

    def _render_part(self, part: str, scope: Any, values: Mapping[str, Any]) -> str:
        """Return the text of a part, cached because most parts are the same for everybody."""
        used_values = [values[name] for name in self.uses[part]]
        before = self._last.get(part)
        if before is not None and before[0] == used_values:
            return before[1]
        text = self.render_block(part, scope)
        # what could change meanwhile is said anew
        if all(isinstance(value, str | bool) for value in used_values):
            self._last[part] = (used_values, text)
        return text


class PartFilled:
    """A script of which every value is filled in that is the same for all people of a set."""

    def __init__(self, script: Script, shared: Mapping[str, Any]) -> None:
        """Fill in the shared values.

        Raises:
            BadInput: one is missing, or a part that says only these goes wrong.
        """
        own = [name for name in script.names if name.partition(".")[0] not in shared]
        script.values(script.names.keys() - own, shared)
        self._script = script
        self._names = own
        self._shared = dict(shared)
        self._context = dict(shared)  # with the values of the person who is rendered
        self._scope = script.compiled.new_context(self._context, shared=True)
        personal = set(own)
        self._personal = [part for part in script.parts if personal.intersection(script.uses[part])]
        with script.correctable():
            self._texts = {
                part: "" if part in self._personal else script.render_block(part, self._scope)
                for part in script.parts
            }

    def render(
        self, own: Mapping[str, Any], *, without: frozenset[str] = frozenset()
    ) -> dict[str, str]:
        """Return the text of each part for one person, as `Script.render` does."""
        self._script.values(self._names, own)
        self._context.clear()
        self._context.update(self._shared, **own)
        texts = self._texts.copy()
        with self._script.correctable():
            for part in self._personal:
                if part not in without:
                    texts[part] = self._script.render_block(part, self._scope)
        for part in without:
            texts.pop(part, None)
        return texts


def parse_script(source: str, file: str) -> Script:
    """Parse and compile one language file.

    Every batch of a campaign asks for the same few files, so the parsed file is cached. The
    rendered text is not.

    Raises:
        BadInput: it is not Jinja, reaches for other files, or has text outside its blocks.
    """
    return replace(_parse(source, file), _last={})


@lru_cache(maxsize=64)
def _parse(source: str, file: str) -> Script:
    try:
        tree = _JINJA.parse(source)
        compiled = Compiled.from_code(_JINJA, _JINJA.compile(_JINJA.parse(source), file, file), {})
    except TemplateSyntaxError as error:
        raise BadInput(
            Sentence("is not Jinja: {message}", message=error.message),
            "correct that line",
            file=file,
            line=error.lineno,
        ) from error
    _refuse_strays(tree, file)
    blocks = [node for node in tree.body if isinstance(node, nodes.Block)]
    return Script(
        file=file,
        parts={block.name: block.lineno for block in blocks},
        names=_names(tree),
        pieces=tuple(piece for block in blocks for piece in _pieces(block)),
        compiled=compiled,
        uses=_uses(tree, blocks),
    )


def tidy(text: str) -> str:
    """Join the lines of each paragraph.

    A blank line ends a paragraph, a dash begins a line of its own, and a backslash at its end
    keeps a line as it is: the next one begins below it.
    """
    lines: list[str] = []
    fresh = True
    kept = False
    for line in (" ".join(raw.split()) for raw in text.splitlines()):
        said = line.removesuffix("\\").rstrip()
        if said and (fresh or said.startswith("- ")):
            lines.append(said)
        elif said:
            lines[-1] += f"{LINE_END if kept else ' '}{said}"
        fresh, kept = not line, line.endswith("\\")
    return "\n".join(lines)


def _refuse_strays(tree: nodes.Template, file: str) -> None:
    """Refuse text outside the blocks, blocks in blocks, and references to other files."""
    if reaching := next(tree.find_all(_REACHING_OUT), None):
        raise BadInput(
            "reaches for another file", "write the words here", file=file, line=reaching.lineno
        )
    for node in tree.body:
        if isinstance(node, nodes.Block):
            if inner := node.find(nodes.Block):
                raise BadInput(
                    "is a block in a block",
                    "give it a place of its own",
                    file=file,
                    line=inner.lineno,
                )
        elif not _is_blank(node):
            raise BadInput(
                "stands outside any block", "put it in {% block ... %}", file=file, line=_line(node)
            )


def _is_blank(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Output) and all(
        isinstance(part, nodes.TemplateData) and not part.data.strip() for part in node.nodes
    )


def _line(node: nodes.Node) -> int:
    """Return the line of the first text or expression in a node."""
    if isinstance(node, nodes.Output):
        for part in node.nodes:
            if not isinstance(part, nodes.TemplateData):
                return int(part.lineno)
            if part.data.strip():
                return int(part.lineno) + part.data[: -len(part.data.lstrip())].count("\n")
    return int(node.lineno)


def _names(tree: nodes.Template) -> dict[str, int]:
    """Return each dotted name that must come from outside, with the line of its first use."""
    free = find_undeclared_variables(tree)
    names: dict[str, int] = {}
    for name, line in _chains(tree):
        if name.partition(".")[0] in free:
            names.setdefault(name, line)
    return names


def _uses(tree: nodes.Template, blocks: list[nodes.Block]) -> dict[str, tuple[str, ...]]:
    """Return the names from outside that each block uses."""
    known = _names(tree).keys()
    return {
        block.name: tuple(sorted({name for name, _ in _chains(block)} & known)) for block in blocks
    }


def _chains(node: nodes.Node) -> Iterator[tuple[str, int]]:
    if (name := _dotted(node)) is not None:
        yield name, int(node.lineno)
        return
    for child in node.iter_child_nodes():
        yield from _chains(child)


def _dotted(node: nodes.Node) -> str | None:
    match node:
        case nodes.Name(name=name, ctx="load"):
            return str(name)
        case (
            nodes.Getattr(node=inner, attr=step)
            | nodes.Getitem(node=inner, arg=nodes.Const(value=str(step)))
        ):
            base = _dotted(inner)
            return None if base is None else f"{base}.{step}"
    return None


def _pieces(block: nodes.Block) -> Iterator[Piece]:
    """Yield every piece of text in a block, also those in a branch not taken or in quotes."""
    for data in block.find_all(nodes.TemplateData):
        for number, text in enumerate(data.data.splitlines()):
            yield Piece(block.name, int(data.lineno) + number, text)
    for const in block.find_all(nodes.Const):
        if isinstance(const.value, str):
            yield Piece(block.name, int(const.lineno), const.value)
