"""Which types of resources have network interfaces in a VPC, and where they say in which subnets, with which groups."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["BY_SUBNET", "KINDS", "NEVER", "SUBNET_GROUPS", "Kind"]

NEVER = "never"
"""Interfaces of this type have no public address."""
BY_SUBNET = "by subnet"
"""They have one if their subnets give one."""
_VPC_GROUPS = "vpc_security_group_ids"


class Kind(NamedTuple):
    """How a type of resource is in a network.

    Args:
        subnets: arguments that name subnets, or subnet groups.
        groups: arguments that name security groups.
        public: how it gets a public IPv4 address: `never`; `by subnet`, as its subnets say; an argument; an argument
            with `!` that says the opposite, as `internal` does.
        absent: whether it is public where the argument is not written; `None` if that depends on the provider's version.
        plain: whether it has no security group where none is written, rather than the default group of the VPC.
    """

    subnets: tuple[str, ...]
    groups: tuple[str, ...] = ("security_group_ids",)
    public: str = NEVER
    absent: bool | None = False
    plain: bool = False


_DATABASE = Kind(("db_subnet_group_name",), (_VPC_GROUPS,), "publicly_accessible")
_CACHE = Kind(("subnet_group_name",))
_FILES = Kind(("subnet_ids",))
_ZONAL_FILES = Kind(("subnet_id", "subnet_ids"), ("security_groups", "security_group_ids"))
_BALANCER = Kind(("subnets", "subnet_mapping.subnet_id"), ("security_groups",), "!internal", True, True)

# Arguments are those of the provider; who gets a public address is on the pages of each service at docs.aws.amazon.com,
# e.g. lambda/latest/dg/configuration-vpc.html, vpc/latest/userguide/vpc-ip-addressing.html.
KINDS: dict[str, Kind] = {
    "aws_alb": _BALANCER,
    "aws_apigatewayv2_vpc_link": Kind(("subnet_ids",)),
    "aws_apprunner_vpc_connector": Kind(("subnets",), ("security_groups",)),
    "aws_autoscaling_group": Kind(("vpc_zone_identifier",), (), BY_SUBNET),
    "aws_batch_compute_environment": Kind(
        ("compute_resources.subnets",), ("compute_resources.security_group_ids",), BY_SUBNET
    ),
    "aws_codebuild_project": Kind(("vpc_config.subnets",), ("vpc_config.security_group_ids",)),
    "aws_dax_cluster": _CACHE,
    "aws_db_instance": _DATABASE,
    "aws_db_proxy": Kind(("vpc_subnet_ids",), (_VPC_GROUPS,)),
    "aws_dms_replication_instance": Kind(("replication_subnet_group_id",), (_VPC_GROUPS,), "publicly_accessible", None),
    "aws_docdb_cluster": Kind(("db_subnet_group_name",), (_VPC_GROUPS,)),
    "aws_ec2_instance_connect_endpoint": Kind(("subnet_id",)),
    "aws_ecs_service": Kind(
        ("network_configuration.subnets",),
        ("network_configuration.security_groups",),
        "network_configuration.assign_public_ip",
    ),
    "aws_efs_mount_target": Kind(("subnet_id",), ("security_groups",)),
    "aws_eks_cluster": Kind(("vpc_config.subnet_ids",), ("vpc_config.security_group_ids",)),
    "aws_eks_node_group": Kind(("subnet_ids",), (), BY_SUBNET),
    "aws_elasticache_cluster": _CACHE,
    "aws_elasticache_replication_group": _CACHE,
    "aws_elasticache_serverless_cache": _FILES,
    "aws_elasticsearch_domain": Kind(("vpc_options.subnet_ids",), ("vpc_options.security_group_ids",)),
    "aws_elb": Kind(("subnets",), ("security_groups",), "!internal", True),
    "aws_fsx_lustre_file_system": _FILES,
    "aws_fsx_ontap_file_system": _FILES,
    "aws_fsx_openzfs_file_system": _FILES,
    "aws_fsx_windows_file_system": _FILES,
    "aws_instance": Kind(("subnet_id",), (_VPC_GROUPS, "security_groups"), "associate_public_ip_address", None),
    "aws_lambda_function": Kind(("vpc_config.subnet_ids",), ("vpc_config.security_group_ids",)),
    "aws_lb": _BALANCER,
    "aws_memorydb_cluster": _CACHE,
    "aws_mq_broker": Kind(("subnet_ids",), ("security_groups",), "publicly_accessible"),
    "aws_msk_cluster": Kind(
        ("broker_node_group_info.client_subnets",),
        ("broker_node_group_info.security_groups",),
        "broker_node_group_info.connectivity_info.public_access.type",
    ),
    "aws_mwaa_environment": Kind(("network_configuration.subnet_ids",), ("network_configuration.security_group_ids",)),
    "aws_nat_gateway": Kind(("subnet_id",), (), "connectivity_type", True, True),
    "aws_neptune_cluster": Kind(("neptune_subnet_group_name",), (_VPC_GROUPS,)),
    "aws_network_interface": Kind(("subnet_id",), ("security_groups",)),
    "aws_networkfirewall_firewall": Kind(("subnet_mapping.subnet_id",), (), NEVER, False, True),
    "aws_opensearch_domain": Kind(("vpc_options.subnet_ids",), ("vpc_options.security_group_ids",)),
    "aws_rds_cluster": Kind(("db_subnet_group_name",), (_VPC_GROUPS,)),
    "aws_redshift_cluster": Kind(("cluster_subnet_group_name",), (_VPC_GROUPS,), "publicly_accessible", None),
    "aws_redshiftserverless_workgroup": Kind(("subnet_ids",), ("security_group_ids",), "publicly_accessible"),
    "aws_route53_resolver_endpoint": Kind(("ip_address.subnet_id",)),
    "aws_sagemaker_notebook_instance": Kind(("subnet_id",), ("security_groups",)),
    "aws_spot_instance_request": Kind(("subnet_id",), (_VPC_GROUPS,), "associate_public_ip_address", None),
    "aws_transfer_server": Kind(
        ("endpoint_details.subnet_ids",), ("endpoint_details.security_group_ids",), "unknown", None
    ),
    "aws_vpc_endpoint": Kind(("subnet_ids",)),
}
SUBNET_GROUPS = (
    "aws_db_subnet_group",
    "aws_docdb_subnet_group",
    "aws_neptune_subnet_group",
    "aws_redshift_subnet_group",
    "aws_elasticache_subnet_group",
    "aws_memorydb_subnet_group",
    "aws_dax_subnet_group",
    "aws_dms_replication_subnet_group",
)
