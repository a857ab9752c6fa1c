"""VPC endpoints: AWS services without the internet, for this account's principals only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secureinfra.aws.peers import Peer
from secureinfra.aws.ports import Port
from secureinfra.aws.security_group import SecurityGroup, SecurityGroupConfig
from secureinfra.controls.security_group import NARROW_PUBLIC_CIDR
from secureinfra.engine import Resource
from secureinfra.engine.naming import words
from secureinfra.policy import PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import equals, principal_account, principal_organization

if TYPE_CHECKING:
    from secureinfra.aws.vpc import SecureVpc
    from secureinfra.aws.vpc_config import Tier

# Buckets of AWS's own that images and packages come from, without credentials or with those of AWS: ECR's layers, Amazon
# Linux 2023 (and its live patches) and 2. docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
# docs.aws.amazon.com/linux/al2023/ug/live-patching.html, docs.aws.amazon.com/AWSEC2/latest/UserGuide/al2-live-patching.html
_AWS_BUCKETS = (
    "prod-{region}-starport-layer-bucket",
    "al2023-repos-{region}-de612dc2",
    "al2023-{region}",
    "amazonlinux-2-repos-{region}",
    "amazonlinux.{region}.amazonaws.com",
)

# Calls that carry no credentials of AWS yet, since they are how a workload gets them.
_SIGN_IN = ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")

_TIERS_FOR_ENDPOINTS: tuple[Tier, ...] = ("private", "isolated", "public")


def add_gateway_endpoints(vpc: SecureVpc) -> None:
    """Reach S3 and DynamoDB from every subnet, free of charge."""
    for service in ("s3", "dynamodb"):
        policy = PolicyDocument("endpoint", vpc.path, [_own_principals(vpc, f"{service}:*")])
        if service == "s3":
            policy.add(_readable_buckets(vpc))
        Resource(
            vpc,
            f"endpoint-{service}",
            "aws_vpc_endpoint",
            vpc_id=vpc.vpc_id,
            service_name=f"com.amazonaws.{vpc.region}.{service}",
            vpc_endpoint_type="Gateway",
            route_table_ids=vpc.route_table_ids,
            policy=policy.to_json,
            tags=vpc.named(service),
        )


def add_interface_endpoints(vpc: SecureVpc) -> SecurityGroup | None:
    """Reach further services over private addresses, from within the VPC and over TLS only; the group before them."""
    if not vpc.config.services():
        return None
    group = SecurityGroup(
        vpc,
        "endpoints",
        SecurityGroupConfig(description=f"{vpc.path}: interface endpoints"),
        vpc=vpc,
        provider=vpc.provider_alias,
    )
    # For a VPC on public addresses of one's own, which are seldom as narrow as a /24.
    waiver = vpc.config.waiver(NARROW_PUBLIC_CIDR.id)
    for peer in _own_networks(vpc):
        group.allow_from(peer, Port.tcp(443), "HTTPS from the VPC", waiver=waiver)
    tier = next(tier for tier in _TIERS_FOR_ENDPOINTS if tier in vpc.config.tiers)
    for service in vpc.config.services():
        policy = PolicyDocument("endpoint", vpc.path, _interface_statements(vpc, service))
        Resource(
            vpc,
            f"endpoint-{service.replace('.', '-')}",
            "aws_vpc_endpoint",
            vpc_id=vpc.vpc_id,
            service_name=service if _is_whole_name(service) else f"com.amazonaws.{vpc.region}.{service}",
            vpc_endpoint_type="Interface",
            subnet_ids=vpc.subnet_ids(tier),
            security_group_ids=[group.security_group_id],
            private_dns_enabled=True,
            policy=None if service in vpc.config.endpoints_without_policy else policy.to_json,
            tags=vpc.named(service),
        )
    return group


def _own_networks(vpc: SecureVpc) -> list[Peer]:
    peers = [Peer("cidr_ipv4", vpc.cidr, "vpc")]
    peers += [Peer("cidr_ipv4", cidr, f"vpc-{words(cidr)}") for cidr in vpc.config.secondary_cidrs]
    return peers


def _is_whole_name(service: str) -> bool:
    """Whether a name is a service's whole one, e.g. `com.amazonaws.vpce.eu-central-1.vpce-svc-...`."""
    return service.startswith(("com.", "cn.com.", "aws.", "api.aws."))


def _interface_statements(vpc: SecureVpc, service: str) -> list[Statement]:
    statements = [_own_principals(vpc, "*")]
    if service in ("sts", "sts-fips"):
        statements.append(_sign_in(vpc))
    return statements


def _sign_in(vpc: SecureVpc) -> Statement:
    """Let workloads with a token of an identity provider (EKS, GitHub) take on roles that are ours."""
    organization = vpc.config.organization_id
    own = equals("aws:ResourceOrgID", organization) if organization else equals("aws:ResourceAccount", vpc.account_id)
    return Statement(
        sid="SignIn", principal=Principal.everybody(), actions=_SIGN_IN, resources=("*",), conditions=(own,)
    )


def _own_principals(vpc: SecureVpc, action: str) -> Statement:
    organization = vpc.config.organization_id
    own = principal_organization(organization) if organization else principal_account(vpc.account_id)
    everybody = Principal.everybody()
    return Statement(sid="OwnPrincipals", principal=everybody, actions=(action,), resources=("*",), conditions=(own,))


def _readable_buckets(vpc: SecureVpc) -> Statement:
    names = (*(name.format(region=vpc.region) for name in _AWS_BUCKETS), *vpc.config.readable_buckets)
    return Statement(
        sid="ImagesAndPackages",
        principal=Principal.everybody(),
        actions=("s3:GetObject",),
        resources=tuple(f"arn:{vpc.partition}:s3:::{name}/*" for name in names),
    )
