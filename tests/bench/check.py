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


BUCKET = """
resource "aws_s3_bucket" "b{0}" {{
  bucket = "bucket-{0}"
}}

resource "aws_s3_bucket_public_access_block" "b{0}" {{
  bucket                  = aws_s3_bucket.b{0}.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}}

resource "aws_s3_bucket_versioning" "b{0}" {{
  bucket = aws_s3_bucket.b{0}.id
  versioning_configuration {{
    status = "Enabled"
  }}
}}

resource "aws_iam_role_policy" "p{0}" {{
  name = "policy-{0}"
  role = "role-{0}"
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = "${{aws_s3_bucket.b{0}.arn}}/*"
    }}]
  }})
}}
"""


def hcl(folder: Path, buckets: int) -> Path:
    """A folder of HCL: so many buckets, each with a block, versioning and a role policy."""
    folder.mkdir(parents=True)
    folder.joinpath("main.tf").write_text("".join(map(BUCKET.format, range(buckets))))
    return folder


def against_checkov(what: str, folder: Path, framework: str, target: int) -> None:
    """One line: how many times as fast as checkov on the same folder; it downloads nothing either."""
    ours, memory = measured([*CHECK, str(folder)])
    if not CHECKOV.exists():
        print(f"{what}: {ours:.2f} s, {memory} MB; checkov is not installed", flush=True)
        return
    arguments = ["-d", str(folder), "--framework", framework, "--quiet", "--skip-download"]
    theirs, others = measured([str(CHECKOV), *arguments])
    value = f"{ours:.2f} s = {theirs / ours:.0f} x"
    line(f"{what}, faster than checkov ({theirs:.1f} s, {others} MB)", value, f">= {target} x", theirs / ours >= target)


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
        against_checkov("quickstart", stack.parent, "terraform_json", 30)
        against_checkov("1,000 resources of HCL", hcl(folder / "hcl", 250), "terraform", 20)
        for number in range(100):
            hcl(folder / "tree" / f"root{number}", 5)
        many_roots, memory = measured([*CHECK, str(folder / "tree")])
        line("100 root modules, 2,000 resources", f"{many_roots:.2f} s, {memory} MB", "< 2 s", many_roots < 2)
        figures = []
        for least, target in ((1000, 1.0), (10_000, 2.0)):
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
