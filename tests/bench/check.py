"""Speed and memory of `secureinfra check`, beside checkov on the same folder: part of `make bench`."""

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
from typing import Any

ROOT = Path(__file__).parents[2]
RUNS = int(os.environ.get("RUNS", "5"))
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
CHECK = [sys.executable, "-m", "secureinfra", "check"]
CHECKOV = Path(sys.prefix).with_name(".venv-checkov") / "bin" / "checkov"


def quickstart(folder: Path) -> Path:
    """The quickstart's Terraform JSON."""
    environment = {**os.environ, "CDKTF_OUTDIR": str(folder / "out"), "PYTHONPATH": str(ROOT)}
    main = ROOT / "examples" / "quickstart" / "main.py"
    subprocess.run([sys.executable, str(main)], cwd=folder, env=environment, check=True, capture_output=True)
    return folder / "out" / "stacks" / "quickstart" / "cdk.tf.json"


def multiplied(document: dict[str, Any], least: int, folder: Path) -> int:
    """A folder with copies of a stack, whose names and references differ, until it has so many resources."""
    names = {name for blocks in document["resource"].values() for name in blocks}
    text = json.dumps(document["resource"])
    pattern = re.compile(r"\b(" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + r")\b")
    each = sum(len(blocks) for blocks in document["resource"].values())
    copies = -(-least // each)
    merged: dict[str, dict[str, Any]] = {}
    for number in range(copies):
        copy = json.loads(pattern.sub(rf"\1_{number}", text))
        for type, blocks in copy.items():
            merged.setdefault(type, {}).update(blocks)
    folder.mkdir()
    (folder / "cdk.tf.json").write_text(json.dumps({**document, "resource": merged}))
    return copies * each


def measured(command: list[str]) -> tuple[float, int]:
    """Seconds, the median of the runs after a first one, and peak memory in MB."""
    times = []
    for run in range(RUNS + 1):
        start = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(command)} answered {done.returncode}:\n{done.stdout}{done.stderr}")
        if run:
            times.append(time.perf_counter() - start)
    return statistics.median(times), _memory(command)


def _memory(command: list[str]) -> int:
    program = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], capture_output=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def line(what: str, value: str, target: str, met: bool) -> None:
    print(f"{what:<58} {value:>20}   {target:<12} {'ok' if met else 'MISSED'}", flush=True)


def main() -> None:
    print(f"secureinfra check, medians of {RUNS} whole processes\n", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stack = quickstart(folder)
        document = json.loads(stack.read_text())
        help_, _ = measured([sys.executable, "-m", "secureinfra", "--help"])
        line("secureinfra --help", f"{help_ * 1000:.0f} ms", "< 150 ms", help_ < 0.15)
        ours, memory = measured([*CHECK, str(stack.parent)])
        if CHECKOV.exists():
            theirs, others = measured(
                [str(CHECKOV), "-d", str(stack.parent), "--framework", "terraform_json", "--quiet"]
            )
            value = f"{ours:.2f} s = {theirs / ours:.0f} x"
            line(
                f"quickstart, faster than checkov ({theirs:.1f} s, {others} MB)", value, ">= 20 x", theirs / ours >= 20
            )
        figures = []
        for least, target in ((1000, 1.0), (10_000, 8.0)):
            many = folder / str(least)
            count = multiplied(document, least, many)
            seconds, memory = measured([*CHECK, str(many)])
            figures.append((count, seconds, memory))
            line(f"{count} resources", f"{seconds:.2f} s, {memory} MB", f"< {target:.0f} s", seconds < target)
        (few, _, low), (more, _, high) = figures
        base = _memory([*CHECK, str(stack.parent)])
        growth = (high - base) / max(1, low - base) / (more / few)
        line("memory, growth per resource from 1,000 to 10,000", f"{growth:.2f} x", "<= 1.2 x", growth <= 1.2)


if __name__ == "__main__":
    main()
