"""Every state and every word that the tables keep."""

from enum import StrEnum


class TouchState(StrEnum):
    """Where one contact with one person stands, from plan to outcome."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    FAILED = "failed"
    RECALLED = "recalled"
    PRINTED = "printed"
    POSTED = "posted"
    RETURNED = "returned"
    WITHHELD = "withheld"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


_S = TouchState

MOVES: dict[TouchState, frozenset[TouchState]] = {
    _S.PLANNED: frozenset({_S.CLAIMED, _S.WITHHELD, _S.DROPPED}),
    _S.CLAIMED: frozenset({_S.HANDED_OVER, _S.PLANNED, _S.FAILED, _S.UNKNOWN}),
    _S.UNKNOWN: frozenset({_S.HANDED_OVER, _S.PLANNED, _S.FAILED}),
    # planned again: a text that surely did not arrive has one late try
    _S.HANDED_OVER: frozenset(
        {_S.DELIVERED, _S.FAILED, _S.RECALLED, _S.PRINTED, _S.POSTED, _S.RETURNED, _S.PLANNED}
    ),
    _S.PRINTED: frozenset(
        {_S.POSTED, _S.RETURNED, _S.RECALLED, _S.FAILED}
    ),  # failed: lost at the print shop
    _S.POSTED: frozenset({_S.RETURNED}),
    _S.WITHHELD: frozenset(
        {_S.PLANNED}
    ),  # a person narrowed or lifted what held it: docs/decisions/0053
    # the rest are ends: nothing follows
    _S.DELIVERED: frozenset(),
    _S.FAILED: frozenset(),
    _S.RECALLED: frozenset(),
    _S.RETURNED: frozenset(),
    _S.DROPPED: frozenset(),
}

WENT_OUT = frozenset({_S.HANDED_OVER, _S.DELIVERED, _S.PRINTED, _S.POSTED, _S.RETURNED, _S.UNKNOWN})
"""States in which the person has been reached, or may have been: these count for every cap."""


class CampaignState(StrEnum):
    """State of a campaign.

    A draft is only a file. The first row is written at submission.
    """

    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"  # with remarks: the next version of this name is waited for
    REPLACED = "replaced"  # it was sent back, and the next version has its name
    APPROVED = "approved"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"


class DeliveryState(StrEnum):
    """Where one handed-over batch stands."""

    OPEN = "open"
    RECORDED = "recorded"
    TAKEN_BACK = "taken_back"


class AttemptState(StrEnum):
    """Result of one attempt at a touch."""

    WRITTEN = "written"
    RECEIPT = "receipt"
    REFUSAL = "refusal"
    TAKEN_BACK = "taken_back"
    UNKNOWN = "unknown"


class RunState(StrEnum):
    """State of a print run.

    It closes when every piece is accounted for. Returned mail may come after that.
    """

    MADE = "made"  # in the outbox, read back
    HANDED_OVER = "handed_over"  # at the print shop
    RECEIVED = "received"  # the shop has said so: checksums and records agree
    PROOFED = "proofed"  # the press proof is signed
    PRINTED = "printed"
    POSTED = "posted"
    CLOSED = "closed"


class PieceState(StrEnum):
    """How far one piece of post has come. Post is never known to be delivered."""

    MADE = "made"
    HANDED_OVER = "handed_over"
    PRINTED = "printed"
    SPOILED = "spoiled"  # printed wrong, and thrown away: a reprint is asked for
    MISSING = "missing"  # the shop cannot find it: a person looks into it
    LOST = "lost"  # a person accepted that it is gone
    POSTED = "posted"
    RETURNED = "returned"
    RECALLED = "recalled"  # pulled before it was posted


_P = PieceState
_GOES_ON = frozenset({_P.PRINTED, _P.SPOILED, _P.MISSING, _P.POSTED, _P.RETURNED, _P.RECALLED})

PIECE_MOVES: dict[PieceState, frozenset[PieceState]] = {
    _P.MADE: _GOES_ON | {_P.HANDED_OVER},
    _P.HANDED_OVER: _GOES_ON,
    _P.PRINTED: _GOES_ON - {_P.PRINTED},
    _P.SPOILED: frozenset(
        {_P.HANDED_OVER, _P.PRINTED, _P.MISSING, _P.RETURNED, _P.RECALLED}
    ),  # again: a reprint
    _P.MISSING: frozenset(
        {_P.HANDED_OVER, _P.PRINTED, _P.POSTED, _P.RETURNED, _P.RECALLED, _P.LOST}
    ),
    _P.POSTED: frozenset({_P.RETURNED}),
    _P.LOST: frozenset({_P.RETURNED}),  # it was posted after all: here it is
    _P.RETURNED: frozenset(),
    _P.RECALLED: frozenset(),
}

RUN_ORDER: tuple[RunState, ...] = tuple(RunState)
"""A run only goes forward; where an answer comes late, the run is further already and stays there."""


class ShopAnswerKind(StrEnum):
    """Kind of answer of a print shop."""

    RECEIPT = "receipt"
    PROOF = "proof"
    PRINTED = "printed"
    POSTED = "posted"
    RETURNED = "returned"
    PULLED = "pulled"
    DESTROYED = "destroyed"


class PullState(StrEnum):
    """Where the wish to pull one piece stands."""

    WANTED = "wanted"
    ASKED = "asked"  # on a pull list that the shop has
    PULLED = "pulled"
    TOO_LATE = "too_late"


class EventOutcome(StrEnum):
    """Result of applying a provider's event."""

    APPLIED = "applied"
    STALE = "stale"  # we knew something later already
    UNKNOWN_MESSAGE = "unknown_message"  # kept: perhaps its own answer is still on the way
    UNKNOWN_STATE = "unknown_state"
    LEFT = "left"  # nothing follows from it


