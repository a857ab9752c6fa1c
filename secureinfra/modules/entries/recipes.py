"""Constructs that are configured by methods, with settings instead, so that their modules are complete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, cast

from constructs import Construct

from secureinfra.aws.api_gateway.config import RestApiConfig
from secureinfra.aws.api_gateway.rest_api import RestApi
from secureinfra.aws.cloudwatch.log_group import LOG_GROUP_NAME
from secureinfra.aws.db.config import DatabaseConfig
from secureinfra.aws.db.instance import Database
from secureinfra.aws.db.subnets import DatabaseSubnets
from secureinfra.aws.detection.security_alarms import SecurityAlarms, SecurityAlarmsConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.role_policy import ExistingRole, ExistingRoleConfig
from secureinfra.aws.lambda_.function import Function
from secureinfra.aws.lambda_.permission import allow_service
from secureinfra.aws.rds.cluster import DatabaseCluster
from secureinfra.aws.rds.config import DatabaseClusterConfig
from secureinfra.aws.route53.resolver_firewall_rule_group import DnsFirewall, DnsFirewallConfig
from secureinfra.aws.route53.zone import Zone, ZoneConfig
from secureinfra.aws.s3.log_bucket import LogBucket, LogBucketConfig
from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import TOKEN, Arn, Cidr, Text, VpcId
from secureinfra.engine import AwsProvider, Resource, SecureConstruct
from secureinfra.facts.edge_region import EDGE_REGION
from secureinfra.policy import Statement

_SUBNET_ID = matches(r"subnet-([0-9a-f]{8}|[0-9a-f]{17})", "is not a subnet id", example="subnet-0a1b2c3d4e5f60718")
SubnetId = Annotated[str, TOKEN, _SUBNET_ID]


class Opening(Config):
    """One rule of a group."""

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
    """The internet is on the other side; ports 80 and 443 only."""
    name: Text | None = None
    """Name of the other side in addresses, so that they stay the same if its network changes."""
    description: str = ""
    """Purpose of the rule."""

    def problems(self) -> Iterator[Problem]:
        """Exactly one other side; a protocol with ports."""
        sides = [self.cidr, self.security_group_id, self.prefix_list_id, self.internet or None]
        if len([side for side in sides if side is not None]) != 1:
            what = f"for port {self.port} needs one of cidr, security_group_id, prefix_list_id and internet"
            yield Problem((), what)
        if self.protocol not in ("tcp", "udp"):
            yield Problem("protocol", "is neither 'tcp' nor 'udp'")

    @property
    def its_port(self) -> Port:
        """The port, as rules accept it."""
        return (Port.tcp if self.protocol == "tcp" else Port.udp)(self.port, self.to_port)

    @property
    def peer(self) -> Peer | str:
        """The other side, as rules accept it."""
        name = self.name or ""
        if self.prefix_list_id:
            return Peer.prefix_list(self.prefix_list_id, name=name)
        if self.security_group_id:
            return Peer.security_group(self.security_group_id, name)
        return Peer.cidr(self.cidr or "", name)


class SecurityGroupModuleConfig(SecurityGroupConfig):
    """A group with its rules."""

    vpc_id: VpcId
    """Id of the VPC. Another one replaces the group."""
    ingress: tuple[Opening, ...] = ()
    """Allowed inbound connections."""
    egress: tuple[Opening, ...] = ()
    """Allowed outbound connections."""


class SecurityGroupModule(SecurityGroup):
    """A security group that allows no traffic except what its rules allow.

    Creates the group and one described rule for each permission. Administration and database ports are never open to
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


