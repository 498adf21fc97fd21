"""End the embedded Prefect server when the process that started it is gone, however it ended.

Run as a script, `python server_guard.py PID`, with a pipe as standard input of which only the starting process holds
the other end. A process that is killed cannot clean up after itself, but the system closes its pipes.
"""

import os
import signal
import sys
import time

PATIENCE = 8.0
"""Seconds that the server gets to stop by itself; on a busy machine it may hang while it stops."""
_A_MOMENT = 0.1


def guard(server: int) -> None:
    """Wait until standard input ends, then stop the process `server`, at last by force."""
    sys.stdin.buffer.read()
    try:
        os.kill(server, signal.SIGTERM)
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            time.sleep(_A_MOMENT)
            os.kill(server, 0)
        os.kill(server, signal.SIGKILL)
    except ProcessLookupError:
        return  # it is gone


if __name__ == "__main__":
    guard(int(sys.argv[1]))
