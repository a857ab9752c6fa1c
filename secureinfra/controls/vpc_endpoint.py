"""Controls on VPC endpoints: whom they admit, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, is_true
from secureinfra.controls.reading.vpc_layout import VPCS, several_zones
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, each, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration
    from secureinfra.terraform.policy_document import PolicyCondition, PolicyStatement

GATEWAY, INTERFACE = "Gateway", "Interface"

ENDPOINTS_IN_SEVERAL_ZONES = Control(
    id="vpc-endpoint-in-several-zones",
    title="Interface endpoints stand in every zone of the VPC",
    why="the loss of one zone would cut the others off from AWS",
    row="vpce-multi-az",
    mend="Name a subnet of each zone in subnet_ids, two at least.",
    python="SecureVpc(..., VpcConfig(endpoints=...)) does.",
)


@ENDPOINTS_IN_SEVERAL_ZONES.check("aws_vpc_endpoint")
def _in_several_zones(endpoint: Block, configuration: Configuration) -> Iterator[Failure]:
    if endpoint.get("vpc_endpoint_type", GATEWAY) != INTERFACE:
        raise NotApplicable("only interface endpoints stand in subnets of one's choice")
    # AWS takes one subnet of each zone for an endpoint, so two subnets are two zones:
    # docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
    known, unknown = _subnets(endpoint, configuration)
    if len(known) >= 2:
        return
    if unknown is not None:
        raise UnknownValueError(unknown)
    for vpc in configuration.targets(endpoint, "vpc_id", *VPCS):
        subnets = configuration.attached(vpc, "aws_subnet", "vpc_id")
        if known and subnets and not several_zones(subnets):
            raise NotApplicable("the VPC has one zone only, which is a matter of vpc-several-zones")
    yield Failure(written("subnet_ids", endpoint.get("subnet_ids")), "subnets of two zones or more", "subnet_ids")


def _subnets(endpoint: Block, configuration: Configuration) -> tuple[set[str], Unknown | None]:
    """The subnets that are sure to be different ones, and what is not known of others."""
    from secureinfra.terraform.unknown import is_reference_to_resource  # noqa: PLC0415 - the emitting wing needs none of it

    named = endpoint.get("subnet_ids")
    if is_unknown(named) and all(_is_subnets_id(part, configuration) for part in named.references):
        # A plan says of a list that is known after apply only what it is made of.
        named = [Unknown(f"${{{part}}}", (part,)) for part in named.references] or named
    values = named if isinstance(named, list) else []
    unknown = named if is_unknown(named) else None
    values = [*values, *(node.get("subnet_id") for node in endpoint.blocks("subnet_configuration"))]
    for held in configuration.of_type("aws_vpc_endpoint_subnet_association"):
        if endpoint in configuration.targets(held, "vpc_endpoint_id"):
            values.append(held.get("subnet_id"))
            unknown = Unknown(f"how many {held.address} there are") if held.stands_for_several else unknown
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
    title="Endpoints admit this account's principals only",
    why="data could leave through the endpoint to anybody's bucket with anybody's credentials",
    row="vpce-policy-scoped",
    mend="Write a policy whose Allow statements have a condition on aws:PrincipalAccount, aws:PrincipalOrgID, "
    "aws:ResourceAccount or aws:ResourceOrgID, or name resources of your own.",
    python="SecureVpc does; VpcConfig(organization_id=...) admits the organisation's.",
)

# Keys that say who calls or whose resource is called, rather than from where or how.
_WHO = {
    *("aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:principalarn", "aws:userid"),
    *("aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths", "s3:resourceaccount"),
    *("aws:sourceaccount", "aws:sourceorgid", "aws:sourcearn"),
}
# What a Deny may leave to AWS's own services, which call for a principal of ours.
_OF_SERVICES = {"aws:principalisawsservice", "aws:viaawsservice"}


@ENDPOINTS_SCOPED.check("aws_vpc_endpoint")
def _scoped(endpoint: Block, configuration: Configuration) -> Iterator[Failure]:
    # docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    if endpoint.get("vpc_endpoint_type", GATEWAY) not in (GATEWAY, INTERFACE):
        raise NotApplicable("only gateway and interface endpoints take a policy")
    service = endpoint.get("service_name")
    if "vpce-svc-" in text_of(service):
        raise NotApplicable("an endpoint for a service that is none of AWS's takes no policy")
    if endpoint.has("policy"):
        yield from _strangers(endpoint, configuration)
    elif not configuration.attached(endpoint, "aws_vpc_endpoint_policy", "vpc_endpoint_id"):
        yield Failure(
            "policy is not set (AWS takes one that allows everything)", "policy = a document that says whom it admits"
        )


@ENDPOINTS_SCOPED.check("aws_vpc_endpoint_policy")
def _policy_scoped(policy: Block, configuration: Configuration) -> Iterator[Failure]:
    if not policy.has("policy"):
        yield Failure(
            "policy is not set (AWS takes one that allows everything)", "policy = a document that says whom it admits"
        )
    yield from _strangers(policy, configuration)


def _strangers(holder: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.terraform.policy_document import statements_of  # noqa: PLC0415

    statements = statements_of(holder, "policy", configuration)

    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        if not statement.allows or not statement.everybody or any_of(statement.conditions, _says_who):
            return
        if not statement.not_resources and all(map(_is_somebodys, statement.resources)):
            return
        # A perimeter may also be drawn by a Deny for everybody who is not ours.
        if not any_of(statements, _keeps_strangers_out):
            yield Failure(
                "Allow for Principal '*' on every resource, whoever calls",
                "a condition on aws:PrincipalAccount or aws:PrincipalOrgID, or resources of your own",
                f"policy.{statement.at}",
            )

    return each(statements, judge)


def _says_who(condition: PolicyCondition) -> bool:
    return condition.key.lower() in _WHO and condition.demands_key and all(map(_is_somebodys, condition.values))


def _keeps_strangers_out(statement: PolicyStatement) -> bool:
    if statement.effect != "Deny" or not statement.everybody:
        return False
    everything = any(action == "*" or action.endswith(":*") for action in statement.actions) and any(
        resource == "*" for resource in statement.resources
    )
    others = {condition.key.lower() for condition in statement.conditions} - _WHO - _OF_SERVICES
    return everything and not others and any(c.negated and c.key.lower() in _WHO for c in statement.conditions)


def _is_somebodys(name: Any) -> bool:
    """Whether an ARN, account or id names somebody: `*` does not, nor an ARN of any account."""
    parts = name.split(":")
    if not name.startswith("arn:") or len(parts) < 6:
        return bool(name.strip("*?"))
    account, resource = parts[4], ":".join(parts[5:])
    return bool(account.strip("*?")) if account else bool(resource.partition("/")[0].strip("*?"))


SERVICE_ACCEPTS_BY_HAND = Control(
    id="vpc-endpoint-service-accepts-by-hand",
    title="Whoever connects to an endpoint service is admitted one by one",
    why="everybody who may find the service could connect to it, and nobody would notice",
    row="vpce-service-manual-accept",
    mend="Set acceptance_required = true.",
)

SERVICE_ACCEPTS_BY_HAND.check("aws_vpc_endpoint_service")(
    argument("acceptance_required", is_true, "acceptance_required = true")
)
