"""Constructs that are written to by methods, with these as settings, so that a module of theirs is complete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from constructs import Construct

from secureinfra.aws.cloudwatch_log_group import LOG_GROUP_NAME
from secureinfra.aws.iam_role import RoleConfig, SecureRole
from secureinfra.aws.iam_role_policy import ExistingRole, ExistingRoleConfig
from secureinfra.aws.peers import Peer
from secureinfra.aws.ports import Port
from secureinfra.aws.s3_log_bucket import LogBucket, LogBucketConfig
from secureinfra.aws.security_alarms import SecurityAlarms, SecurityAlarmsConfig
from secureinfra.aws.security_group import SecurityGroup, SecurityGroupConfig
from secureinfra.config import Config
from secureinfra.policy import Statement
from secureinfra.values import Cidr, Text, VpcId, between


class Opening(Config):
    """One permission of a group."""

    port: Annotated[int, between(0, 65535, "")]
    """TCP port, or the first of a range."""
    to_port: Annotated[int, between(0, 65535, "")] | None = None
    """Last port of a range."""
    protocol: str = "tcp"
    """`tcp` or `udp`."""
    cidr: Cidr | None = None
    """Network on the other side."""
    security_group_id: Text | None = None
    """Group on the other side."""
    prefix_list_id: Text | None = None
    """Prefix list on the other side."""
    internet: bool = False
    """Everybody is on the other side; ports 80 and 443 only."""
    name: Text | None = None
    """What the other side is called in addresses, so that these stay when its network changes."""
    description: str = ""
    """What for."""

    def problems(self) -> Iterator[str]:
        """One other side, no more and no less; a protocol that has ports."""
        sides = [self.cidr, self.security_group_id, self.prefix_list_id, self.internet or None]
        if len([side for side in sides if side is not None]) != 1:
            yield f"for port {self.port} needs one of cidr, security_group_id, prefix_list_id and internet: true."
        if self.protocol not in ("tcp", "udp"):
            yield f"protocol={self.protocol!r} is neither 'tcp' nor 'udp'."

    @property
    def its_port(self) -> Port:
        """The port, as rules take it."""
        return (Port.tcp if self.protocol == "tcp" else Port.udp)(self.port, self.to_port)

    @property
    def peer(self) -> Peer | str:
        """The other side, as rules take it."""
        name = self.name or ""
        if self.prefix_list_id:
            return Peer.prefix_list(self.prefix_list_id, name=name)
        if self.security_group_id:
            return Peer.security_group(self.security_group_id, name)
        return Peer.cidr(self.cidr or "", name)


class SecurityGroupModuleConfig(SecurityGroupConfig):
    """A group with its rules."""

    vpc_id: VpcId
    """Id of the VPC."""
    ingress: tuple[Opening, ...] = ()
    """Who may connect."""
    egress: tuple[Opening, ...] = ()
    """Where connections may go."""


class SecurityGroupModule(SecurityGroup):
    """A group that admits nothing and lets nothing out but what its rules say.

    Creates the group, and one described rule for each permission. Ports of administration and databases never open to
    the internet.
    """

    config: SecurityGroupModuleConfig

    def __init__(self, scope: Construct, id: str, config: SecurityGroupModuleConfig) -> None:
        super().__init__(scope, id, config, vpc_id=config.vpc_id)
        for opening in config.ingress:
            if opening.internet:
                self.allow_from_internet(opening.its_port, opening.description)
            else:
                self.allow_from(opening.peer, opening.its_port, opening.description)
        for opening in config.egress:
            if opening.internet:
                self.allow_to_internet(opening.its_port, opening.description)
            else:
                self.allow_to(opening.peer, opening.its_port, opening.description)


class LogBucketModuleConfig(LogBucketConfig):
    """A log bucket with the services that write to it."""

    receives: tuple[Literal["access-logs", "load-balancer-logs", "flow-logs", "config"], ...] = ("access-logs",)
    """Whose logs it takes: S3 access logs, logs of load balancers, flow logs of VPCs, AWS Config."""


class LogBucketModule(LogBucket):
    """A private bucket that AWS services write logs to, each under its own condition.

    Creates the bucket with its settings and policy, which lets in the services that its settings name.
    """

    config: LogBucketModuleConfig

    def __init__(self, scope: Construct, id: str, config: LogBucketModuleConfig = LogBucketModuleConfig()) -> None:
        super().__init__(scope, id, config)
        allow = {
            "access-logs": self.allow_access_logs,
            "load-balancer-logs": self.allow_load_balancer_logs,
            "flow-logs": self.allow_flow_logs,
            "config": self.allow_config,
        }
        for service in dict.fromkeys(config.receives):
            allow[service]()


class RoleModuleConfig(RoleConfig):
    """A role with what it may do."""

    statements: tuple[Statement, ...] = ()
    """What it may do: actions, resources and conditions of each statement."""


class RoleModule(SecureRole):
    """A role that only those named may take on, and that may do only what its statements say.

    Creates the role, its inline policy, attachments and an instance profile on request. Statements that are too broad,
    or by which the role could widen itself, are refused when the module is made.
    """

    config: RoleModuleConfig

    def __init__(self, scope: Construct, id: str, config: RoleModuleConfig) -> None:
        super().__init__(scope, id, config)
        for statement in config.statements:
            self.allow(statement)


class PermissionsModuleConfig(ExistingRoleConfig):
    """What a role that exists may do."""

    statements: tuple[Statement, ...]
    """What it may do: actions, resources and conditions of each statement."""


class PermissionsModule(ExistingRole):
    """An inline policy of least privilege on a role that exists.

    Creates the policy. Trust, session and boundary of the role stay as they are. Statements that are too broad are
    refused when the module is made.
    """

    config: PermissionsModuleConfig

    def __init__(self, scope: Construct, id: str, config: PermissionsModuleConfig) -> None:
        super().__init__(scope, id, config)
        for statement in config.statements:
            self.allow(statement)


class AlarmsModuleConfig(SecurityAlarmsConfig):
    """Alarms on a log group."""

    log_group_name: Annotated[Text, LOG_GROUP_NAME]
    """Name of the log group that the trail delivers to."""


class AlarmsModule(SecurityAlarms):
    """A metric filter and an alarm for each monitoring item of the CIS benchmark, and a topic that pages.

    Creates the filters on the trail's log group, the alarms, and an encrypted topic. Filter, metric and alarm share a
    name, by which scanners link them.
    """

    config: AlarmsModuleConfig

    def __init__(self, scope: Construct, id: str, config: AlarmsModuleConfig) -> None:
        super().__init__(scope, id, config, log_group=config.log_group_name)
