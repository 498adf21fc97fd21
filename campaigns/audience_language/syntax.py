"""Parse an audience expression into a tree of whitelisted nodes. Refuse everything else."""

import re
from dataclasses import dataclass
from unicodedata import category

import sqlglot
from sqlglot import errors
from sqlglot import expressions as exp

from store.errors import BadInput
from store.sentences import Sentence

LONGEST = 10_000
"""Most characters of an expression. A longer one lists people, who are better imported as a fact."""
DEEPEST = 60
MOST_CONDITIONS = 500
"""Most conditions joined by `and` and `or`. SQLite takes a thousand in one expression."""
LONGEST_NUMBER = 30
LONGEST_SHOWN = 80
_FACT_REMEDY = "import a long list as a fact and ask for that"


class AudienceRefused(BadInput):
    """An audience expression that cannot be accepted."""


_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    | (?P<text>'(?:[^']|'')*')
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*|"[A-Za-z_][A-Za-z0-9_]*")
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?![A-Za-z0-9_.]))
    | (?P<sign><=|>=|<>|!=|[=<>(),+]|-(?!-))""",
    re.VERBOSE,
)
_STRANGE = (
    (";", "is not one condition", "write one condition, without a semicolon"),
    ("--", "holds a comment", "leave it out; a campaign file takes its own comments, after #"),
    ("/*", "holds a comment", "leave it out; a campaign file takes its own comments, after #"),
    ("#", "holds a comment", "leave it out, or write >- and the condition below it"),
    (
        "'",
        "holds a quote that is never closed",
        "close it; a quote within a text is written twice ('')",
    ),
    ("“", "holds a curly quote", "write straight ones: 'Utrecht'"),
    ("”", "holds a curly quote", "write straight ones: 'Utrecht'"),
    ("‘", "holds a curly quote", "write straight ones: 'Utrecht'"),  # noqa: RUF001  it is what people paste
    ("’", "holds a curly quote", "write straight ones: 'Utrecht'"),  # noqa: RUF001  idem
    (".", "names another table", "name only columns of people and their facts"),
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories of characters that are invisible, or change the order in which text is shown."""

