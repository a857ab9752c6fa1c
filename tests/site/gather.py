"""Choose the examples of the controls' pages from what the controls' own tests check: one that fails, one that passes.

    python -m tests.site.gather

The tests run once and keep every configuration. Of each control, the smallest failing one is taken, with the passing one that
differs least from it and breaks least besides; `own_examples.py` has those that no test has. `tests/site/test_examples.py` checks each
of them again.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from secureinfra.check.run import run_controls
from secureinfra.controls import Control, catalogue, every, find
from secureinfra.errors import SecureInfraError
from secureinfra.site.examples import FILE, hcl
from secureinfra.terraform.model.configuration import Configuration
from tests.controls.spec import misspelt
from tests.site.own_examples import PASSES

CONTROLS = Path(__file__).parents[1] / "controls"
MOST = 3000
FEW_FAILING, FEW_PASSING = 12, 120
# Odd ways of writing a value, which tests try and people do not write.
ODD = re.compile(r'"(true|false|TRUE|FALSE|True|False|\d)"|: (null|"")|Condition\\\\?": \{\}')

# What a passing example costs for each other control that it breaks.
HARM = {"critical": 15, "high": 6}

Document = dict[str, Any]
Answer = tuple[Document, Mapping[str, str]]


def gather() -> dict[str, dict[str, Document]]:
    """The examples by control: `fails` and `passes`, as Terraform JSON."""
    answers = {text: (document, _statuses(document)) for text, document in _kept()}
    return {control.id: pair for control in every() if (pair := _pair(control, answers)) is not None}


def _kept() -> Iterator[tuple[str, Document]]:
    """The configurations of the tests without variables, the smallest first."""
    with tempfile.TemporaryDirectory() as kept:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(CONTROLS)]
        subprocess.run(command, env={**os.environ, "CI": "1", "SECUREINFRA_KEEP_INPUTS": kept}, check=True)
        texts = {file.read_text(encoding="utf-8") for file in Path(kept).rglob("cdk.tf.json")}
    for text in sorted(texts, key=lambda text: (len(text), text)):
        document = {kind: held for kind, held in json.loads(text).items() if held and kind != "variable"}
        if len(text) <= MOST and "${var." not in text and _is_writable(document):
            yield text, document


def _is_writable(document: Document) -> bool:
    """Whether the provider knows all arguments, and all names are identifiers."""
    blocks = [block for types in document.values() for named in types.values() for block in named]
    return all(re.fullmatch(r"[A-Za-z_][\w-]*", name) for name in blocks) and not misspelt(document.get("resource", {}))


def _statuses(document: Document) -> Mapping[str, str]:
    """What each control says that is sure of the whole document: failed or passed."""
    try:
        findings = run_controls(Configuration.of(document, name="example"), every())
        hcl(document)
    except SecureInfraError:
        return {}
    answers: dict[str, set[str]] = defaultdict(set)
    for finding in findings:
        answers[finding.control.id].add(finding.status)
    sure = {id: held for id, held in answers.items() if "unknown" not in held}
    return {id: "failed" if "failed" in held else "passed" for id, held in sure.items() if held & {"failed", "passed"}}


def _pair(control: Control, answers: Mapping[str, Answer]) -> dict[str, Document] | None:
    """The failing and the passing example that differ least, of the smallest ones."""
    fails = [text for text, (_, held) in answers.items() if held.get(control.id) == "failed"][:FEW_FAILING]
    passes = [text for text, (_, held) in answers.items() if held.get(control.id) == "passed"][:FEW_PASSING]
    found = {text: answers[text] for text in (*fails, *passes)}
    if control.id in PASSES:
        passes = [json.dumps(PASSES[control.id])]
        found[passes[0]] = PASSES[control.id], {}
    lines = {text: hcl(document).splitlines() for text, (document, _) in found.items()}
    costs = {
        (bad, good): _difference(lines[bad], lines[good])
        + 6 * len(ODD.findall(bad + good))
        + _harm(control, found[good])
        for bad in fails
        for good in passes
    }
    if not costs:
        return None
    bad, good = min(costs, key=lambda pair: (costs[pair], pair))
    return {"fails": found[bad][0], "passes": found[good][0]}


def _difference(lines: list[str], fixed: list[str]) -> float:
    changes = list(difflib.ndiff(lines, fixed))
    out = sum(1 for line in changes if line.startswith("- "))
    new = sum(1 for line in changes if line.startswith("+ "))
    # A fix that takes something out, or names something else, says less than one that writes the argument.
    adds = any(line.startswith("+ ") and "=" in line for line in changes)
    return out + new + 4 * max(out - new, 0) + 0.3 * (len(lines) + len(fixed)) + (0 if adds else 8)


def _harm(control: Control, answer: Answer) -> float:
    """How bad an example the passing one is: what else it breaks, and whether it leaves out the argument in question."""
    document, held = answer
    broken = [find(id).severity for id, status in held.items() if status == "failed"]
    text = json.dumps(document)
    paths = catalogue.cell(control.row, "terraform_paths") if control.row else ()
    says = not paths or any(f'"{path.rpartition(".")[2]}"' in text for path in paths)
    return sum(HARM.get(severity, 0.2) for severity in broken) + (0 if says else 7)


if __name__ == "__main__":
    examples = gather()
    lines = ",\n".join(f"{json.dumps(id)}: {json.dumps(pair, ensure_ascii=False)}" for id, pair in examples.items())
    FILE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    without = sorted({control.id for control in every()} - set(examples))
    sys.stdout.write(f"{len(examples)} controls have examples; without: {', '.join(without)}\n")
