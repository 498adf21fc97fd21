"""The states in which every page is looked at in a real browser: by axe-core, at two widths, for pictures.

A GET route that stands neither here nor among what is no page fails a test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.states import Role

if TYPE_CHECKING:
    from playwright.sync_api import Page

NOT_PAGES = frozenset(
    (
        "/healthz",
        "/readyz",
        "/metrics",
        "/sms/gateway/status",
        "/queue/live",
        "/sign-in/provider",
        "/sign-in/provider/again",
        "/sign-in/provider/done",
        "/campaigns/{name}/effect.pdf",
        "/campaigns/{name}/proofs/{number:int}.{kind}",
        "/campaigns/{name}/card-{position:int}-{language}.png",
        "/words/{name}/{who}.png",
        "/queue/{call_id:int}/card-{touch_id:int}.png",
        "/appointments/{number:int}/calendar.ics",
        "/desk-phone/twilio.min.js",
        "/drafts/{draft_id:int}",
        "/drafts/{draft_id:int}/file",
        "/print-runs/{run_id:int}/{name}",
    )
)
"""Routes that answer with a file, a picture, figures for a program, a stream or another address."""


def nothing(page: "Page") -> None:
    """Leave the page as it was opened."""


@dataclass(frozen=True, kw_only=True)
class State:
    """One state of one page.

    Args:
        name: What is to be seen, as part of a file's name.
        path: Where it is.
        role: Who looks; None is somebody without an account.
        who: Their name; empty is the usual one of their role.
        do: What they do there first. It may leave nothing behind that another state would see.
        leads_to: Where it sends one on to, if it does.
        status: How it is answered.
    """

    name: str
    path: str
    role: Role | None = None
    who: str = ""
    do: Callable[["Page"], None] = nothing
    leads_to: str = ""
    status: int = 200


def pressing(form: str, **fields: str) -> Callable[["Page"], None]:
    """Return what fills in fields of the form that goes to `form`, and sends it."""

    def press(page: "Page") -> None:
        inside = page.locator(f"main form[action='{form}']").first
        for name, text in fields.items():
            field = inside.locator(f"[name='{name}']").first
            field.evaluate("(field, text) => { field.value = text; }", text)  # folded in or not
        # without the browser's own checks: what the server says is what is looked at
        inside.evaluate("form => { form.noValidate = true; }")
        with page.expect_navigation():
            inside.evaluate("form => form.requestSubmit(form.querySelector('button'))")

    return press


def _manager(name: str, path: str, do: Callable[["Page"], None] = nothing, who: str = "") -> State:
    return State(name=name, path=path, role=Role.MANAGER, do=do, who=who)


def _agent(name: str, path: str, do: Callable[["Page"], None] = nothing) -> State:
    return State(name=name, path=path, role=Role.AGENT, do=do)


def _officer(name: str, path: str, do: Callable[["Page"], None] = nothing) -> State:
    return State(name=name, path=path, role=Role.PRIVACY_OFFICER, do=do)


QUESTIONS = ("whom", "why", "words", "sender", "when", "many", "money")
STATES: dict[str, tuple[State, ...]] = {
    "/sign-in": (
        State(name="empty", path="/sign-in"),
        State(
            name="refused",
            path="/sign-in",
            do=pressing("/sign-in", name="nobody", password="a wrong one"),
        ),
    ),
    "/k/{code}": (State(name="unknown", path="/k/0000-0000-0"),),
    "/k": (
        State(name="empty", path="/k"),
        State(name="refused", path="/k", do=pressing("/k/call", number="12")),
    ),
    "/waarom": (State(name="list", path="/waarom"),),
    "/waarom/{number:int}": (State(name="campaign", path="/waarom/1"),),
    "/echt": (State(name="empty", path="/echt"),),
    "/helpen": (State(name="empty", path="/helpen"),),
    "/today": tuple(State(name=f"as-{role.value}", path="/today", role=role) for role in Role),
    "/stop-everything": (
        _manager("asked", "/stop-everything"),
        _manager("refused", "/stop-everything", pressing("/stop-everything", password="wrong")),
    ),
    "/account": (
        _manager("own", "/account"),
        _manager("refused", "/account", pressing("/account/password", new="kort", again="kort")),
    ),
    "/accounts": (_manager("list", "/accounts"),),
    "/campaigns/{name}/effect": (
        State(name="first-days", path="/campaigns/cards/effect", role=Role.ANALYST),
    ),
    "/calculators": (
        State(name="empty", path="/calculators", role=Role.ANALYST),
        State(
            name="compared",
            path="/calculators?what=compare&control=60/300&arm=400/1200",
            role=Role.ANALYST,
        ),
    ),
    "/campaigns/{name}/approve": (
        _manager("whole", "/campaigns/submitted/approve", who="bilal"),
        _manager("looser", "/campaigns/looser/approve", who="bilal"),
        _manager("own", "/campaigns/submitted/approve"),
        _manager(
            "no-remarks",
            "/campaigns/submitted/approve",
            pressing("/campaigns/submitted/send-back"),
            "bilal",
        ),
        _manager(
            "question",
            "/campaigns/submitted/approve",
            pressing("/campaigns/submitted/approve/question"),
            "bilal",
        ),
    ),
    "/campaigns/{name}/rehearsal": (
        _manager("whole", "/campaigns/submitted/rehearsal", who="bilal"),
        _manager("nothing-left", "/campaigns/sent-back/rehearsal"),
    ),
    "/": (_manager("list", "/"),),
    "/campaigns/{name}": tuple(
        _manager(name, f"/campaigns/{name}")
        for name in ("cards", "submitted", "sent-back", "approved", "paused")
    ),
    "/drafts": (_manager("list", "/drafts"),),
    "/drafts/new": (
        _manager("asked", "/drafts/new"),
        _manager("refused", "/drafts/new", pressing("/drafts/new")),
    ),
    "/drafts/{draft_id:int}/check": (
        _manager("ready", "/drafts/1/check"),
        _manager("problems", "/drafts/2/check"),
    ),
    "/drafts/{draft_id:int}/versions": (_manager("two", "/drafts/1/versions"),),
    "/drafts/{draft_id:int}/{question}": (
        *(_manager(each, f"/drafts/1/{each}") for each in QUESTIONS),
        *(
            _manager(f"{each}-problems", f"/drafts/2/{each}", pressing(f"/drafts/2/{each}"))
            for each in QUESTIONS
        ),
        _manager("whom-pick", "/drafts/1/whom?fact=years_without_return&count=yes"),
    ),
    "/words": (_manager("list", "/words"),),
    "/words/{name}": (
        _manager("card", "/words/contact-card"),
        _manager(
            "refused",
            "/words/contact-card",
            pressing("/words/contact-card", **{"nl.j2:headline": "U hebt een schuld"}),
        ),
    ),
    "/imports": (_manager("list", "/imports"),),
    "/imports/{import_id:int}": (_manager("people", "/imports/1"),),
    "/imports/new": (_manager("empty", "/imports/new"),),
    "/incidents": (_manager("list", "/incidents"),),
    "/print-runs": (_manager("difference", "/print-runs"),),
    "/print-runs/{run_id:int}": (_manager("run", "/print-runs/1"),),
    "/seeds": (_manager("empty", "/seeds"),),
    "/print-shop": (State(name="runs", path="/print-shop", role=Role.PRINT_SHOP),),
    "/print-shop/{run_id:int}": (
        State(name="received", path="/print-shop/1", role=Role.PRINT_SHOP),
    ),
    "/queue": (_agent("waiting", "/queue"), _manager("manager", "/queue")),
    "/queue/{call_id:int}": (State(name="in-hand", path="/queue/2", role=Role.AGENT, who="henri"),),
    "/desk-phone": (_agent("window", "/desk-phone"),),
    "/cards": (_agent("empty", "/cards"), _agent("wrong", "/cards", pressing("/cards", code="1"))),
    "/follow-ups": (_agent("agent", "/follow-ups"), _manager("manager", "/follow-ups")),
    "/cases/{case_id:int}": (State(name="open", path="/cases/1", role=Role.AGENT, who="henri"),),
    "/why": (
        _officer("empty", "/why"),
        _officer("known", "/why", pressing("/why", ref="P0000001", reason="gevraagd")),
        _officer("unknown", "/why", pressing("/why", ref="X", reason="gevraagd")),
    ),
    "/looks": (_officer("list", "/looks"),),
    "/requests": (_officer("late", "/requests"),),
    "/doubts": (_agent("late", "/doubts"),),
    "/sign-in/code": (State(name="without-password", path="/sign-in/code", leads_to="/sign-in"),),
}
