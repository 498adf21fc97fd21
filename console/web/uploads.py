"""Forms with a file, read within a limit."""

import hmac
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from console.web.security import MAX_FORM, TOKEN
from store.yaml_lines import LARGEST

_KIND = "multipart/form-data"
_FIELDS = 20
_LONGEST_NAME = 80
_DRAINED = 128 * 1024 * 1024
"""Bytes that are read of what is too large, since a browser hears no answer before it has sent all."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A form with one file."""

    fields: Mapping[str, str]
    name: str  # as the browser says it is called, without folders
    content: bytes  # empty where no file was chosen
    too_large: bool = False  # then nothing else of the form was read, its token neither


def uploading(largest: int) -> Callable[[Request], Awaitable[Upload]]:
    """Return a dependency that reads a form with a file of at most so many bytes."""

    async def read(request: Request) -> Upload:
        if request.headers.get("content-type", "").partition(";")[0].strip() != _KIND:
            raise HTTPException(415)
        body = await _body(request, largest + MAX_FORM, drained=_DRAINED)
        if body is None:
            return Upload({}, "", b"", too_large=True)
        return await _read(request, body)

    return read


async def uploaded(request: Request) -> Upload:
    """Read a form with a campaign file, and check its anti-forgery token.

    Raises:
        HTTPException: 403 without the session's token, 413 for a body that is too long, 415 for
            another kind of body, 400 for a body that is not a form.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != _KIND:
        raise HTTPException(415)
    body = await _body(request, LARGEST + MAX_FORM)
    if body is None:
        raise HTTPException(413)
    return await _read(request, body)


async def _read(request: Request, body: bytes) -> Upload:
    form = await _parsed(request, body)
    try:
        return await _upload(request, form)
    finally:
        await form.close()


async def _parsed(request: Request, body: bytes) -> FormData:
    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(
        request.headers, whole(), max_files=1, max_fields=_FIELDS, max_part_size=MAX_FORM
    )
    try:
        return await parser.parse()
    except (MultiPartException, ValueError, KeyError):
        raise HTTPException(400) from None


async def _upload(request: Request, form: FormData) -> Upload:
    fields = {name: text.replace("\0", "") for name, text in form.items() if isinstance(text, str)}
    expected = str(request.session.get(TOKEN, ""))
    if not expected or not hmac.compare_digest(fields.get(TOKEN, "").encode(), expected.encode()):
        raise HTTPException(403, "stale_form")
    file = next((each for each in form.values() if isinstance(each, UploadFile)), None)
    if file is None:
        return Upload(fields, "", b"")
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    printable = "".join(each for each in name if each.isprintable())
    return Upload(fields, printable[:_LONGEST_NAME], await file.read())


async def _body(request: Request, largest: int, *, drained: int = 0) -> bytes | None:
    """Return a body, or None for one that is too long."""
    body, seen = bytearray(), 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen <= largest:
            body += chunk
        elif seen > largest + drained:
            return None
    return bytes(body) if seen <= largest else None


Uploaded = Annotated[Upload, Depends(uploaded)]
