"""Which constructs meet which controls: each construct is built in a stack of its own, and every control checks the result."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from secureinfra import controls
from secureinfra.check.finding import Finding
from secureinfra.check.run import run_controls
from secureinfra.config.config import Config
from secureinfra.controls.constructs import FILE
from secureinfra.controls.registry import every
from secureinfra.engine._cdk import TerraformStack
from secureinfra.engine.construct import SecureConstruct
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.facts.edge_region import EDGE_REGION
from secureinfra.modules.build.build import configured
from secureinfra.modules.entries.catalogue import entries, find
from secureinfra.modules.entries.constructs import CONSTRUCTS, WITHIN
from secureinfra.modules.entries.entry import Entry
from secureinfra.stacks.new.example import example_of
from secureinfra.testing import configuration_of, test_stack

# Values of settings that have no default.
_REQUIRED: Mapping[str, Mapping[str, Any]] = {
    "role": {
        "trust": {"kind": "account", "account_id": "111122223333", "external_id": "acme-42"},
        "statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::acme-reports/*"]}],
        "managed_policy_arns": ["arn:aws:iam::aws:policy/SecurityAudit"],
    },
    "account-contacts": {
        "security": {
            "name": "Security team",
            "title": "On-call",
            "email_address": "security@example.com",
            "phone_number": "+49 30 1234567",
        }
    },
    "database": {
        "engine": "postgres",
        "engine_version": "17",
        "vpc_id": "vpc-0a1b2c3d4e5f60718",
        "subnet_ids": ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"],
    },
    "database-cluster": {
        "engine": "aurora-postgresql",
        "engine_version": "17",
        "vpc_id": "vpc-0a1b2c3d4e5f60718",
        "subnet_ids": ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"],
    },
    "secret": {"rotation": {"function_arn": "arn:aws:lambda:eu-central-1:111122223333:function:rotate"}},
    "role-permissions": {"statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::acme-reports/*"]}]},
    "security-group": {"ingress": [{"port": 443, "internet": True}], "egress": []},
    "rest-api": {
        "endpoint": "PRIVATE",
        "vpc_endpoint_ids": ["vpce-0a1b2c3d4e5f60718"],
        "methods": [
            {
                "method": "GET",
                "path": "/orders/{id}",
                "function_arn": "arn:aws:lambda:eu-central-1:111122223333:function:orders",
            }
        ],
    },
    "cache": {"subnet_ids": {"a": "subnet-0a1b2c3d4e5f60718", "b": "subnet-0a1b2c3d4e5f60719"}},
    "capacity-provider": {"subnet_ids": {"a": "subnet-0a1b2c3d4e5f60718", "b": "subnet-0a1b2c3d4e5f60719"}},
    "fleet": {"subnet_ids": {"a": "subnet-0a1b2c3d4e5f60718", "b": "subnet-0a1b2c3d4e5f60719"}},
    "file-system": {
        "subnet_ids": {"a": "subnet-0a1b2c3d4e5f60718", "b": "subnet-0a1b2c3d4e5f60719"},
        "access_points": {"orders": {"path": "/orders", "uid": 1000, "gid": 1000}},
    },
    "function": {
        "code": {"kind": "s3", "bucket": "acme-builds", "key": "orders.zip", "object_version": "7"},
        "runtime": "python3.13",
        "handler": "app.handler",
        "environment": {"TABLE": "orders"},
    },
    "ecs-service": {
        "image": "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop:1.4.2",
        "vpc_id": "vpc-0a1b2c3d4e5f60718",
        "subnet_ids": ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"],
    },
}
# Settings with which a construct meets more controls than by default, one at a time.
_OPTIONS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("vpc", {"nat": "per_zone"}),
    ("vpc", {"block_public_access": "block-ingress"}),
    *(
        ("vpc", {"endpoints": names})
        for names in (("ec2",), ("containers",), ("session-manager",), ("ssm-contacts", "ssm-incidents"))
    ),
    ("bucket", {"event_notifications": True}),
    ("trail", {"insights": True}),
    ("database-cluster", {"engine": "aurora-mysql", "engine_version": "8.4"}),
    ("repository", {"organization_id": "o-a1b2c3d4e5"}),
)
# Constructs that must be in us-east-1.
_AT_EDGE = frozenset({"zone"})
# Resources that constructs write for their own use only, so that no construct stands for them.
_INNER = frozenset({"aws_cloudwatch_log_resource_policy", "aws_network_acl_rule"})
# Where a construct makes for its own use what another is about.
_QUEUES = ("aws_sqs_queue", "aws_sqs_queue_policy")
_INNER_OF = {"FindingEvents": _QUEUES, "Function": _QUEUES}


def derived() -> dict[str, list[str]]:
    """The constructs that meet each control, in the order of the ids; of several, those that meet most controls come first."""
    met: dict[str, set[str]] = defaultdict(set)
    for entry, config in _defaults():
        stack, _ = _built(entry, config)
        for control, owner in _met(stack, _shown_by(entry)):
            met[control].add(owner)
    count = Counter(owner for owners in met.values() for owner in owners)
    named = {id: sorted(owners, key=lambda owner: (-count[owner], owner)) for id, owners in met.items()}
    return dict(sorted({**_with_options(met), **named}.items()))


def index() -> str:
    """The file of `secureinfra.controls.constructs` as it should be."""
    return "".join(f"{id}: {'; '.join(names)}\n" for id, names in derived().items())


def write() -> None:
    """Write the packaged file again."""
    Path(controls.__file__).with_name(FILE).write_text(index(), encoding="utf-8")


def region_of(name: str) -> str:
    """A region in which a construct can be built.

    Args:
        name: name of its module.
    """
    return EDGE_REGION if name in _AT_EDGE else "eu-central-1"


def _with_options(met: Collection[str]) -> dict[str, list[str]]:
    """What only a setting other than the default meets."""
    found: dict[str, list[str]] = {}
    for name, settings in _OPTIONS:
        entry = find(name)
        config = _config(entry, {**_REQUIRED.get(name, {}), **settings})
        stack, _ = _built(entry, config)
        given = ", ".join(f"{setting}={value!r}" for setting, value in settings.items())
        for control, owner in _met(stack, _shown_by(entry)):
            if control not in met:
                found.setdefault(control, [f"{owner}(..., {_public_kind(config)}({given}))"])
    return found


def _public_kind(config: Config | None) -> str:
    """The name of a configuration for Python, where a module's has more settings."""
    return next(kind.__name__ for kind in type(config).mro() if not kind.__name__.endswith("ModuleConfig"))


