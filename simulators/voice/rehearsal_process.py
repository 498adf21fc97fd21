"""A rehearsal as a process that serves its API, plays and returns a summary."""

import asyncio
import socket
from collections import Counter
from pathlib import Path

from simulators.sms_provider import Line
from simulators.voice.network_state import SimulatedCall
from simulators.voice.rehearsal import Cast, Stage, make_stage
from simulators.voice.rest_api import make_app
from simulators.voice.scenario import Rehearsal
from simulators.voice.switchboard import Number


def rehearse(
    listening: socket.socket,
    *,
    cast: Cast,
    given: Rehearsal,
    account: tuple[str, str],
    number: Number,
    truth: Path | None,
) -> list[str]:
    """Play one rehearsal, and return the lines of its summary.

    Without callers it goes on until it is stopped.
    """
    return asyncio.run(
        _rehearse(listening, cast=cast, given=given, account=account, number=number, truth=truth)
    )


async def _rehearse(
    listening: socket.socket,
    *,
    cast: Cast,
    given: Rehearsal,
    account: tuple[str, str],
    number: Number,
    truth: Path | None,
) -> list[str]:
    import uvicorn

    stage = make_stage(cast, given, account=account, number=number, truth=truth)
    config = uvicorn.Config(
        make_app(stage), http=Line, log_level="warning", access_log=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listening]))
    playing = asyncio.ensure_future(stage.play())
    await asyncio.wait(
        {serving, playing} if cast.callers else {serving}, return_when=asyncio.FIRST_COMPLETED
    )
    server.should_exit = True
    await serving
    stage.write_down()
    playing.cancel()
    return _summary(stage)


def _summary(stage: Stage) -> list[str]:
    calls = stage.of_callers()
    ends = Counter(_end(call) for call in calls)
    lines = (
        [f"{len(calls)} calls: {', '.join(f'{many} {end}' for end, many in sorted(ends.items()))}"]
        if calls
        else []
    )
    warned = Counter(error for call in calls for error in call.errors)
    return [*lines, *(f"  {many} x {error}" for error, many in warned.most_common(5))]


def _end(call: SimulatedCall) -> str:
    if call.met:
        return "answered"
    return call.queue_results[-1] if call.queue_results else "before the queue"