class AnswerKind(StrEnum):
    """Kind of text to one person outside any campaign, because they texted or asked."""

    STOPPED = "stopped"
    HELD = "held"  # may be an objection, and a person reads it first
    STARTED = "started"
    HELP = "help"
    CALL_BACK = "call_back"
    OUT_OF_HOURS = "out_of_hours"
    APPOINTMENT = "appointment"
    APPOINTMENT_MOVED = "appointment_moved"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    APPOINTMENT_REMINDER = "appointment_reminder"  # the day before


class TeamTaskState(StrEnum):
    """State of a team task."""

    PLANNED = "planned"
    CLAIMED = "claimed"  # written before the other system is called
    HANDED_OVER = "handed_over"
    UNKNOWN = "unknown"  # it may have it: it is asked, never handed over again blindly
    REFUSED = "refused"  # it does not take this: a person looks


class SuppressionScope(StrEnum):
    """Scope of a suppression."""

    PERSON = "person"
    ADDRESS = "address"
    PERSON_AT_ADDRESS = "person_at_address"
    NUMBER = "number"


class ConsentKind(StrEnum):
    """Consent given or withdrawn."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class AddressKind(StrEnum):
    """Decision of a person on an address with many adults."""

    HOUSEHOLD = "household"  # one family after all: one of them is reached
    SEPARATE = (
        "separate"  # people who live apart, each with their own letterbox: each may be reached
    )
    CLOSED = "closed"  # a shelter, a care home: nobody is reached there by post


class DayPart(StrEnum):
    """Part of the day, so that attempts to call somebody are spread over the day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class ReplyKind(StrEnum):
    """How a reply reached us."""

    CALLED = "called"
    TEXTED = "texted"
    RETURNED = "returned"
    COUNTER = "counter"
    WEB = "web"  # asked on the public pages


class CallState(StrEnum):
    """Where one entry in the phone line's queue stands."""

    WAITING = "waiting"
    TAKEN = "taken"
    WRAPPED_UP = "wrapped_up"
    ABANDONED = "abandoned"


class CallKind(StrEnum):
    """Why an entry stands in the phone line's queue."""

    CALL = "call"  # somebody called, and waits
    CALL_BACK = "call_back"  # somebody asked to be called
    OUTBOUND = "outbound"  # a campaign asks an agent to call
    PREPARE = "prepare"  # an appointment that somebody has to prepare


class PromiseRoad(StrEnum):
    """Way by which a wish to be called came in."""

    VOICE = "voice"  # by key on the telephone, or as a message left there
    TEXT = "text"
    WEB = "web"  # a public page
    AGENT = "agent"  # agreed in a conversation, on the desk's pages or by command
    API = "api"  # agreed in a conversation, in another system


