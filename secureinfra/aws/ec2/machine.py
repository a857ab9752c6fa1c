"""What instances of fleets and single ones have alike: role, sessions, metadata, encrypted root volume, user data, targets."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any, cast

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, SecureLogGroup
from secureinfra.aws.ec2.sessions import allow_agent, session_document
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.network_balancer import NetworkLoadBalancer
from secureinfra.aws.lb.network_target import NetworkTargetConfig
from secureinfra.aws.lb.target_group import TargetConfig
from secureinfra.aws.security_group.group import HasConnections
from secureinfra.config.rules import is_token
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.errors import ConfigError

METADATA_OPTIONS = {
    "http_endpoint": "enabled",
    "http_tokens": "required",
    "http_put_response_hop_limit": 1,
    "instance_metadata_tags": "disabled",
}
"""IMDSv2 that ends on the instance: no container and no forwarded request reads the role's credentials."""


@dataclass(frozen=True)
class Access:
    """What an instance runs as, and how people reach it.

    Args:
        role: its role, with an instance profile.
        document: what sessions are started with.
        log_group: where sessions are recorded.
    """

    role: SecureRole
    document: Resource
    log_group: SecureLogGroup


def give_access(owner: SecureConstruct, name: str, key: SecureKey, idle_minutes: int) -> Access:
    """The role of instances with the rights of Session Manager's agent and no others, and sessions that are recorded.

    Args:
        owner: the construct of the instances.
        name: name of the session document.
        key: encrypts sessions and their log.
        idle_minutes: when an idle session ends.
    """
    tags: dict[str, str] = owner.config.tags
    log_group = SecureLogGroup(owner, "sessions", LogGroupConfig(tags=tags), key=key)
    trust = ServiceTrust(service="ec2")
    role = SecureRole(owner, "role", RoleConfig(trust=trust, instance_profile=True, tags=tags))
    allow_agent(owner, role, key, log_group)
    return Access(role, session_document(owner, name[:128], key, log_group, idle_minutes), log_group)


def root_volume(key: SecureKey, size_gib: int) -> dict[str, Any]:
    """The root volume, under a customer key, gone with its instance.

    Args:
        key: encrypts it.
        size_gib: its size.
    """
    return {
        "encrypted": True,
        "kms_key_id": key.arn,
        "volume_type": "gp3",
        "volume_size": size_gib,
        "delete_on_termination": True,
    }


def encoded(text: str | None) -> str | None:
    """User data as AWS takes it; Terraform encodes what only it knows.

    Args:
        text: the script.
    """
    if text is None:
        return None
    if is_token(text):
        return f"${{base64encode({json.dumps(text)})}}"
    return base64.b64encode(text.encode()).decode()


def require_role(path: str, grantee: Grantee) -> None:
    """Refuse to grant sessions to anything but a role of the configuration.

    Args:
        path: the construct's.
        grantee: who is to open sessions.
    """
    principal_of(grantee, path)
    if isinstance(grantee, str):
        raise ConfigError(
            f"{path}: grant_session({grantee!r}) cannot be written: instances have no policy of their own. Pass a SecureRole."
        )


def add_target(
    path: str,
    whose: str,
    load_balancer: SecureLoadBalancer | NetworkLoadBalancer,
    name: str,
    config: TargetConfig | NetworkTargetConfig,
    group: HasConnections,
) -> Resource:
    """A target group of a load balancer in which instances are registered.

    Args:
        path: the construct's.
        whose: what registers instances, for the error: `an Auto Scaling group registers instances`.
        load_balancer: in the same network.
        name: name of the target.
        config: its port and which requests it gets.
        group: what has the instances' security group.
    """
    config = config.require(path)
    if config.target_type != "instance":
        raise ConfigError(
            f"{path}: listen({name!r}) with target_type={config.target_type!r} would register nothing: {whose}. "
            "Write target_type='instance'."
        )
    # Each kind of load balancer refuses the other's configuration.
    return load_balancer.add_target(name, cast(Any, config), group=group)