_NODES: dict[type[exp.Expr], frozenset[str]] = {
    exp.And: frozenset({"this", "expression"}),
    exp.Or: frozenset({"this", "expression"}),
    exp.Not: frozenset({"this"}),
    exp.Paren: frozenset({"this"}),
    exp.EQ: frozenset({"this", "expression"}),
    exp.NEQ: frozenset({"this", "expression"}),
    exp.GT: frozenset({"this", "expression"}),
    exp.GTE: frozenset({"this", "expression"}),
    exp.LT: frozenset({"this", "expression"}),
    exp.LTE: frozenset({"this", "expression"}),
    exp.In: frozenset({"this", "expressions"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.Is: frozenset({"this", "expression"}),
    exp.Add: frozenset({"this", "expression"}),
    exp.Sub: frozenset({"this", "expression"}),
    exp.Neg: frozenset({"this"}),
    exp.Anonymous: frozenset({"this", "expressions"}),
    exp.Column: frozenset({"this"}),
    exp.Identifier: frozenset({"this", "quoted"}),
    exp.Literal: frozenset({"this", "is_string"}),
    exp.Boolean: frozenset({"this"}),
    exp.Null: frozenset(),
}
"""Allowed nodes, each with the arguments that are read. Any other argument is refused."""
# what the parser of somebody else may raise at a text that nobody foresaw
_PARSER_ERRORS = (
    errors.SqlglotError,
    RecursionError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)


@dataclass(frozen=True, slots=True)
class Text:
    """A parsed audience expression, with the source text of the parts that `and` joins at the top."""

    tree: exp.Expr
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    written: str
    at: int


def read(text: str) -> Text:
    """Parse an audience expression.

    Raises:
        AudienceRefused: it is too long, too deep, no condition, or holds what the language does not have.
    """
    if len(text) > LONGEST:
        raise AudienceRefused(
            Sentence(
                "is {count:,} characters long, more than {longest:,}",
                count=len(text),
                longest=LONGEST,
            ),
            _FACT_REMEDY,
        )
    tokens = _tokens(text)
    _hold_brackets(tokens)
    tree = _tree(text)
    _hold_nodes(tree)
    return Text(tree, _parts(text, tokens) if isinstance(tree, exp.And) else (text.strip(),))


def names(text: str) -> frozenset[str]:
    """Return the columns and facts that an expression asks about, without building its condition.

    Raises:
        AudienceRefused: see `read`.
    """
    columns = (node for node in read(text).tree.find_all(exp.Column) if not _is_channel(node))
    return frozenset(node.name for node in columns) - {"today"}


def _is_channel(node: exp.Column) -> bool:
    """Return whether this is the channel in `has(sms)`."""
    return isinstance(node.parent, exp.Anonymous) and str(node.parent.this).lower() == "has"


def shown(node: exp.Expr) -> str:
    """Return a node as text, short enough for one line."""
    written = node.sql(normalize_functions=False, unsupported_level=errors.ErrorLevel.IGNORE)
    return _short(written)


def refused(node: exp.Expr) -> AudienceRefused:
    """Return the error for a node that is not part of the language."""
    return AudienceRefused(
        Sentence("{shown} is not part of the audience language", shown=shown(node)),
        "use and, or, not, =, !=, <, <=, >, >=, in, between, is null, +, -, today and the questions of"
        " docs/audience-language.md",
    )


def _short(written: str) -> str:
    written = " ".join(written.split())
    return written if len(written) <= LONGEST_SHOWN else f"{written[:LONGEST_SHOWN]}…"


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _strange(text, at)
        kind, written = str(match.lastgroup), match.group()
        _hold_token(kind, written)
        if kind != "space":
            found.append(_Token(kind, written, at))
        at = match.end()
    if not found:
        raise AudienceRefused("is empty", "write a condition, or true for everyone")
    return found


def _strange(text: str, at: int) -> AudienceRefused:
    for sign, problem, remedy in _STRANGE:
        if text.startswith(sign, at):
            return AudienceRefused(problem, remedy)
    if category(text[at]) in _UNSEEN:
        return AudienceRefused(
            Sentence("holds an invisible character (U+{code:04X})", code=ord(text[at])),
            "take it out",
        )
    return AudienceRefused(
        Sentence("cannot be read at {short}", short=_short(text[at:])),
        "write conditions joined by and, or, not",
    )


def _hold_token(kind: str, written: str) -> None:
    if written.lower() == "if":
        raise AudienceRefused(
            "holds an if, which the language does not have", "join conditions by and, or, not"
        )
    if kind == "number" and len(written) > LONGEST_NUMBER:
        raise AudienceRefused(
            Sentence("holds a number of {count} digits", count=len(written)), "write a smaller one"
        )
    if kind == "text":
        for sign in written:
            if category(sign) in _UNSEEN:
                raise AudienceRefused(
                    Sentence(
                        "holds a text with an invisible character (U+{code:04X})", code=ord(sign)
                    ),
                    "take it out",
                )


def _hold_brackets(tokens: list[_Token]) -> None:
    """Refuse brackets that are nested too deeply, before the parser recurses into them."""
    depth = 0
    for token in tokens:
        depth += (token.written == "(") - (token.written == ")")
        if depth < 0:
            raise AudienceRefused("closes a bracket that is not open", "count the brackets")
        if depth > DEEPEST:
            raise AudienceRefused("is nested too deeply", "split it into fewer brackets")
    if depth:
        raise AudienceRefused("opens a bracket that is never closed", "count the brackets")


def _tree(text: str) -> exp.Expr:
    try:
        return sqlglot.parse_one(text, into=exp.Condition, error_level=errors.ErrorLevel.IMMEDIATE)
    except _PARSER_ERRORS as error:
        raise AudienceRefused(
            Sentence("cannot be read{where}", where=_where(error)),
            "write conditions joined by and, or, not",
        ) from None


def _where(error: Exception) -> str:
    """Return the place at which the parser stopped, if it says so."""
    found = error.errors[-1] if isinstance(error, errors.ParseError) and error.errors else {}
    word = _short(str(found.get("highlight") or ""))
    return Sentence(" at {word}", word=word) if word else ""


def _hold_nodes(tree: exp.Expr) -> None:
    """Check every node against the whitelist.

    A long chain of one connective (a and b and c …) counts as one level.
    """
    waiting, conditions = [(tree, 1)], 1
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise AudienceRefused("is nested too deeply", "split it into fewer brackets")
        read_parts = _NODES.get(type(node))
        if read_parts is None or {name for name, part in node.args.items() if part} - read_parts:
            raise refused(node)
        joins = isinstance(node, exp.And | exp.Or)
        conditions += joins
        if conditions > MOST_CONDITIONS:
            raise AudienceRefused(
                Sentence(
                    "joins more than {most_conditions} conditions", most_conditions=MOST_CONDITIONS
                ),
                _FACT_REMEDY,
            )
        waiting.extend(
            (child, depth + (not joins or type(child) is not type(node)))
            for child in node.iter_expressions()
        )


def _parts(text: str, tokens: list[_Token]) -> tuple[str, ...]:
    """Split an expression at the `and`s of its top level, but not at that of `between … and …`."""
    depth, open_between, cuts = 0, 0, [0]
    for token in tokens:
        word = token.written.lower()
        depth += (word == "(") - (word == ")")
        if depth or word not in ("between", "and"):
            continue
        if word == "between":
            open_between += 1
        elif open_between:
            open_between -= 1
        else:
            cuts += [token.at, token.at + len("and")]
    cuts.append(len(text))
    return tuple(text[start:end].strip() for start, end in zip(cuts[::2], cuts[1::2], strict=True))