class PromiseState(StrEnum):
    """Where a promise to call somebody back stands."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"  # taken after the end of its window
    REPLACED = "replaced"  # something else was asked or agreed since


class LegKind(StrEnum):
    """Why there is a telephone connection."""

    CITIZEN = "citizen"  # somebody called a line of ours
    AGENT = "agent"  # we rang an agent, to put somebody through
    TEST = "test"  # we called a line of ours, to hear whether it answers


class LegState(StrEnum):
    """Where one telephone connection stands."""

    ARRIVED = "arrived"  # hears the menu
    WAITING = "waiting"  # hears how long it may take
    ASKING = "asking"  # says on which number to be called back, or leaves a message
    CONNECTING = "connecting"  # an agent took it, and is being rung
    TALKING = "talking"
    SILENT = "silent"  # no event for too long; it counts as gone, until the next event
    ENDED = "ended"


_L = LegState

LEG_MOVES: dict[LegState, frozenset[LegState]] = {
    _L.ARRIVED: frozenset({_L.WAITING, _L.ASKING, _L.CONNECTING, _L.TALKING, _L.SILENT, _L.ENDED}),
    _L.WAITING: frozenset({_L.ASKING, _L.CONNECTING, _L.TALKING, _L.SILENT, _L.ENDED}),
    _L.ASKING: frozenset({_L.WAITING, _L.SILENT, _L.ENDED}),
    # waiting: the agent did not pick up; asking: the caller left the queue just before
    _L.CONNECTING: frozenset({_L.TALKING, _L.WAITING, _L.ASKING, _L.SILENT, _L.ENDED}),
    _L.TALKING: frozenset({_L.WAITING, _L.ENDED}),  # waiting: the agent fell away
    _L.SILENT: frozenset({_L.WAITING, _L.ASKING, _L.TALKING, _L.ENDED}),
    _L.ENDED: frozenset(),
}


class LegEnd(StrEnum):
    """End of a telephone connection, of which the later in this list counts."""

    OVER = "over"  # it is over, and nothing more is known
    GONE = "gone"  # hung up before anybody could help
    NOT_REACHED = "not_reached"  # busy, no answer, or the network failed
    TALKED = "talked"  # somebody was spoken to
    MESSAGE = "message"  # left a message
    CALL_BACK = "call_back"  # asked to be called back
    HELD = "held"  # asked by key not to be reached any more
    TESTED = "tested"  # one of ourselves tried the line


LEG_ENDS: tuple[LegEnd, ...] = tuple(LegEnd)


class LineTestKind(StrEnum):
    """How a line was tried."""

    DIALLED = "dialled"  # a person dialled the printed number
    AUTOMATIC = "automatic"  # we called it ourselves and keyed the code of tests


class AppointmentState(StrEnum):
    """How an appointment ended, if it has."""

    AGREED = "agreed"
    KEPT = "kept"
    MISSED = "missed"  # nobody came
    MOVED = "moved"  # to another moment, which is an appointment of its own
    CANCELLED = "cancelled"


class OutcomeKind(StrEnum):
    """Kind of outcome in the body's registers."""

    FILED = "filed"
    APPOINTMENT = "appointment"
    PAYMENT_ARRANGED = "payment_arranged"
    DEBT_HELP = "debt_help"
    NOT_LIABLE = "not_liable"
    ASSESSMENT_PREVENTED = "assessment_prevented"


class Role(StrEnum):
    """Role of an account."""

    MANAGER = "manager"
    PRINT_SHOP = "print_shop"
    AGENT = "agent"
    ANALYST = "analyst"
    PRIVACY_OFFICER = "privacy_officer"


class RequestKind(StrEnum):
    """Kind of request of a citizen about their own data."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    RESTRICTION = "restriction"


class RequestOutcome(StrEnum):
    """How a request about somebody's data ended."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"  # with the reason, and where to complain
    WITHDRAWN = "withdrawn"


class Road(StrEnum):
    """By which road somebody acted."""

    PAGE = "page"  # the console; they had signed in, unless signing in is what they tried
    API = "api"  # another system, by its token
    TOKEN = "token"  # noqa: S105  the command line, signed in with a personal token
    COMMAND = "command"  # the command line; who it was is believed, not checked
    FLOW = "flow"  # nobody: a pass, which a flow or `kaartje deliver` runs
    SHOP_FILE = "shop_file"  # an answer of the print shop says that they did
