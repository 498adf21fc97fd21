"""Reader of TOML files that people write, with errors that name file, line, field and remedy."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from store.errors import BadInput
from store.sentences import Sentence
from store.system_errors import refused_by_system
from store.toml_lines import line_in, line_of
from store.validation_words import refused

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedToml(Generic[T]):
    """One kind of TOML file, and the value it is read into."""

    kind: type[T]  # a frozen pydantic model, or a mapping of them
    name: str  # as "a print shop's file"
    see: str = ""  # where its keys are explained
    setting: str = ""  # the environment variable that names it

    def read(self, path: Path) -> T:
        """Read a file.

        Raises:
            BadInput: it cannot be read, or a key is missing, unknown or wrong; each on a line of its own.
        """
        source = read_text(path, setting=self.setting)
        return self.parse(source, str(path))

    def parse(self, source: str, file: str) -> T:
        """Read a text. `file` is how complaints name it.

        Raises:
            BadInput: as `read`.
        """
        return self.check(parse_toml(source, file), file, source)

    def check(self, document: Mapping[str, Any], file: str, source: str = "") -> T:
        """Read a document. `source` is the text that has the lines, where there is one.

        Raises:
            BadInput: as `read`.
        """
        try:
            return TypeAdapter(self.kind).validate_python(dict(document))
        except ValidationError as error:
            raise refused(
                error,
                self.kind,
                file=file,
                name=self.name,
                see=self.see,
                assign=" =",
                line_of=lambda location: line_of(source, location),
            ) from None


def read_text(path: Path, *, setting: str = "") -> str:
    """Read a file of UTF-8.

    Raises:
        BadInput: it is not there, we may not read it, or it is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        remedy = (
            Sentence("name a file that is there in {setting}, or unset it", setting=setting)
            if setting
            else "write it"
        )
        raise BadInput("is not there", remedy, file=str(path), field=setting or None) from None
    except OSError as error:
        raise refused_by_system(error) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadInput("is not UTF-8", "save it as UTF-8", file=str(path), line=line) from None


def parse_toml(source: str, file: str) -> dict[str, Any]:
    """Parse TOML. `file` is how complaints name it.

    Raises:
        BadInput: it is not TOML; with the line, where the parser names one.
    """
    try:
        return tomllib.loads(source)
    except (ValueError, RecursionError) as error:  # a number too long, brackets without end
        line = line_in(str(error)) or len(source.splitlines()) or None
        remedy = 'correct that line: a table as [name], a key as key = "text", each key once'
        raise BadInput("is not TOML", remedy, file=file, line=line) from None
