"""End the embedded Prefect server when the process that started it is gone, however it went.

Run as a script: `python guarding.py PID`, with a pipe as standard input of which only the starting process holds the
other end. A process that is killed cannot clean up after itself, but the system closes its pipes.
"""

import os
import signal
import sys


def guard(server: int) -> None:
    """Wait until standard input ends, then ask the process `server` to stop."""
    sys.stdin.buffer.read()
    try:
        os.kill(server, signal.SIGTERM)
    except ProcessLookupError:
        return  # it went first


if __name__ == "__main__":
    guard(int(sys.argv[1]))
