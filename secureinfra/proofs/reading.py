"""Policies of a configuration as statements of the proofs: references become symbols with what is known of them.

A reference to a resource of the configuration is one fixed value; of its ARN, the parts that every ARN of the type has are
known. What a variable, another state or a data source that holds any text gives is a hole.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from secureinfra.proofs.conditions import Condition
from secureinfra.proofs.statements import OWN_ACCOUNT, Origin, Statement, with_partition
from secureinfra.proofs.text import HOLE, symbol
from secureinfra.terraform.unknown import Unknown, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

__all__ = ["first_unknown", "read_conditions", "read_statement", "read_text"]

_REFERENCE = re.compile(r"\$\{((?:[^{}]|\{[^{}]*\})*)\}|TfToken\[[^\]]*\]")
_VARIABLE_OF_IAM = re.compile(r"[*?$]|[A-Za-z][A-Za-z0-9.-]*:(?!:)\S")
_TRAVERSAL = re.compile(
    r"(?:module\.[\w-]+(?:\[[^\]]*\])?\.)*((?:data\.)?[a-z0-9_]+\.[\w-]+(?:\[[^\]]*\])?)\.([\w.\[\]\"*-]+)"
)
_NO_RESOURCES = frozenset("var local each count self path terraform module".split())
# Data sources and resources that hold any text, such as one from another owner.
_ANY_TEXT = re.compile(
    r"data\.(?!aws_)|data\.aws_(?:ssm_parameter|secretsmanager_|s3_object|s3_bucket_object|kms_secrets|lambda_invocation|"
    r"dynamodb_table_item|appconfig|cloudformation_export|cloudformation_stack|iam_policy_document)|"
    r"terraform_data|null_resource|external"
)
_PARTITIONS = {"partition": "aws", "dns_suffix": "amazonaws.com"}
# What stands before the name in the ARN of a resource:
# docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_ARNS = {
    "aws_backup_vault": "arn:aws:backup:{region}:{account}:backup-vault:",
    "aws_cloudwatch_event_bus": "arn:aws:events:{region}:{account}:event-bus/",
    "aws_cloudwatch_log_group": "arn:aws:logs:{region}:{account}:log-group:",
    "aws_cloudfront_distribution": "arn:aws:cloudfront::{account}:distribution/",
    "aws_cloudtrail": "arn:aws:cloudtrail:{region}:{account}:trail/",
    "aws_dynamodb_table": "arn:aws:dynamodb:{region}:{account}:table/",
    "aws_ecr_repository": "arn:aws:ecr:{region}:{account}:repository/",
    "aws_efs_file_system": "arn:aws:elasticfilesystem:{region}:{account}:file-system/",
    "aws_iam_group": "arn:aws:iam::{account}:group/",
    "aws_iam_policy": "arn:aws:iam::{account}:policy/",
    "aws_iam_role": "arn:aws:iam::{account}:role/",
    "aws_iam_user": "arn:aws:iam::{account}:user/",
    "aws_kinesis_stream": "arn:aws:kinesis:{region}:{account}:stream/",
    "aws_kms_key": "arn:aws:kms:{region}:{account}:key/",
    "aws_lambda_function": "arn:aws:lambda:{region}:{account}:function:",
    "aws_s3_bucket": "arn:aws:s3:::",
    "aws_secretsmanager_secret": "arn:aws:secretsmanager:{region}:{account}:secret:",
    "aws_sns_topic": "arn:aws:sns:{region}:{account}:",
    "aws_sqs_queue": "arn:aws:sqs:{region}:{account}:",
}
# Types whose names may hold slashes.
_WITH_PATHS = ("aws_iam_", "aws_cloudwatch_event_bus", "aws_cloudwatch_log_group", "aws_ecr_", "aws_secretsmanager_")


class Written(Protocol):
    """A condition as it is written."""

    @property
    def operator(self) -> Any:
        """As a policy writes it."""

    @property
    def key(self) -> Any:
        """The condition key."""

    @property
    def values(self) -> Iterable[Any]:
        """The values of which one must match."""


def read_statement(held: PolicyStatement, configuration: Configuration, address: str = "") -> Statement:
    """A statement as the proofs take it.

    Args:
        held: as it stands in the configuration.
        configuration: where references lead.
        address: of the block that holds it.
    """

    def texts(values: Iterable[Any]) -> tuple[str, ...]:
        return tuple(read_text(value, configuration) for value in values)

    effect = read_text(held.effect, configuration)
    return Statement(
        effect=effect if effect in ("Allow", "Deny") else HOLE,
        actions=tuple(text.lower() for text in texts(held.actions)),
        not_actions=tuple(text.lower() for text in texts(held.not_actions)),
        resources=texts(held.resources),
        not_resources=texts(held.not_resources),
        principals=_principals(held.principals, configuration),
        not_principals=_principals(held.not_principals, configuration),
        conditions=tuple(
            dataclasses.replace(condition, variables=held.variables)
            for condition in read_conditions(held.conditions, configuration)
        ),
        variables=held.variables,
        origin=Origin(address, held.at),
    )


def _principals(
    held: Mapping[Any, tuple[Any, ...]], configuration: Configuration
) -> tuple[tuple[str, str], ...] | None:
    found = tuple(
        (read_text(kind, configuration).lower(), read_text(id, configuration))
        for kind, ids in held.items()
        for id in ids
    )
    return found or None


def read_conditions(held: Iterable[Written], configuration: Configuration | None = None) -> tuple[Condition, ...]:
    """Conditions as the proofs take them.

    Args:
        held: as they stand in a configuration, or typed.
        configuration: where references lead; `None` where they only differ from what is written out.
    """
    return tuple(
        Condition(
            read_text(condition.operator, configuration),
            read_text(condition.key, configuration),
            tuple(read_text(value, configuration) for value in condition.values),
        )
        for condition in held
    )


def read_text(value: Any, configuration: Configuration | None) -> str:
    """A value of a policy as a text of the proofs.

    Args:
        value: text, with Terraform's references within it; a number or a truth; or what is not known as a whole.
        configuration: where references lead.
    """
    if is_unknown(value):
        return HOLE
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    if "${" in text or "TfToken[" in text:
        text = _REFERENCE.sub(functools.partial(_resolved, configuration=configuration), text)
    return with_partition(text)


def _resolved(found: re.Match[str], *, configuration: Configuration | None) -> str:
    inner = found[1]
    if inner is None:
        return symbol(found[0], whole=True)
    if _VARIABLE_OF_IAM.match(inner):
        return found[0]
    traversal = _TRAVERSAL.fullmatch(inner.strip())
    if traversal is None or traversal[1].split(".")[0] in _NO_RESOURCES or _ANY_TEXT.match(traversal[1]):
        return HOLE
    return _of_attribute(inner.strip(), traversal, configuration)


def _of_attribute(reference: str, traversal: re.Match[str], configuration: Configuration | None) -> str:
    block, attribute = traversal[1], traversal[2]
    type = block.removeprefix("data.").partition(".")[0]
    # Two modules may each have a resource of one name.
    holder = reference[: traversal.end(1)]
    if block.startswith("data.aws_partition.") and attribute in _PARTITIONS:
        return _PARTITIONS[attribute]
    if block.startswith("data.aws_caller_identity.") and attribute in ("account_id", "id"):
        return OWN_ACCOUNT
    if type == "aws_s3_bucket" and attribute in ("id", "bucket", "arn"):
        name = _name_of_bucket(reference, holder, configuration)
        return name if attribute != "arn" else _ARNS[type] + name
    if attribute == "arn" and type in _ARNS and not block.startswith("data."):
        start = _ARNS[type].format(account=OWN_ACCOUNT, region=symbol(f"the region of {holder}"))
        return start + symbol(f"the name of {holder}", whole=type.startswith(_WITH_PATHS), of=holder)
    return symbol(reference, whole=attribute.endswith("arn"))


def _name_of_bucket(reference: str, block: str, configuration: Configuration | None) -> str:
    target = configuration.target(reference) if configuration is not None else None
    name = target.get("bucket") if target is not None else None
    return name if isinstance(name, str) and "${" not in name else symbol(f"{block}.bucket", of=block)


def first_unknown(held: Iterable[PolicyStatement], configuration: Configuration, why: str) -> Unknown:
    """The first value in statements that is not known, for a message.

    Args:
        held: statements.
        configuration: where references lead.
        why: what to say where every value is known.
    """
    for value in _values(held):
        if is_unknown(value):
            return value if isinstance(value, Unknown) else Unknown(str(value))
        if HOLE in read_text(value, configuration):
            return Unknown(str(value))
    return Unknown(why)


def _values(held: Iterable[PolicyStatement]) -> Iterator[Any]:
    for statement in held:
        yield statement.effect
        yield from (*statement.actions, *statement.not_actions, *statement.resources, *statement.not_resources)
        for principals in (statement.principals, statement.not_principals):
            yield from (part for kind, ids in principals.items() for part in (kind, *ids))
        for condition in statement.conditions:
            yield from (condition.operator, condition.key, *condition.values)
