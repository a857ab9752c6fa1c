"""What a function's role needs for the function to run at all: its logs, traces, network interfaces, key and failures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from secureinfra.engine import Resource, SecureConstruct
from secureinfra.policy import PolicyDocument, Statement
from secureinfra.policy.conditions import Condition, equals, via_service

# docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
_INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)
_LOOKS = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets")


def write_execution_policy(
    owner: SecureConstruct, role_id: str, function_arn: str, statements: Sequence[Statement], *, in_vpc: bool
) -> Resource:
    """The policy without which AWS would refuse to create the function, apart from what is granted to its role.

    Grants may name the function, or one that names it, so that the function cannot wait for them.

    Args:
        owner: the construct.
        role_id: reference to the role.
        function_arn: ARN of the function, put together from its parts.
        statements: what it needs for its own log, key and queue.
        in_vpc: whether it has network interfaces.
    """
    policy = PolicyDocument("identity", owner.path, [*statements, *_tracing()])
    if in_vpc:
        for statement in _interfaces(owner, function_arn):
            policy.add(statement)
    return Resource(owner, "execution", "aws_iam_role_policy", name="execution", role=role_id, policy=policy.to_json)


def logging(log_group: str) -> Statement:
    """Put events into one group; it exists already, so that creating groups is not needed.

    Args:
        log_group: ARN of the group.
    """
    return Statement(actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(f"{log_group}:*",))


def decryption(owner: SecureConstruct, key: str, function_arn: str) -> Statement:
    """Decrypt the environment variables of one function, which Lambda does when a call needs a new environment.

    Args:
        owner: the construct.
        key: ARN of the key.
        function_arn: ARN of the function, put together from its parts; Lambda's encryption context.
    """
    conditions = (
        via_service(f"lambda.{owner.region}.{owner.dns_suffix}"),
        equals("kms:EncryptionContext:aws:lambda:FunctionArn", function_arn),
    )
    return Statement(actions=("kms:Decrypt",), resources=(key,), conditions=conditions)


def _tracing() -> Iterator[Statement]:
    # X-Ray has no resources that a policy could name for these.
    yield Statement(actions=("xray:PutTraceSegments", "xray:PutTelemetryRecords"), resources=("*",))


def _interfaces(owner: SecureConstruct, function_arn: str) -> Iterator[Statement]:
    """What Lambda does with network interfaces by the role, which the function's own code may not do."""
    here = f"arn:{owner.partition}:ec2:{owner.region}:{owner.account_id}"
    kinds = ("network-interface", "subnet", "security-group")
    yield Statement(actions=_INTERFACES, resources=tuple(f"{here}:{kind}/*" for kind in kinds))
    yield Statement(actions=_LOOKS, resources=("*",))
    yield Statement(
        effect="Deny",
        actions=(*_INTERFACES, *_LOOKS, "ec2:DetachNetworkInterface"),
        resources=("*",),
        conditions=(Condition("ArnEquals", "lambda:SourceFunctionArn", (function_arn,)),),
    )
