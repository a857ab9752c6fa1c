"""Controls on VPC endpoints: their policies and subnets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_true
from secureinfra.controls.shared.outsiders import request_to_outside
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.controls.vpc.layout import VPCS, several_zones
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

GATEWAY, INTERFACE = "Gateway", "Interface"

ENDPOINTS_IN_SEVERAL_ZONES = Control(
    id="vpc-endpoint-in-several-zones",
    title="Interface endpoints have subnets in every Availability Zone of the VPC",
    why="an outage of one zone would cut off the other zones from AWS",
    row="vpce-multi-az",
    fix="List a subnet of each zone in subnet_ids, at least two.",
)


@ENDPOINTS_IN_SEVERAL_ZONES.check("aws_vpc_endpoint")
def _in_several_zones(endpoint: Block, configuration: Configuration) -> Iterator[Failure]:
    if endpoint.get("vpc_endpoint_type", GATEWAY) != INTERFACE:
        raise NotApplicable("only interface endpoints have selectable subnets")
    # AWS allows one subnet per zone for an endpoint, so two subnets are two zones:
    # docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
    known, unknown = _subnets(endpoint, configuration)
    if len(known) >= 2:
        return
    if unknown is not None:
        raise UnknownValueError(unknown)
    for vpc in configuration.targets(endpoint, "vpc_id", *VPCS):
        subnets = configuration.attached(vpc, "aws_subnet", "vpc_id")
        if known and subnets and not several_zones(subnets):
            raise NotApplicable("the VPC has only one zone, which vpc-several-zones checks")
    yield Failure(written("subnet_ids", endpoint.get("subnet_ids")), "subnets in two or more zones", "subnet_ids")


def _subnets(endpoint: Block, configuration: Configuration) -> tuple[set[str], Unknown | None]:
    """The subnets that are certainly different, and the unknown part of the others."""
    from secureinfra.terraform.unknown import is_reference_to_resource  # noqa: PLC0415 - the emitting wing needs none of it

    named = endpoint.get("subnet_ids")
    if is_unknown(named) and all(_is_subnets_id(part, configuration) for part in named.references):
        # For a list that is known after apply, a plan only shows its references.
        named = [Unknown(f"${{{part}}}", (part,)) for part in named.references] or named
    values = named if isinstance(named, list) else []
    unknown = named if is_unknown(named) else None
    values = [*values, *(node.get("subnet_id") for node in endpoint.blocks("subnet_configuration"))]
    for held in configuration.of_type("aws_vpc_endpoint_subnet_association"):
        if endpoint in configuration.targets(held, "vpc_endpoint_id"):
            values.append(held.get("subnet_id"))
            unknown = Unknown(f"how many {held.address} exist") if held.stands_for_several else unknown
    known = {text_of(value) for value in values if is_unknown(value) or value}
    unsure = (value for value in values if is_unknown(value) and not is_reference_to_resource(value))
    for value in unsure:
        known.discard(value.text)
        unknown = unknown or value
    return known, unknown


def _is_subnets_id(reference: str, configuration: Configuration) -> bool:
    target = configuration.target(reference)
    return reference.endswith(".id") and target is not None and target.type in ("aws_subnet", "aws_default_subnet")


ENDPOINTS_SCOPED = Control(
    id="vpc-endpoint-scoped",
    title="VPC endpoint policies allow only principals or resources of the account",
    why="data could be copied through the endpoint to any bucket with any credentials",
    row="vpce-policy-scoped",
    fix="Write a policy whose Allow statements have a condition on aws:PrincipalAccount, aws:PrincipalOrgID, "
    "aws:ResourceAccount or aws:ResourceOrgID, or list your own resources.",
    setting="SecureVpc does; VpcConfig(organization_id=...) allows the organization's.",
)


@ENDPOINTS_SCOPED.check("aws_vpc_endpoint")
def _scoped(endpoint: Block, configuration: Configuration) -> Iterator[Failure]:
    # docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    if endpoint.get("vpc_endpoint_type", GATEWAY) not in (GATEWAY, INTERFACE):
        raise NotApplicable("only gateway and interface endpoints support policies")
    service = endpoint.get("service_name")
    if "vpce-svc-" in text_of(service):
        raise NotApplicable("endpoints for services other than AWS's do not support policies")
    if endpoint.has("policy"):
        yield from _strangers(endpoint, configuration)
    elif not configuration.attached(endpoint, "aws_vpc_endpoint_policy", "vpc_endpoint_id"):
        yield Failure(
            "policy is not set (AWS uses one that allows everything)",
            "policy = a document that limits principals or resources",
        )


@ENDPOINTS_SCOPED.check("aws_vpc_endpoint_policy")
def _policy_scoped(policy: Block, configuration: Configuration) -> Iterator[Failure]:
    if not policy.has("policy"):
        yield Failure(
            "policy is not set (AWS uses one that allows everything)",
            "policy = a document that limits principals or resources",
        )
    yield from _strangers(policy, configuration)


def _strangers(holder: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.terraform.model.policy_document import statements_of  # noqa: PLC0415

    statements = statements_of(holder, "policy", configuration)

    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        if not statement.allows or not statement.everybody:
            return
        if request := request_to_outside(statement, statements, configuration):
            yield Failure(
                f"Allow for Principal '*': {request}",
                "a condition on aws:PrincipalAccount or aws:PrincipalOrgID, or your own resources",
                f"policy.{statement.at}",
            )

    return each(statements, judge)


SERVICE_ACCEPTS_BY_HAND = Control(
    id="vpc-endpoint-service-accepts-by-hand",
    title="VPC endpoint services require acceptance of each connection",
    why="any account that finds the service could connect to it unnoticed",
    row="vpce-service-manual-accept",
    fix="Set acceptance_required = true.",
    setting="NetworkLoadBalancer with an EndpointServiceConfig sets it.",
)

SERVICE_ACCEPTS_BY_HAND.check("aws_vpc_endpoint_service")(
    argument("acceptance_required", is_true, "acceptance_required = true")
)
