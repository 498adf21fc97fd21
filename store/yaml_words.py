"""Plain words for YAML that cannot be parsed, and the values of its scalars."""

import re
from typing import Any

from store.errors import BadInput

_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?([0-9]{1,18}\.[0-9]{0,18}|\.[0-9]{1,18})")
_WORDS: dict[str, Any] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

# A part of the parser's complaint, what is wrong, and the remedy. The first that fits is taken.
_COMPLAINTS = [
    ("'\\t'", "has a tab where spaces belong", "indent with spaces"),
    ("escape", "has a backslash in double quotes", "use single quotes"),
    ("unexpected end of stream", "has a quote that is not closed", "close it"),
    ("quoted scalar", "has a quote that is not closed", "close it"),
    ("expected ',' or ']'", "has a [ that is not closed", "close it with ], with commas between"),
    ("expected ',' or '}'", "has a { that is not closed", "close it with }, with commas between"),
    ("flow sequence", "has a [ that is not closed", "close it with ], with commas between"),
    ("flow mapping", "has a { that is not closed", "close it with }, with commas between"),
    ("mapping values are not allowed", "has one colon too many, or is indented wrongly",
     "put a text with a colon in quotes, and indent keys of one group alike"),
    ("could not find expected ':'", "is a line without a colon", "write it as key: value"),
    ("cannot start any token", "begins with a sign that has a meaning in YAML",
     "put the text in quotes"),
    ("expected <block end>", "is indented otherwise than the lines it belongs to",
     "indent keys of one group alike"),
    ("expected the node content", "has a sign where a value belongs", "put the text in quotes"),
    ("block scalar", "has something behind | or >", "begin the text on the next line"),
    ("scanning an a", "begins with a sign that has a meaning in YAML", "put the text in quotes"),
    ("sequence entries", "has a - behind a key", "begin the list on the next line"),
    ("mapping keys", "has a ? that means something in YAML", "put the text in quotes"),
    ("document start", "goes on where it had ended", "put the text in quotes"),
    ("tag", "names a type with !", "remove it, and write the value only"),
]  # fmt: skip
_OPENED = ("is not closed",)
_UNKNOWN = ("is not YAML", "look at the indentation, the quotes and the brackets there")


def scalar(text: str, *, plain: bool) -> Any:
    """Return the value of a scalar. `plain` is one without quotes."""
    if not plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def in_plain_yaml_words(error: Exception, text: str, file: str) -> BadInput:
    """Return the complaint about a text that a YAML parser refused."""
    if (position := getattr(error, "position", None)) is not None:  # of a character
        line = text[: int(position)].count("\n") + 1
        return BadInput("has a character that cannot be printed", "remove it", file=file, line=line)
    complaint = f"{getattr(error, 'problem', '')} {getattr(error, 'context', '')}"
    problem, remedy = next((words[1:] for words in _COMPLAINTS if words[0] in complaint), _UNKNOWN)
    marks = [getattr(error, "problem_mark", None), getattr(error, "context_mark", None)]
    if problem.endswith(_OPENED):
        marks.reverse()  # where it was opened says more than where the file ends
    mark = next(filter(None, marks), None)
    return BadInput(problem, remedy, file=file, line=mark.line + 1 if mark else None)
