"""Speed and memory of `secureinfra synth` on fleets, as whole processes: part of `make bench`."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNS = int(os.environ.get("RUNS", "3"))
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "blueprints"))),
}
BLUEPRINTS = ("account-baseline", "data-lake")
# Of the first that there is: its name, and the settings that its docstring shows.
CHOOSE = f"""
import json
from secureinfra.stacks.new.example import example_of
from secureinfra.blueprints import blueprints, find
name = next(name for name in {BLUEPRINTS} if name in blueprints())
config = example_of(find(name).load(), find(name).config_type())
print(json.dumps([name, config.model_dump(mode="json", exclude_unset=True)]))
"""


def settings(targets: int) -> str:
    """A fleet of so many targets."""
    chosen = subprocess.run([sys.executable, "-c", CHOOSE], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    name, values = json.loads(chosen.stdout)
    held = {
        "blueprint": name,
        "name": "fleet",
        "provider": {"region": "eu-central-1", "owner": "platform", "environment": "production"},
        "backend": {
            "bucket": "acme-state-{account}",
            "key": "{name}/{target}.tfstate",
            "region": "{region}",
            "kms_key_id": "arn:aws:kms:{region}:{account}:alias/state",
        },
        "settings": values,
        "targets": [{"name": f"t{number:03}", "account": f"{100_000_000_000 + number}"} for number in range(targets)],
    }
    return json.dumps(held, indent=1)


def once(targets: int, jobs: int, folder: Path) -> tuple[float, int]:
    """Seconds of one run, and what one of its processes took at most in MB."""
    file = folder / f"fleet-{targets}.yaml"
    with tempfile.TemporaryDirectory(dir=folder) as out:
        command = [sys.executable, "-m", "secureinfra", "synth", str(file), "--out", out, "--jobs", str(jobs)]
        start = time.perf_counter()
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)
        seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} answered {done.returncode}:\n{done.stderr}")
    memory = re.search(r"at most (\d+) MB in a process", done.stdout)
    return seconds, int(memory[1]) if memory else 0


def measured(cases: list[tuple[int, int]], folder: Path) -> list[tuple[float, int]]:
    """The medians of several runs, by turns, so that whatever else the machine does disturbs all alike."""
    for targets, _ in cases:
        (folder / f"fleet-{targets}.yaml").write_text(settings(targets))
    runs = [[once(targets, jobs, folder) for targets, jobs in cases] for _ in range(RUNS + 1)][1:]
    return [(statistics.median(run[i][0] for run in runs), max(run[i][1] for run in runs)) for i in range(len(cases))]


def line(what: str, value: str, target: str, met: bool) -> None:
    print(f"{what:<58} {value:>24}   {target:<12} {'ok' if met else 'MISSED'}", flush=True)


def main() -> None:
    """Print the figures beside the targets."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    name = json.loads(settings(1))["blueprint"]
    print(f"secureinfra synth, fleets of {name}, medians of {RUNS} whole processes\n", flush=True)
    with tempfile.TemporaryDirectory() as held:
        cases = [(100, processors), (200, processors), (200, 1)]
        (half, low), (whole, high), (one, _) = measured(cases, Path(held))
        line(f"200 targets, {processors} processes", f"{whole:.1f} s", "< 60 s", whole < 60)
        line("time, 200 targets against 100", f"{whole / half:.2f} x", "<= 2.2 x", whole / half <= 2.2)
        line(f"memory of a process, 200 targets against 100 ({low} MB)", f"{high} MB", "<= 1.2 x", high <= 1.2 * low)
        if processors > 1:
            line(f"200 targets, 1 process against {processors}", f"{one / whole:.2f} x", ">= 1.3 x", one / whole >= 1.3)


if __name__ == "__main__":
    main()
