"""An AWS on this machine's loopback address: moto's server, in a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Emulator:
    """A running emulator: its address, and the process to stop."""

    address: str
    pid: int

    def stop(self) -> None:
        """End the process; one that ended by itself is not an error."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)


def start(folder: Path) -> Emulator:
    """Start an emulator with an empty account, and wait until it answers; what it says goes to a file in `folder`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = folder / f"emulator-{port}.log"
    with log.open("w") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            env={**os.environ, "MOTO_IAM_LOAD_MANAGED_POLICIES": "true", "MOTO_ACM_VALIDATION_WAIT": "0"},
            stdout=said,
            stderr=said,
        )
    until = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{address}/moto-api/", timeout=2).close()
        except OSError:
            time.sleep(0.25)
        else:
            return Emulator(address, server.pid)
    server.kill()
    raise RuntimeError(f"the AWS emulator did not start within a minute:\n{log.read_text()[-2000:]}")


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Emulator]:
    """An emulator for as long as the block lasts."""
    emulator = start(folder)
    try:
        yield emulator
    finally:
        emulator.stop()
