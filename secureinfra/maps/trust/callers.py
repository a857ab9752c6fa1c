"""Who the policies of a resource or role name, and what a map calls them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from secureinfra.maps.labels import text, where_of
from secureinfra.maps.trust.facts import Caller
from secureinfra.maps.trust.words import short
from secureinfra.proofs.model.access import world_of_principal
from secureinfra.proofs.model.asking import callers_named
from secureinfra.proofs.model.principals import Principal, principals_of
from secureinfra.proofs.questions import world_of
from secureinfra.proofs.requests import Caller as Asking
from secureinfra.proofs.statements import OWN_ACCOUNT, Statement
from secureinfra.proofs.strangers import others, strangers
from secureinfra.proofs.text import FRESH, HOLE, shown

if TYPE_CHECKING:
    from secureinfra.proofs.model.names import Named
    from secureinfra.proofs.worlds import World
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["ANYONE", "OTHERS", "OWN", "UNKNOWN", "Asked", "asked_of", "caller_of", "is_own_root"]

ANYONE = Caller("anyone", "Anyone", "the internet, any account", "anyone")
OTHERS = Caller("others", "Any principal", "that fits the conditions", "outside")
OWN = Caller("own", "This account", "as its own policies allow", "inside")
UNKNOWN = Caller("unknown", "A principal", "that is not known", "unknown")
_SERVICES = {
    "apigateway": "API Gateway",
    "backup": "AWS Backup",
    "budgets": "AWS Budgets",
    "cloudfront": "CloudFront",
    "cloudtrail": "CloudTrail",
    "cloudwatch": "CloudWatch",
    "config": "AWS Config",
    "delivery.logs": "Log delivery",
    "dynamodb": "DynamoDB",
    "ec2": "EC2",
    "ecs": "ECS",
    "ecs-tasks": "ECS tasks",
    "eks": "EKS",
    "events": "EventBridge",
    "firehose": "Firehose",
    "guardduty": "GuardDuty",
    "lambda": "Lambda",
    "logdelivery.elasticloadbalancing": "Load balancer logs",
    "logging.s3": "S3 access logs",
    "logs": "CloudWatch Logs",
    "macie": "Macie",
    "monitoring.rds": "RDS monitoring",
    "pipes": "EventBridge Pipes",
    "rds": "RDS",
    "s3": "S3",
    "scheduler": "EventBridge Scheduler",
    "secretsmanager": "Secrets Manager",
    "sns": "SNS",
    "sqs": "SQS",
    "ssm": "Systems Manager",
    "states": "Step Functions",
    "vpc-flow-logs": "VPC flow logs",
}
_REFERENCE = re.compile(r"\$\{((?:module\.[\w-]+\.)*aws_iam_\w+\.[\w-]+(?:\[[^\]]*\])?)\.arn\}")
_GITHUB = "token.actions.githubusercontent.com"


@dataclass
class Asked:
    """A caller that policies speak of.

    Args:
        caller: as the map shows it.
        worlds: its requests.
        statements: those that name it.
        principal: of the configuration, where it is one.
    """

    caller: Caller
    worlds: list[World]
    statements: list[Statement] = field(default_factory=list)
    principal: Principal | None = None


def is_own_root(kind: str, id: str) -> bool:
    """Whether a principal of a policy is the configuration's own account."""
    return kind == "aws" and (id == OWN_ACCOUNT or (id.endswith(":root") and OWN_ACCOUNT in id))


def asked_of(policies: Sequence[tuple[Statement, ...]], named: Named, configuration: Configuration) -> Iterator[Asked]:
    """The callers that policies allow something: those that they name, and those that a wildcard means.

    Args:
        policies: of the resource, of which one counts.
        named: the resource.
        configuration: whose principals are known.
    """
    allowing = [held for policy in policies for held in policy if held.may_allow]

    def naming(kind: str, id: str) -> list[Statement]:
        return [held for held in allowing if (kind, id) in (held.principals or ())]

    for known in callers_named(policies, named):
        if not known.kind or HOLE in known.kind or HOLE in known.id:
            continue
        caller = caller_of(known.kind, known.id, configuration)
        yield Asked(caller, [known.world], naming(known.kind, known.id))
    by_arn = {principal.caller.arn: principal for principal in principals_of(configuration).values()}
    for arn, principal in by_arn.items():
        if held := naming("aws", arn):
            block = principal.block
            caller = Caller(block.address, block.name, "", "inside", where_of(block))
            yield Asked(caller, [world_of_principal(principal.caller)], held, principal)
    own = [held for held in allowing if any(is_own_root(*one) for one in held.principals or ())]
    if own:
        asking = Asking("signed", f"arn:aws:iam::{OWN_ACCOUNT}:role/{FRESH}", OWN_ACCOUNT)
        yield Asked(OWN, [world_of(asking)], own)
    if wide := [held for held in allowing if _is_wide(held)]:
        yield Asked(ANYONE, strangers([held for policy in policies for held in policy]), wide)
        # Whoever fits the conditions: a principal of an account that they name, or one that comes from where they say.
        fitting = world_of(Asking("signed", f"arn:aws:iam::{FRESH}:role/{FRESH}", FRESH))
        yield Asked(OTHERS, [*others({OWN_ACCOUNT}), fitting], wide)
    if unknown := [held for held in allowing if any(HOLE in part for one in held.principals or () for part in one)]:
        yield Asked(UNKNOWN, [], unknown)


def _is_wide(held: Statement) -> bool:
    return held.not_principals is not None or any(id == "*" for _, id in held.principals or ())


def caller_of(kind: str, id: str, configuration: Configuration) -> Caller:
    """What a map calls a principal of a policy.

    Args:
        kind: `aws`, `service`, `federated` or `canonicaluser`.
        id: as the policy has it.
        configuration: where its block may be.
    """
    name = shown(id)
    if kind == "service":
        label = short(name)
        return Caller(f"service:{name}", _SERVICES.get(label, label), "AWS service", "service")
    found = _REFERENCE.fullmatch(name)
    block = configuration.block(found[1]) if found is not None else None
    if kind == "federated":
        label, about = _provider(name, block)
        return Caller(f"federated:{name}", label, about, "outside", where_of(block) if block else None)
    if kind == "canonicaluser":
        return Caller(f"{kind}:{name}", name, "S3 canonical user", "outside")
    account = name.split(":")[4] if name.count(":") > 4 else name
    if name.endswith(":root") or name == account:
        return Caller(f"account:{account}", f"Account {account}", "another account", "outside")
    return Caller(name, name.split(":", 5)[-1], f"of account {account}", "outside")


def _provider(name: str, block: Block | None) -> tuple[str, str]:
    """The name of an identity provider, and what it is."""
    written = text(block.get("url") if block else None) or name
    if _GITHUB in written:
        return "GitHub Actions", "outside AWS"
    if block is not None and block.type == "aws_iam_saml_provider":
        return text(block.get("name")) or block.name, "sign-in with SAML"
    label = written.removeprefix("https://").partition(":oidc-provider/")[2] or written.removeprefix("https://")
    if ":saml-provider/" in label:
        return label.partition(":saml-provider/")[2], "sign-in with SAML"
    return label, "identity provider"
