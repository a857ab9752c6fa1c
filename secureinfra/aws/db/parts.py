"""What stands beside a database: its subnets, parameters, log groups, rotation, and the role of Enhanced Monitoring."""

from __future__ import annotations

import re
from collections.abc import Mapping

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, SecureLogGroup
from secureinfra.aws.db.config import IDENTIFIER
from secureinfra.aws.db.subnets import DatabaseSubnets
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.engine.provider_major import require_major
from secureinfra.errors import ConfigError
from secureinfra.facts.database_engines import Parameter


def identifier_of(construct: SecureConstruct, given: str | None) -> str:
    """The name of a database: as given, or its path.

    Raises:
        ConfigError: AWS does not take the path as a name.
    """
    name = given or re.sub(r"-+", "-", re.sub(r"[^a-z0-9]", "-", construct.path.lower())).strip("-")
    if IDENTIFIER.complaint(name):
        raise ConfigError(
            f"{construct.path}: the name {name!r}, which comes from the path, is not possible: RDS takes 59 letters, digits and single "
            "hyphens, a letter first. Set identifier='...'."
        )
    return name


def isolated_subnets(construct: SecureConstruct, vpc: SecureVpc | DatabaseSubnets) -> list[str]:
    """The subnets without a route to the internet, in two zones or more.

    Raises:
        ConfigError: the VPC has not two of them.
    """
    if isinstance(vpc, DatabaseSubnets):
        return list(vpc.subnet_ids)
    subnets = vpc.isolated_subnet_ids
    if len(subnets) < 2:
        raise ConfigError(
            f"{construct.path}: vpc={vpc.path!r} has {len(subnets)} isolated subnets: RDS needs them in two zones, without a route to the "
            "internet. Add 'isolated' to the tiers of its VpcConfig, and use zones=2 or more."
        )
    return subnets


def subnet_group(construct: SecureConstruct, name: str, subnet_ids: list[str]) -> Resource:
    """The group of subnets that a database is in.

    Args:
        construct: the database.
        name: its name, unique in account and region.
        subnet_ids: as `isolated_subnets` gives them.
    """
    return Resource(
        construct,
        "subnets",
        "aws_db_subnet_group",
        name=name,
        description=f"{construct.path}: isolated subnets",
        subnet_ids=subnet_ids,
        tags=construct.config.tags or None,
    )


def rotate_password(construct: SecureConstruct, secret_arn: str, days: int) -> None:
    """Another rotation of the administrator's password than RDS's own, every seven days.

    Args:
        construct: the database.
        secret_arn: of the secret that RDS keeps.
        days: days between two rotations.

    Raises:
        ConfigError: the stack has an AWS provider before 6.
    """
    # Before, the provider could not write it in the apply that makes the secret.
    require_major(construct, 6, f"password_rotation_days={days}")
    Resource(
        construct,
        "password-rotation",
        "aws_secretsmanager_secret_rotation",
        secret_id=secret_arn,
        rotate_immediately=False,
        rotation_rules=[{"automatically_after_days": days}],
    )


def parameter_group(
    construct: SecureConstruct,
    type: str,
    family: str,
    fixed: tuple[Parameter, ...],
    more: Mapping[str, str],
    *,
    id: str = "parameters",
    about: str = "TLS required, logs",
) -> Resource:
    """A parameter group that requires TLS and logs.

    A new family makes a new group before the old one is deleted, which a database may still use.

    Args:
        construct: the database.
        type: `aws_db_parameter_group` or `aws_rds_cluster_parameter_group`.
        family: e.g. `postgres17`.
        fixed: parameters of the engine.
        more: parameters of the caller, which take effect at a restart, since some are static.
        id: its id within the construct.
        about: what it is for, for its description.
    """
    parameters = [
        {"name": one.name, "value": one.value, "apply_method": "pending-reboot" if one.static else "immediate"}
        for one in fixed
    ]
    parameters += [{"name": name, "value": value, "apply_method": "pending-reboot"} for name, value in more.items()]
    return Resource(
        construct,
        id,
        type,
        create_before_destroy=True,
        name_prefix=f"{re.sub('[^a-z0-9]+', '-', construct.path.lower())[:200]}-",
        family=family,
        description=f"{construct.path}: {about}",
        parameter=sorted(parameters, key=lambda one: one["name"]),
        tags=construct.config.tags or None,
    )


def log_groups(
    construct: SecureConstruct, key: SecureKey, names: Mapping[str, str], retention_days: int
) -> dict[str, SecureLogGroup]:
    """The groups of exported logs, made before the database, which would make them without a key and keep them forever.

    Args:
        construct: the database.
        key: what encrypts them.
        names: their names, by the role that each has in the construct.
        retention_days: how long events are kept.
    """
    tags = construct.config.tags
    return {
        role: SecureLogGroup(
            construct, role, LogGroupConfig(name=name, retention_in_days=retention_days, tags=tags), key=key
        )
        for role, name in names.items()
    }


def monitoring_role(construct: SecureConstruct) -> tuple[SecureRole, Resource]:
    """The role, and its permissions, by which Enhanced Monitoring writes the operating system's figures to CloudWatch Logs.

    docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
    """
    policy = f"arn:{construct.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    # AWS documents both conditions, with the databases of the account as the source.
    sources = (f"arn:{construct.partition}:rds:*:{construct.account_id}:*",)
    role = SecureRole(
        construct,
        "monitoring",
        RoleConfig(
            trust=ServiceTrust(service="monitoring.rds", source_arns=sources),
            description=f"{construct.path}: Enhanced Monitoring",
            tags=construct.config.tags,
        ),
    )
    attached = Resource(
        construct, "monitoring-policy", "aws_iam_role_policy_attachment", role=role.name, policy_arn=policy
    )
    return role, attached
