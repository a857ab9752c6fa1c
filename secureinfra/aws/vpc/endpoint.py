"""VPC endpoints: AWS services without the internet, for this account's principals, and to its own data only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.vpc.config import Tier
from secureinfra.aws.vpc.network import Network
from secureinfra.controls.security_group.group import NARROW_PUBLIC_CIDR
from secureinfra.engine import AwsProvider, Resource
from secureinfra.engine.naming import words
from secureinfra.facts.endpoint_names import endpoint_service, is_whole_name
from secureinfra.facts.partitions import partition_of
from secureinfra.policy import PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import Condition, equals, principal_account, principal_organization

# Buckets of AWS's own that images, packages and agents come from, without credentials or with those of AWS: ECR's layers,
# Amazon Linux 2023 (and its live patches) and 2, what SSM Agent and Patch Manager load, the CloudWatch agent, and drivers of
# Windows. docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
# docs.aws.amazon.com/linux/al2023/ug/live-patching.html, docs.aws.amazon.com/AWSEC2/latest/UserGuide/al2-live-patching.html
# docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html (managed S3 buckets)
# github.com/aws-samples/data-perimeter-policy-examples, vpc_endpoint_policies/s3_endpoint_policy.json
_AWS_BUCKETS = (
    "prod-{region}-starport-layer-bucket",
    "al2023-repos-{region}-de612dc2",
    "al2023-{region}",
    "amazonlinux-2-repos-{region}",
    # Called like its host: it ends in the suffix of the partition.
    "amazonlinux.{region}.{suffix}",
    "aws-ssm-{region}",
    "amazon-ssm-{region}",
    "amazon-ssm-packages-{region}",
    "{region}-birdwatcher-prod",
    "aws-ssm-distributor-file-{region}",
    "aws-ssm-document-attachments-{region}",
    "patch-baseline-snapshot-{region}",
    "aws-windows-downloads-{region}",
    "amazoncloudwatch-agent-{region}",
    "amazoncloudwatch-agent",
)

# Services that hold data or carry messages, through which own credentials could copy data to an account of others. For
# other services AWS's own resources (documents, layers, images) and foreign roles must stay in reach.
_HOLDS_DATA = (
    "s3",
    "dynamodb",
    "secretsmanager",
    "kms",
    "logs",
    "sqs",
    "sns",
    "kinesis-streams",
    "kinesis-firehose",
    "ecr.api",
    "ecr.dkr",
)
# Images of AWS and of others are pulled, and pushed nowhere but to own repositories.
_PULLS = (
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)

# Calls that carry no credentials of AWS yet, since they are how a workload gets them.
_SIGN_IN = ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")

_WHOLE_NAME = re.compile(r"^(?:(?:cn\.)?com|eu)\.amazonaws\.[^.]+\.(?!vpce)")

_TIERS_FOR_ENDPOINTS: tuple[Tier, ...] = ("private", "isolated", "intra", "public")


def add_gateway_endpoints(network: Network, route_table_ids: Sequence[str]) -> None:
    """Reach S3 and DynamoDB from every subnet whose route table is named, free of charge."""
    for service in ("s3", "dynamodb"):
        policy = PolicyDocument("endpoint", network.owner.path, _own(network, service, f"{service}:*"))
        if service == "s3":
            policy.add(_readable_buckets(network))
        Resource(
            network.owner,
            f"endpoint-{service}",
            "aws_vpc_endpoint",
            vpc_id=network.vpc_id,
            # In every partition the gateway endpoints are called alike.
            service_name=f"com.amazonaws.{network.owner.region}.{service}",
            vpc_endpoint_type="Gateway",
            route_table_ids=route_table_ids,
            policy=policy.to_json,
            tags=network.named(service),
        )


def add_interface_endpoints(network: Network) -> SecurityGroup | None:
    """Reach further services over private addresses, from within the VPC and over TLS only; the group before them."""
    if not network.config.services():
        return None
    group = SecurityGroup(
        network.owner,
        "endpoints",
        SecurityGroupConfig(description=f"{network.owner.path}: interface endpoints"),
        vpc_id=network.vpc_id,
        provider=network.owner.used_provider,
    )
    # For a VPC with its own public addresses, which are seldom as narrow as a /24.
    waiver = network.config.waiver(NARROW_PUBLIC_CIDR.id)
    for peer in _own_networks(network):
        group.allow_from(peer, Port.tcp(443), "HTTPS from the VPC", waiver=waiver)
    tier = next(tier for tier in _TIERS_FOR_ENDPOINTS if tier in network.config.tiers)
    for service in network.config.services():
        policy = PolicyDocument("endpoint", network.owner.path, _interface_statements(network, service))
        Resource(
            network.owner,
            f"endpoint-{service.replace('.', '-')}",
            "aws_vpc_endpoint",
            vpc_id=network.vpc_id,
            service_name=_service_name(network, service),
            vpc_endpoint_type="Interface",
            subnet_ids=network.subnet_ids(tier),
            security_group_ids=[group.security_group_id],
            private_dns_enabled=True,
            policy=None if service in network.config.endpoints_without_policy else policy.to_json,
            tags=network.named(service),
        )
    return group


def _own_networks(network: Network) -> list[Peer]:
    peers = [Peer("cidr_ipv4", network.cidr, "vpc")]
    peers += [Peer("cidr_ipv4", cidr, f"vpc-{words(cidr)}") for cidr in network.config.secondary_cidrs]
    return peers


def _service_name(network: Network, service: str) -> str:
    owner = network.owner
    return service if is_whole_name(service) else endpoint_service(service, owner.region, AwsProvider.region_of(owner))


def _interface_statements(network: Network, service: str) -> list[Statement]:
    name = _WHOLE_NAME.sub("", service).removesuffix("-fips")
    statements = _own(network, name, "*")
    if name == "sts":
        statements.append(_sign_in(network))
    if name.startswith("ecr."):
        statements.append(_statement("Pulls", _PULLS, _own_callers(network)))
    return statements


def _sign_in(network: Network) -> Statement:
    """Let workloads with a token of an identity provider (EKS, GitHub) assume roles of this account or organization."""
    return _statement("SignIn", _SIGN_IN, _own_resources(network))


def _own(network: Network, service: str, action: str) -> list[Statement]:
    """Own callers; for services that hold data, at own resources and those of accounts that are named."""
    callers = _own_callers(network)
    if service not in _HOLDS_DATA:
        return [_statement("OwnPrincipals", (action,), callers)]
    statements = [_statement("OwnPrincipals", (action,), callers, _own_resources(network))]
    if named := network.config.resource_accounts:
        statements.append(_statement("NamedAccounts", (action,), callers, equals("aws:ResourceAccount", *named)))
    return statements


def _own_callers(network: Network) -> Condition:
    if organization := network.config.organization_id:
        return principal_organization(organization)
    return principal_account(network.owner.account_id, *network.config.accounts)


def _own_resources(network: Network) -> Condition:
    if organization := network.config.organization_id:
        return equals("aws:ResourceOrgID", organization)
    return equals("aws:ResourceAccount", network.owner.account_id, *network.config.accounts)


def _statement(sid: str, actions: tuple[str, ...], *conditions: Condition) -> Statement:
    everybody = Principal.everybody()
    return Statement(sid=sid, principal=everybody, actions=actions, resources=("*",), conditions=conditions)


def _readable_buckets(network: Network) -> Statement:
    owner = network.owner
    elsewhere = partition_of(AwsProvider.region_of(owner) or "") != "aws"
    suffix = owner.dns_suffix if elsewhere else "amazonaws.com"
    names = [name.format(region=owner.region, suffix=suffix) for name in _AWS_BUCKETS]
    names += network.config.readable_buckets
    return Statement(
        sid="ImagesAndPackages",
        principal=Principal.everybody(),
        actions=("s3:GetObject",),
        resources=tuple(f"arn:{owner.partition}:s3:::{name}/*" for name in names),
    )
