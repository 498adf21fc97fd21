"""Words for what a print shop refuses, with the file and the right that is missing."""

from store.sentences import Sentence

_SIGNS = (
    ("no space", Sentence("its disk is full")),
    ("quota", Sentence("our share of its disk is full")),
    ("permission", Sentence("this user may not do that there")),
    ("read-only", Sentence("it can only be read")),
    ("no such", Sentence("a folder or file is not there")),
    ("exist", Sentence("a file of that name is there already")),
    ("unsupported", Sentence("its server cannot do that")),
)
"""A sign in a server's words, and what it comes to."""


def refused(operation: str, *, host: str, file: str, error: BaseException) -> Sentence:
    """Return what a server refused to do with a file, and why.

    Args:
        operation: folder, look, read, list, write, rename or remove.
        host: the server.
        file: of it, with its folder there.
        error: what it answered, of which its own words are only looked at.
    """
    why = _reason(error)
    match operation:
        case "folder":
            return Sentence(
                "the print shop at {host} refuses to make the folder {file}: {why} (a shop without"
                " folders wants flat = true)",
                host=host,
                file=file,
                why=why,
            )
        case "look":
            return Sentence(
                "the print shop at {host} does not let us see whether {file} is there: {why} (a shop"
                " that only takes files wants drop_only = true)",
                host=host,
                file=file,
                why=why,
            )
        case "rename":
            return Sentence(
                "the print shop at {host} refuses to rename {file}: {why} (a shop without renaming"
                " wants rename = false)",
                host=host,
                file=file,
                why=why,
            )
        case "write":
            return Sentence(
                "the print shop at {host} refuses to write {file}: {why}",
                host=host,
                file=file,
                why=why,
            )
        case "remove":
            return Sentence(
                "the print shop at {host} refuses to remove {file}: {why}",
                host=host,
                file=file,
                why=why,
            )
        case "list":
            return Sentence(
                "the print shop at {host} refuses to list {file}: {why}",
                host=host,
                file=file,
                why=why,
            )
        case _:
            return Sentence(
                "the print shop at {host} refuses to let us read {file}: {why}",
                host=host,
                file=file,
                why=why,
            )


def server_words(error: BaseException) -> str:
    """Return the words of a server's error in one line."""
    reason = getattr(error, "reason", "") or str(error) or type(error).__name__
    return " ".join(str(reason).split())


def _reason(error: BaseException) -> Sentence:
    said = server_words(error).lower()
    for sign, why in _SIGNS:
        if sign in said:
            return why
    return Sentence("it does not say why in a way that we know; ask the shop")
