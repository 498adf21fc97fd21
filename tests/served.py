"""`kaartje serve` in a process of its own, with its door open for whoever reports."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

SECRET = "a key for tests only, nobody has another"


class Served:
    """`kaartje serve` in a process of its own, on a port that is free."""

    def __init__(self, home: Path, port: int = 0, rehearse: str = "", **accounts: str) -> None:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KAARTJE_", "COV"))
        }
        more = ["--rehearse", rehearse] if rehearse else []
        ours = {f"KAARTJE_{name.upper()}": value for name, value in accounts.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from console.main import run; run()", "serve", "--port", str(port), *more],
            env={**kept, "KAARTJE_HOME": str(home), "KAARTJE_SECRET": SECRET, **ours},
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stderr is not None
        said = ""
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+)", said)):
            line = self.process.stderr.readline()
            if not line:
                self.process.communicate(timeout=30)
            assert line, said
            said += line
        self.port = int(found[1])

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.communicate(timeout=30)

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=30)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
