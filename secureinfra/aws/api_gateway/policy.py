"""The policy of a private REST API: reached through named VPC endpoints, and no other way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from secureinfra.policy import Condition, PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import source_vpc_endpoint


def through_endpoints(path: str, execution_arn: str, endpoints: Sequence[str], opened: Iterable[str]) -> str:
    """The policy as JSON.

    Methods that IAM decides on are not allowed here: within one account, either policy is enough to call
    (docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html).

    Args:
        path: the API's, for errors.
        execution_arn: what permissions name of the API.
        endpoints: ids of the endpoints.
        opened: the methods that something else than IAM decides on, as permissions name them.
    """
    policy = PolicyDocument("resource", path)
    policy.add(
        Statement(
            sid="DenyOtherWays",
            effect="Deny",
            principal=Principal.everybody(),
            actions=("execute-api:Invoke",),
            resources=(f"{execution_arn}/*",),
            conditions=(Condition("StringNotEquals", "aws:SourceVpce", tuple(endpoints)),),
        )
    )
    if methods := tuple(sorted(opened)):
        policy.add(
            Statement(
                sid="ThroughEndpoints",
                principal=Principal.everybody(),
                actions=("execute-api:Invoke",),
                resources=methods,
                conditions=(source_vpc_endpoint(*endpoints),),
            )
        )
    return policy.to_json()
