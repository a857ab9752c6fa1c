"""Speed of `secureinfra module`: one module as a whole process, and all of them in one: part of `make bench`."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNS = int(os.environ.get("RUNS", "5"))
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "PYTHONPATH": str(ROOT),
}
ALL = """
import sys
from pathlib import Path
from secureinfra.modules.write import write_module
from tests.modules.cases import NAMES, case
for name in NAMES:
    write_module(*case(name), Path(sys.argv[1]) / name)
print(len(NAMES))
"""


def seconds(command: list[str], folder: str) -> tuple[float, str]:
    """The median of several runs as whole processes, and what the last one said."""
    times = []
    said = ""
    for run in range(RUNS + 1):
        start = time.perf_counter()
        done = subprocess.run([*command, f"{folder}/{run}"], env=ENVIRONMENT, capture_output=True, text=True, cwd=ROOT)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} answered {done.returncode}:\n{done.stderr}")
        if run:
            times.append(time.perf_counter() - start)
        said = done.stdout
    return statistics.median(times), said


def main() -> None:
    """Print the figures beside the targets."""
    print("modules")
    with tempfile.TemporaryDirectory() as folder:
        empty, _ = seconds([sys.executable, "-c", "import secureinfra.engine._cdk"], folder)
        for name in ("key", "vpc"):
            one, _ = seconds([sys.executable, "-m", "secureinfra", "module", name, "--out"], f"{folder}/{name}")
            print(f"  {name:<6} {one:6.2f} s, {one / empty:4.2f} x starting the engine (target: below 2 s)")
        every, count = seconds([sys.executable, "-c", ALL], f"{folder}/all")
        print(f"  all {count.strip()} {every:6.2f} s in one process (target: below 10 s)")


if __name__ == "__main__":
    main()
