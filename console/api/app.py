"""The FastAPI application of the API, mounted below the console.

It has its own errors and its own OpenAPI document, and it ignores cookies.
"""

import re
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount

from console.api import problems
from console.api.middleware import VERSION, Fence, Tag
from console.api.pagination import PLACE
from console.api.problems import RESPONSES, Problem, Refused
from console.api.routes import ROUTERS, TAGS
from installation.installation import Installation
from store.errors import BadInput

_ABOUT = """
Everything that an agent does at the desk of the free phone line, for other systems.

* **Who**: a token (`Authorization: Bearer …`), made by `kaartje account token`. It may do what its role may do.
* **Once**: every POST takes an `Idempotency-Key` and is harmless when it is sent again under it.
* **Nothing of a person before a check**: until the identity was checked in that very call, no name, no address, no
  reference and no earlier word is answered.
* **Errors** are problem details (RFC 9457). Names are in camelCase, moments in UTC (ISO 8601).
"""


def mount(installation: Installation) -> Mount:
    """Return the API of this installation as a route of the console."""
    mounted = Mount(PLACE, app=make_api(installation))
    # "." stops at a line break: a name that holds one would fall through to the console and its pages.
    mounted.path_regex = re.compile(mounted.path_regex.pattern, re.DOTALL)
    return mounted


def make_api(installation: Installation) -> FastAPI:
    """Make the API of this installation."""
    api = FastAPI(
        title="Kaartje",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        responses=RESPONSES,
        middleware=[Middleware(Fence), Middleware(Tag)],
        generate_unique_id_function=_operation_id,
    )
    api.state.installation = installation
    for router in ROUTERS:
        api.include_router(router)
    document = cache(lambda: document_of(api))  # made when it is first asked for: it takes a moment
    api.add_api_route(
        "/openapi.json",
        lambda: JSONResponse(document(), headers=_ANYWHERE),
        include_in_schema=False,
    )
    api.add_exception_handler(Refused, problems.answer_refused)
    api.add_exception_handler(BadInput, problems.answer_bad_input)
    api.add_exception_handler(RequestValidationError, problems.answer_validation)
    api.add_exception_handler(HTTPException, problems.answer_http)
    api.add_exception_handler(Exception, problems.answer_our_fault)
    return api


_ANYWHERE = {"access-control-allow-origin": "*"}
"""The document holds no personal data, so any site may read it."""


def document_of(api: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of everything in the API."""
    document = get_openapi(
        title="Kaartje: the desk",
        version=VERSION,
        summary="The free phone line's desk, for other systems",
        description=_ABOUT,
        routes=api.routes,
        tags=[{"name": name, "description": description} for name, description in TAGS.items()],
        servers=[{"url": PLACE, "description": "This installation"}],
        contact={"name": "Who runs this Kaartje"},
    )
    document["components"]["schemas"]["Problem"] = _inlined(Problem.model_json_schema())
    _add_headers(document)
    _name_areas(document)
    return document


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    wrong = schema.pop("$defs")["Wrong"]
    schema["properties"]["errors"]["items"] = wrong
    return schema


def _add_headers(document: dict[str, Any]) -> None:
    version = {
        "description": "The version of this API.",
        "schema": {"type": "string", "examples": [VERSION]},
    }
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                response.setdefault("headers", {})["API-Version"] = version


def _name_areas(document: dict[str, Any]) -> None:
    """Add to each operation its area of `console.web.permissions`."""
    for route in (each for router in ROUTERS for each in router.routes):
        if isinstance(route, APIRoute):
            areas = [getattr(each.call, "area", None) for each in route.dependant.dependencies]
            for method in route.methods or ():
                operation = document["paths"][route.path_format][method.lower()]
                operation["x-area"] = next(area.value for area in areas if area)


def _operation_id(route: APIRoute) -> str:
    head, *rest = route.name.split("_")
    return head + "".join(part.title() for part in rest)
