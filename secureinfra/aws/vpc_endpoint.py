"""VPC endpoints: AWS services without the internet, for this account's principals only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secureinfra.aws.peers import Peer
from secureinfra.aws.ports import Port
from secureinfra.aws.security_group import SecurityGroup, SecurityGroupConfig
from secureinfra.engine import Resource
from secureinfra.policy import PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import principal_account, principal_organization

if TYPE_CHECKING:
    from secureinfra.aws.vpc import SecureVpc

# Buckets of AWS's own that images and packages come from, anonymously: ECR's layers, Amazon Linux 2023 and 2.
# docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-setting-up-s3-gateway
# docs.aws.amazon.com/linux/al2023/ug/deterministic-upgrades-usage.html, repost.aws/knowledge-center/ec2-al1-al2-update-yum-without-internet
_AWS_BUCKETS = (
    "prod-{region}-starport-layer-bucket",
    "al2023-repos-{region}-de612dc2",
    "amazonlinux-2-repos-{region}",
    "amazonlinux.{region}.amazonaws.com",
)


def add_gateway_endpoints(vpc: SecureVpc) -> None:
    """Reach S3 and DynamoDB from every subnet, free of charge."""
    for service in ("s3", "dynamodb"):
        policy = PolicyDocument("endpoint", vpc.path, [_own_principals(vpc, f"{service}:*")])
        if service == "s3":
            policy.add(_aws_buckets(vpc))
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


def add_interface_endpoints(vpc: SecureVpc) -> None:
    """Reach further services over private addresses, from within the VPC and over TLS only."""
    if not vpc.config.services():
        return
    group = SecurityGroup(
        vpc,
        "endpoints",
        SecurityGroupConfig(description=f"{vpc.path}: interface endpoints"),
        vpc=vpc,
        provider=vpc.provider_alias,
    )
    vpc.endpoint_security_group = group
    group.allow_from(Peer("cidr_ipv4", vpc.cidr, "vpc"), Port.tcp(443), "HTTPS from the VPC")
    tier = "private" if "private" in vpc.config.tiers else vpc.config.tiers[-1]
    for service in vpc.config.services():
        policy = PolicyDocument("endpoint", vpc.path, [_own_principals(vpc, "*")])
        Resource(
            vpc,
            f"endpoint-{service.replace('.', '-')}",
            "aws_vpc_endpoint",
            vpc_id=vpc.vpc_id,
            service_name=f"com.amazonaws.{vpc.region}.{service}",
            vpc_endpoint_type="Interface",
            subnet_ids=vpc.subnet_ids(tier),
            security_group_ids=[group.security_group_id],
            private_dns_enabled=True,
            policy=policy.to_json,
            tags=vpc.named(service),
        )


def _own_principals(vpc: SecureVpc, action: str) -> Statement:
    organization = vpc.config.organization_id
    own = principal_organization(organization) if organization else principal_account(vpc.account_id)
    everybody = Principal.everybody()
    return Statement(sid="OwnPrincipals", principal=everybody, actions=(action,), resources=("*",), conditions=(own,))


def _aws_buckets(vpc: SecureVpc) -> Statement:
    names = tuple(name.format(region=vpc.region) for name in _AWS_BUCKETS)
    return Statement(
        sid="ImagesAndPackages",
        principal=Principal.everybody(),
        actions=("s3:GetObject",),
        resources=tuple(f"arn:{vpc.partition}:s3:::{name}/*" for name in names),
    )
