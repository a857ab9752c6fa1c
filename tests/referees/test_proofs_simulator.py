"""Random requests, decided by another evaluator of IAM policies as well: every operator, key by key, over every layer."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from secureinfra.proofs.decision import Layers, decide
from secureinfra.proofs.requests import Caller, Request
from secureinfra.proofs.statements import read_policy

SIMULATOR = "@cloud-copilot/iam-simulate@0.1.173"
OWN, OTHER = "111122223333", "444455556666"
ACTIONS = {
    "s3:GetObject": "arn:aws:s3:::acme/in/a",
    "s3:PutObject": "arn:aws:s3:::acme/in/a",
    "s3:ListBucket": "arn:aws:s3:::acme",
    "sqs:SendMessage": f"arn:aws:sqs:eu-central-1:{OWN}:jobs",
}
PATTERNS = [
    "*",
    "s3:*",
    "s3:Get*",
    "s3:GetObject",
    "S3:getobject",
    "s3:?etObject",
    "s3:*Object",
    "s3:List*",
    "sqs:SendMessage",
    "sqs:*",
]
RESOURCES = [
    "*",
    "arn:aws:s3:::acme/*",
    "arn:aws:s3:::acme",
    "arn:aws:s3:::acme/in/*",
    "arn:aws:s3:::acm?/in/a",
    f"arn:aws:sqs:*:{OWN}:*",
    "arn:aws:s3:::${aws:PrincipalTag/team}/*",
]
CALLERS = [f"arn:aws:iam::{OWN}:role/app", f"arn:aws:iam::{OWN}:user/ann", f"arn:aws:iam::{OTHER}:role/app"]

# Left out, since the simulator is wrong about them: a network of /0, an IPv6 address against IPv4 networks, seconds as a date.
# By family of operators: the key, what a policy may compare it with, and what a request may say; `None` for its absence.
KEYS: dict[str, tuple[str, Sequence[str], Sequence[str | None]]] = {
    "String": (
        "aws:PrincipalTag/team",
        ["red", "RED", "r?d", "r*", "*", "blue", ""],
        ["red", "Red", "blue", "r*", None],
    ),
    "Arn": (
        "aws:SourceArn",
        ["arn:aws:s3:::acme", "arn:aws:s3:::*", "arn:aws:*:::acme", "arn:*:s3:::a?me"],
        ["arn:aws:s3:::acme", "arn:aws:s3:::other", None],
    ),
    "Numeric": ("aws:MultiFactorAuthAge", ["300", "0", "299.5", "-1"], ["300", "299", "301", None]),
    "Date": (
        "aws:CurrentTime",
        ["2026-01-01T00:00:00Z", "2025-12-31"],
        ["2026-01-01T00:00:00Z", "2025-06-01T00:00:00Z"],
    ),
    "IpAddress": (
        "aws:SourceIp",
        ["10.0.0.0/8", "10.1.2.3", "192.0.2.0/25"],
        ["10.1.2.3", "192.0.2.1", "192.0.2.200", None],
    ),
    "Bool": ("aws:SecureTransport", ["true", "false", "TRUE"], ["true", "false", None]),
}
OPERATORS = {
    "String": [
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
    ],
    "Arn": ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
    "Numeric": [
        f"Numeric{name}"
        for name in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    ],
    "Date": [
        f"Date{name}"
        for name in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    ],
    "IpAddress": ["IpAddress", "NotIpAddress"],
    "Bool": ["Bool"],
}
SEVERAL = ("aws:TagKeys", ["a", "b", "c", "A"], [(), ("a",), ("a", "b"), ("b", "d")])

MANY = 4000


@dataclass(frozen=True)
class Trial:
    """One request with the documents of each layer, and the same as this library reads them."""

    request: Request
    documents: Mapping[str, Any]
    layers: Layers


def condition(chance: random.Random) -> dict[str, dict[str, Any]]:
    if chance.random() < 0.15:
        key, _, _ = KEYS[chance.choice(list(KEYS))]
        return {"Null": {key: chance.choice(["true", "false"])}}
    if chance.random() < 0.2:
        key, several, _ = SEVERAL
        quantifier = chance.choice(["ForAllValues", "ForAnyValue"])
        operator = chance.choice(["StringEquals", "StringNotEquals", "StringLike", "StringEqualsIgnoreCase"])
        return {f"{quantifier}:{operator}": {key: chance.sample(several, chance.randint(1, 2))}}
    family = chance.choice(list(KEYS))
    key, written, _ = KEYS[family]
    operator = chance.choice(OPERATORS[family]) + ("IfExists" if chance.random() < 0.25 else "")
    return {operator: {key: chance.sample(written, chance.randint(1, 2))}}


def statement(chance: random.Random, *, principal: bool, deny: float = 0.25) -> dict[str, Any]:
    held: dict[str, Any] = {"Effect": "Deny" if chance.random() < deny else "Allow"}
    held["NotAction" if chance.random() < 0.1 else "Action"] = chance.sample(PATTERNS, chance.randint(1, 2))
    held["NotResource" if chance.random() < 0.1 else "Resource"] = chance.sample(RESOURCES, chance.randint(1, 2))
    if principal:
        who = chance.choice([OWN, OTHER, f"arn:aws:iam::{OWN}:root", *CALLERS])
        held["Principal"] = "*" if chance.random() < 0.3 else {"AWS": who}
    if chance.random() < 0.6:
        held["Condition"] = {
            key: value for _ in range(chance.randint(1, 2)) for key, value in condition(chance).items()
        }
    return held


def document(chance: random.Random, *, principal: bool = False, most: int = 3) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [statement(chance, principal=principal) for _ in range(chance.randint(1, most))],
    }


def for_all(held: dict[str, Any]) -> dict[str, Any]:
    """The simulator takes no endpoint policy with another principal."""
    return {**held, "Statement": [{**one, "Principal": "*"} for one in held["Statement"]]}


def trial(chance: random.Random) -> Trial:
    action = chance.choice(list(ACTIONS))
    arn = chance.choice(CALLERS)
    context: dict[str, tuple[str, ...]] = {}
    for key, _, values in KEYS.values():
        if (value := chance.choice(values)) is not None:
            context[key.lower()] = (value,)
    if tags := chance.choice(SEVERAL[2]):
        context[SEVERAL[0].lower()] = tags
    caller = Caller("signed", arn, arn.split(":")[4])
    documents: dict[str, Any] = {"identity": document(chance)}
    if chance.random() < 0.6:
        documents["resource"] = document(chance, principal=True)
    if chance.random() < 0.3:
        documents["boundary"] = document(chance)
    if chance.random() < 0.3:
        documents["service_control"] = document(chance)
    if chance.random() < 0.2:
        documents["endpoint"] = for_all(document(chance, principal=True))
    read: dict[str, Any] = {layer: read_policy(held) for layer, held in documents.items()}
    several: dict[str, Any] = {"service_control": (read.pop("service_control"),)} if "service_control" in read else {}
    return Trial(Request(caller, action, ACTIONS[action], context), documents, Layers(OWN, **read, **several))


def simulation(held: Trial) -> dict[str, Any]:
    """The same as the simulator takes it."""

    def named(layer: str) -> list[dict[str, Any]]:
        return [{"name": layer, "policy": held.documents[layer]}] if layer in held.documents else []

    keys = {key.lower(): key for key in (*(one[0] for one in KEYS.values()), SEVERAL[0])}
    context = {
        keys[key]: list(values) if key == SEVERAL[0].lower() else values[0]
        for key, values in held.request.context.items()
    }
    return {
        "request": {
            "principal": held.request.caller.arn,
            "action": held.request.action,
            "resource": {"resource": held.request.resource, "accountId": OWN},
            "contextVariables": {**context, "aws:PrincipalAccount": held.request.caller.account},
        },
        "identityPolicies": named("identity"),
        "serviceControlPolicies": [
            {"orgIdentifier": "root", "policies": policies} for policies in [named("service_control")] if policies
        ],
        "resourceControlPolicies": [],
        **({"resourcePolicy": held.documents["resource"]} if "resource" in held.documents else {}),
        **({"permissionBoundaryPolicies": named("boundary")} if "boundary" in held.documents else {}),
        **({"vpcEndpointPolicies": named("endpoint")} if "endpoint" in held.documents else {}),
    }


pytestmark = pytest.mark.skipif(not os.environ.get("CI") and shutil.which("npm") is None, reason="npm is not on PATH")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulator, in a folder of its own: its licence allows to run it, not to ship it."""
    folder = tmp_path_factory.mktemp("simulator")
    command = [
        "npm",
        "install",
        "--silent",
        "--no-fund",
        "--no-audit",
        "--ignore-scripts",
        "--prefix",
        str(folder),
        SIMULATOR,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder


def test_another_evaluator_decides_alike(installed: Path) -> None:
    trials = [trial(random.Random(seed)) for seed in range(MANY)]
    done = subprocess.run(
        ["node", str(Path(__file__).with_name("simulate.mjs")), str(installed / "package.json")],
        input="\n".join(json.dumps(simulation(held)) for held in trials),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert set(map(str, answers)) == {"Allowed", "ImplicitlyDenied", "ExplicitlyDenied"}
    ours = [decide(held.request, held.layers) for held in trials]
    left_open = ours.count(None)
    different = [
        (seed, answer, own)
        for seed, (answer, own) in enumerate(zip(answers, ours, strict=True))
        if own is not None and (answer == "Allowed") is not own
    ]
    assert different == []
    # What AWS's pages leave open is rare, and enough of the others are allowed for the comparison to mean something.
    assert left_open < MANY / 50
    assert answers.count("Allowed") > MANY / 20