def _defaults() -> Iterator[tuple[Entry, Config | None]]:
    for name in CONSTRUCTS:
        entry = find(name)
        yield entry, _config(entry, _REQUIRED.get(name, {}))
    for name in sorted(set(WITHIN.values()) & set(entries())):
        entry = find(name)
        kind = entry.config_type()
        yield entry, example_of(entry.load(), kind) if kind else None


def _config(entry: Entry, settings: Mapping[str, Any]) -> Config | None:
    return configured(entry.config_type(), settings, entry, (), None)[0]


def _shown_by(entry: Entry) -> frozenset[str]:
    """The public constructs that a stack shows: the one it is about, or those that have no stack of their own."""
    return frozenset({_public(entry)}) if entry.name in CONSTRUCTS else frozenset(WITHIN)


def _public(entry: Entry) -> str:
    return entry.origin.rpartition(".")[2]


def _built(entry: Entry, config: Config | None) -> tuple[TerraformStack, SecureConstruct]:
    stack, cls = test_stack(), entry.load()
    AwsProvider(stack, "aws", AwsProviderConfig(region=region_of(entry.name)))
    return stack, cls(stack, "main") if config is None else cls(stack, "main", config)


def _met(stack: TerraformStack, shown: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each control that all resources of a construct pass, with the name of the construct."""
    public = {*map(_public, CONSTRUCTS.values()), *WITHIN}
    names = {
        node.node.path: next((cls.__name__ for cls in type(node).mro() if cls.__name__ in public), "")
        for node in stack.node.find_all()
    }
    owners = {path: name for path, name in names.items() if name}
    statuses: dict[tuple[str, str], set[str]] = defaultdict(set)
    for finding in run_controls(configuration_of(stack), every()):
        if finding.block is not None and finding.block.type not in _INNER:
            owner = _owner(finding, owners)
            if finding.block.type not in _INNER_OF.get(owner, ()):
                statuses[finding.control.id, owner].add(finding.status)
    for (control, owner), found in statuses.items():
        if owner in shown and "passed" in found and "failed" not in found:
            yield control, owner


def _owner(finding: Finding, owners: Mapping[str, str]) -> str:
    """The nearest public construct around the resource of a finding; empty if there is none."""
    path = finding.construct_path
    while path and path not in owners:
        path = path.rpartition("/")[0]
    return owners.get(path, "")
