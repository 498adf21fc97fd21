"""Who may use each route: one table of every page, form, webhook and API route of the application.

A route that is not here fails a test, and so does a line without its route. `None`: everybody may come, or the
sender is known by a signature or a token of its own.
"""

from console.web.permissions import Area

ROUTES: dict[Area | None, str] = {
    None: """
        GET /healthz
        GET /readyz
        GET /metrics
        GET /sign-in
        POST /sign-in
        GET /sign-in/code
        POST /sign-in/code
        GET /sign-in/provider
        GET /sign-in/provider/again
        GET /sign-in/provider/done
        POST /sign-out
        POST /language
        GET /k/{code}
        GET /k
        POST /k/call
        POST /k/appointment
        POST /k/stop
        GET /echt
        POST /echt
        GET /helpen
        POST /helpen
        GET /waarom
        GET /waarom/{number:int}
        POST /sms/status
        POST /sms/in
        GET /sms/gateway/status
        POST /sms/gateway/status
        POST /voice/in
        POST /voice/language
        POST /voice/code
        POST /voice/stop
        POST /voice/wait
        POST /voice/wait-key
        POST /voice/left
        POST /voice/number
        POST /voice/closed
        POST /voice/voicemail
        POST /voice/status
        POST /voice/agent
        POST /voice/agent-left
        POST /voice/agent-answered
        POST /voice/agent-accept
        POST /voice/agent-key
        POST /voice/out
        POST /voice/out-key
        POST /voice/out-left
        POST /voice/test
        GET /api/v1/openapi.json
    """,
    Area.TODAY: """
        GET /today
    """,
    Area.STOPPING: """
        GET /stop-everything
        POST /stop-everything
        POST /stop-everything/lift
    """,
    Area.ACCOUNT: """
        GET /account
        POST /account/password
        POST /account/tokens
        POST /account/name
        POST /account/second-factor
        POST /account/second-factor/on
        POST /account/second-factor/off
        POST /account/tokens/end
    """,
    Area.STATISTICS: """
        GET /campaigns/{name}/effect
        GET /campaigns/{name}/effect.pdf
        GET /calculators
        GET /api/v1/campaigns/{name}/effect
        GET /api/v1/calc/compare
        GET /api/v1/calc/sample-size
        GET /api/v1/calc/detectable
        GET /api/v1/calc/erlang
        GET /api/v1/calc/pace
        GET /api/v1/calc/boundaries
    """,
    Area.DECISIONS: """
        GET /campaigns/{name}/approve
        GET /campaigns/{name}/rehearsal
        GET /campaigns/{name}/proofs/{number:int}.{kind}
        POST /campaigns/{name}/approve/question
        POST /campaigns/{name}/approve
        POST /campaigns/{name}/send-back
        POST /campaigns/{name}/{decision}
        POST /print-runs/{run_id:int}/sign
        POST /print-runs/{run_id:int}/accept
        POST /print-runs/{run_id:int}/pulls
        POST /print-runs/{run_id:int}/reprint
        POST /print-runs/{run_id:int}/incident
        POST /incidents/{number:int}/close
        POST /seeds
        POST /seeds/{number:int}/stop
        POST /seeds/arrived
    """,
    Area.CAMPAIGNS: """
        GET /
        GET /campaigns/{name}
        GET /campaigns/{name}/card-{position:int}-{language}.png
        GET /api/v1/campaigns
        GET /api/v1/campaigns/{name}
        GET /api/v1/campaigns/{name}/funnel
    """,
    Area.DRAFTS: """
        GET /drafts/{draft_id:int}/check
        POST /drafts/{draft_id:int}/submit
        GET /drafts
        GET /drafts/new
        POST /drafts/new
        POST /drafts/upload
        GET /drafts/{draft_id:int}
        GET /drafts/{draft_id:int}/file
        GET /drafts/{draft_id:int}/versions
        POST /drafts/{draft_id:int}/versions
        POST /drafts/{draft_id:int}/remove
        POST /drafts/{draft_id:int}/count
        GET /drafts/{draft_id:int}/{question}
        POST /drafts/{draft_id:int}/{question}
        GET /words
        GET /words/{name}
        GET /words/{name}/{who}.png
        POST /words/{name}
        POST /words/{name}/back
    """,
    Area.IMPORTS: """
        GET /imports
        GET /imports/{import_id:int}
        GET /imports/new
        POST /imports/new/answers
    """,
    Area.PRINT_RUNS: """
        GET /print-runs
        GET /print-runs/{run_id:int}
        GET /incidents
        GET /seeds
    """,
    Area.PRINT_SHOP: """
        GET /print-shop
        GET /print-shop/{run_id:int}
        POST /print-shop/answers
        POST /print-shop/{run_id:int}/pulls
        GET /print-runs/{run_id:int}/{name}
    """,
    Area.QUEUE: """
        GET /queue
        GET /queue/live
        GET /api/v1/lines
        GET /api/v1/queue-entries
        GET /api/v1/roster-entries
        POST /api/v1/roster-entries
        GET /api/v1/slots
        POST /api/v1/slots
        GET /api/v1/appointments/{appointment_id}
        POST /api/v1/appointments/{appointment_id}/ends
        GET /api/v1/appointments/{appointment_id}/calendar
        GET /api/v1/cases
        GET /api/v1/cases/{case_id}
        PATCH /api/v1/cases/{case_id}
        GET /api/v1/overdue-matters
        GET /api/v1/handovers
        GET /api/v1/handovers/{handover_id}
        POST /api/v1/handovers/{handover_id}/ends
        GET /api/v1/referrals
        GET /api/v1/referrals/{referral_id}
        POST /api/v1/referrals/{referral_id}/receipts
        POST /api/v1/referrals/{referral_id}/ends
        GET /api/v1/signals
        GET /api/v1/signals/{signal_id}
        POST /api/v1/signals
        POST /api/v1/signals/{signal_id}/merges
        POST /api/v1/signals/{signal_id}/waits
        POST /api/v1/signals/{signal_id}/decisions
        POST /api/v1/signal-news
        GET /api/v1/agents
        POST /api/v1/agents
        POST /api/v1/agents/{name}/trainings
        GET /api/v1/trainings/{skill}
    """,
    Area.CALLS: """
        POST /queue/next
        POST /queue/{call_id:int}/take
        POST /queue/{call_id:int}/dial
        POST /queue/{call_id:int}/put-back
        GET /queue/{call_id:int}
        GET /queue/{call_id:int}/card-{touch_id:int}.png
        POST /queue/{call_id:int}/identity
        POST /queue/{call_id:int}/prepare
        POST /queue/{call_id:int}/draft
        POST /queue/{call_id:int}/agree/{part}
        POST /queue/{call_id:int}/appointments/{appointment_id:int}/{how}
        POST /queue/{call_id:int}/wrap-up
        GET /appointments/{number:int}/calendar.ics
        POST /queue/{call_id:int}/bereaved
        POST /queue/{call_id:int}/somebody-else
        POST /queue/{call_id:int}/authorisation
        POST /queue/{call_id:int}/authorisation/revoke
        GET /desk-phone
        POST /desk-phone/token
        GET /desk-phone/twilio.min.js
        GET /cards
        POST /cards
        POST /cards/talk
        POST /search
        POST /search/talk
        POST /queue/{call_id:int}/match
        POST /api/v1/takings
        POST /api/v1/calls/{call_id}/dials
        DELETE /api/v1/takings/{call_id}
        PUT /api/v1/presence
        POST /api/v1/calls
        GET /api/v1/calls/{call_id}
        GET /api/v1/calls/{call_id}/guide
        POST /api/v1/calls/{call_id}/identity-checks
        POST /api/v1/calls/{call_id}/wrap-up
        POST /api/v1/calls/{call_id}/other-callers
        POST /api/v1/calls/{call_id}/bereavements
        POST /api/v1/appointments
        POST /api/v1/appointments/{appointment_id}/moves
        POST /api/v1/cases/{case_id}/closings
        POST /api/v1/handovers
        POST /api/v1/referrals
    """,
    Area.FOLLOW_UPS: """
        GET /follow-ups
        POST /follow-ups/{kind}/{number:int}/{how}
        GET /cases/{case_id:int}
        POST /cases/{case_id:int}/open
        POST /cases/{case_id:int}/give
        POST /cases/{case_id:int}/close
    """,
    Area.WHY: """
        GET /why
        POST /why
    """,
    Area.LOOKS: """
        GET /looks
        POST /looks
    """,
    Area.REQUESTS: """
        GET /requests
        POST /requests
        POST /requests/{number:int}/{step}
        POST /breaches
        POST /breaches/{number:int}/settle
    """,
    Area.ACCOUNTS: """
        GET /accounts
        POST /accounts/unlock
        POST /accounts/second-factor/off
    """,
    Area.DOUBTS: """
        GET /doubts
        POST /doubts/{number:int}/read
        POST /objections/{number:int}/scope
        GET /api/v1/doubts
        POST /api/v1/doubts/{doubt_id}/readings
    """,
}