class RestMethod(Config):
    """One method of a REST API; its callers are principals of IAM."""

    method: Literal["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    """Its verb."""
    path: Text
    """Its path, e.g. `/orders/{id}`."""
    function_arn: Arn
    """ARN of the function that answers. Another one replaces its permission."""


class _FunctionOf:
    """A function that is known by its ARN, as methods of an API take one."""

    def __init__(self, owner: SecureConstruct, arn: str) -> None:
        self._owner, self._arn = owner, arn

    @property
    def invoke_arn(self) -> str:
        """The address that API Gateway invokes it by."""
        here = f"arn:{self._owner.partition}:apigateway:{self._owner.region}"
        return f"{here}:lambda:path/2015-03-31/functions/{self._arn}/invocations"

    def allow_invoke_from(self, service: str, source_arn: str, *, id: str | None = None) -> Resource:
        """Let a service invoke it for one source."""
        return allow_service(self._owner, self._arn, service, source_arn, id, "lambda:InvokeFunction")


class RestApiModuleConfig(RestApiConfig):
    """A REST API with its methods."""

    methods: tuple[RestMethod, ...]
    """Its methods."""
    web_acl_arn: Arn | None = None
    """Web ACL that protects a public one."""


class RestApiModule(RestApi):
    """A REST API whose callers are principals of IAM, that a web ACL or private endpoints stand before.

    Creates the API with its methods, its stage with limits, tracing and logs, and the deployment, which is made again whenever
    anything that it consists of changes. The region needs the role by which API Gateway writes logs.
    """

    config: RestApiModuleConfig

    def __init__(self, scope: Construct, id: str, config: RestApiModuleConfig) -> None:
        super().__init__(scope, id, config)
        for one in config.methods:
            self.add_method(
                one.method, one.path, cast(Function, _FunctionOf(self, one.function_arn)), authorizer=self.iam
            )
        if config.web_acl_arn is not None:
            arn = config.web_acl_arn
            Resource(self, "guard", "aws_wafv2_web_acl_association", resource_arn=self.arn, web_acl_arn=arn)


class DatabaseModuleConfig(DatabaseConfig):
    """A database and where it goes."""

    vpc_id: VpcId
    """Id of the VPC. Another one replaces its security group."""
    subnet_ids: tuple[SubnetId, ...]
    """Ids of subnets in two zones or more, without a route to the internet."""


class DatabaseModule(Database):
    """A database in subnets of its own that takes TLS connections from named security groups only.

    Creates the instance with a standby in another zone, its groups, log groups, the role for Enhanced Monitoring, and a key.
    RDS generates the administrator's password, keeps it in Secrets Manager under the key and rotates it.
    """

    config: DatabaseModuleConfig

    def __init__(self, scope: Construct, id: str, config: DatabaseModuleConfig) -> None:
        super().__init__(scope, id, config, vpc=DatabaseSubnets(config.vpc_id, config.subnet_ids))


class DatabaseClusterModuleConfig(DatabaseClusterConfig):
    """A cluster and where it goes."""

    vpc_id: VpcId
    """Id of the VPC. Another one replaces its security group."""
    subnet_ids: tuple[SubnetId, ...]
    """Ids of subnets in two zones or more, without a route to the internet."""


class DatabaseClusterModule(DatabaseCluster):
    """An Aurora cluster in subnets of its own that takes TLS connections from named security groups only.

    Creates the cluster with its instances, its groups, log groups, the role for Enhanced Monitoring, and a key. RDS generates
    the administrator's password, keeps it in Secrets Manager under the key and rotates it.
    """

    config: DatabaseClusterModuleConfig

    def __init__(self, scope: Construct, id: str, config: DatabaseClusterModuleConfig) -> None:
        super().__init__(scope, id, config, vpc=DatabaseSubnets(config.vpc_id, config.subnet_ids))


class _Beside(SecureConstruct):
    """A construct without resources, from which a provider is asked for."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, Config())


class ZoneModule(Zone):
    """A public hosted zone that is signed (DNSSEC) and whose queries are logged.

    Creates the zone, the key that signs it, and the log group of its queries under a key of its own, all with a provider of
    us-east-1, where Route 53 wants the keys and the log group.
    """

    def __init__(self, scope: Construct, id: str, config: ZoneConfig) -> None:
        edge = AwsProvider.for_region(_Beside(scope, "edge"), EDGE_REGION)
        super().__init__(scope, id, config, provider=edge)


class DnsFirewallModuleConfig(DnsFirewallConfig):
    """A DNS firewall and its VPC."""

    vpc_id: VpcId
    """Id of the VPC whose queries it answers. Another one replaces the association."""


class DnsFirewallModule(DnsFirewall):
    """A DNS firewall that answers queries of a VPC for named domains and for names of AWS only.

    Creates the rule group with its domain lists and rules, its association with the VPC, and the setting that queries are
    refused while the firewall cannot be reached.
    """

    config: DnsFirewallModuleConfig

    def __init__(self, scope: Construct, id: str, config: DnsFirewallModuleConfig) -> None:
        super().__init__(scope, id, config, vpc_id=config.vpc_id)


class LogBucketModuleConfig(LogBucketConfig):
    """A log bucket with the services that write to it."""

    receives: tuple[Literal["access-logs", "load-balancer-logs", "flow-logs", "config"], ...] = ("access-logs",)
    """Logs it accepts: S3 access logs, load balancer logs, VPC flow logs, AWS Config. With the latter two alone it has a bucket for its
    own access log, which the first two destroy: AWS refuses that while it holds logs."""


class LogBucketModule(LogBucket):
    """A private bucket that AWS services write logs to, each under its own condition.

    Creates the bucket with its settings and policy, which allows the services named in its settings.
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
    """A role and its permissions."""

    statements: tuple[Statement, ...] = ()
    """Its permissions: actions, resources and conditions of each statement."""


class RoleModule(SecureRole):
    """A role that only the named principals can assume, with only the permissions of its statements.

    Creates the role, its inline policy, attachments and an instance profile on request. Statements that are too broad,
    or that would let the role escalate its privileges, are refused when the module is generated.
    """

    config: RoleModuleConfig

    def __init__(self, scope: Construct, id: str, config: RoleModuleConfig) -> None:
        super().__init__(scope, id, config)
        for statement in config.statements:
            self.allow(statement)


class PermissionsModuleConfig(ExistingRoleConfig):
    """Permissions of an existing role."""

    statements: tuple[Statement, ...]
    """Its permissions: actions, resources and conditions of each statement."""


class PermissionsModule(ExistingRole):
    """A least-privilege inline policy on an existing role.

    Creates the policy. Trust policy, session duration and boundary of the role are unchanged. Statements that are too broad are
    refused when the module is generated.
    """

    config: PermissionsModuleConfig

    def __init__(self, scope: Construct, id: str, config: PermissionsModuleConfig) -> None:
        super().__init__(scope, id, config)
        for statement in config.statements:
            self.allow(statement)


class AlarmsModuleConfig(SecurityAlarmsConfig):
    """Alarms on a log group."""

    log_group_name: Annotated[Text, LOG_GROUP_NAME]
    """Name of the log group that the trail delivers to. Another one replaces the metric filters."""


class AlarmsModule(SecurityAlarms):
    """A metric filter and an alarm for each monitoring item of the CIS benchmark, and a topic for notifications.

    Creates the filters on the trail's log group, the alarms, and an encrypted topic. Filter, metric and alarm share a
    name, so that scanners can match them.
    """

    config: AlarmsModuleConfig

    def __init__(self, scope: Construct, id: str, config: AlarmsModuleConfig) -> None:
        super().__init__(scope, id, config, log_group=config.log_group_name)
