"""The theorem that VPC endpoints are no way out: their policies allow own principals and resources only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from secureinfra.controls.shared.outsiders import request_to_outside
from secureinfra.proofs.theorems.theorem import Result, Step, Theorem, broken, proved, unknown
from secureinfra.terraform.model.policy_document import statements_of
from secureinfra.terraform.unknown import UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["ENDPOINTS_OWN", "THEOREMS"]

# Only these have policies: docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
_WITH_POLICY = ("Gateway", "Interface")
_EVERYTHING = "it has no policy, and that of AWS allows everything"


def _endpoints_own(configuration: Configuration) -> Iterator[Result]:
    for endpoint in configuration.of_type("aws_vpc_endpoint"):
        type = endpoint.get("vpc_endpoint_type", "Gateway")
        if "vpce-svc-" in text_of(endpoint.get("service_name")) or (not is_unknown(type) and type not in _WITH_POLICY):
            continue
        try:
            yield _of_endpoint(endpoint, configuration)
        except UnknownValueError as error:
            yield unknown(endpoint, f"its policy depends on {error.value.text}")


def _of_endpoint(endpoint: Block, configuration: Configuration) -> Result:
    holders = configuration.attached(endpoint, "aws_vpc_endpoint_policy", "vpc_endpoint_id")
    if endpoint.has("policy"):
        holders = [endpoint, *holders]
    if not holders:
        waiver = _waiver(endpoint, configuration)
        if waiver is not None:
            return unknown(endpoint, f"it has no policy, and a waiver says why: {waiver.get('reason', '')}")
        return broken(endpoint, _EVERYTHING, [Step("no policy is set", endpoint)])
    for holder in holders:
        statements = statements_of(holder, "policy", configuration)
        for held in statements:
            request = request_to_outside(held, statements, configuration) if held.allows else ""
            if request:
                at = f"policy.{held.at}"
                return broken(endpoint, f"through it, {request}", [Step("this statement allows it", holder, at)])
    return proved(endpoint, "what its policy allows has a principal or a resource of the account or organization")


def _waiver(endpoint: Block, configuration: Configuration) -> Mapping[str, Any] | None:
    """The waiver of the control on endpoint policies that is written at the endpoint, or for the construct that made it."""
    for block in configuration.blocks:
        for waiver in block.waivers:
            within = f"{endpoint.construct_path}/".startswith(f"{waiver.get('construct') or '-'}/")
            if waiver.get("control") == "vpc-endpoint-scoped" and (block is endpoint or within):
                return waiver
    return None


ENDPOINTS_OWN = Theorem(
    id="endpoints-own-principals",
    title="VPC endpoints carry requests of own principals or to own resources only",
    why="data could be copied through an endpoint to any account with any credentials",
    scope=(
        "Policies of gateway and interface endpoints for AWS's services. Resources that a statement lists by name and action, "
        "such as buckets of AWS, are meant."
    ),
    prove=_endpoints_own,
)

THEOREMS = (ENDPOINTS_OWN,)
