"""Application load balancer: TLS 1.2 and newer, logged, protected by a web ACL, and connected only to its targets."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.aws.lb.certificate import certificate_arn, demand_certificate, refuse_elsewhere
from secureinfra.aws.lb.config import LoadBalancerConfig
from secureinfra.aws.lb.listener import listen_over_tls, redirect_to_tls
from secureinfra.aws.lb.network_acl import let_through
from secureinfra.aws.lb.parts import LoadBalancerParts
from secureinfra.aws.lb.target_group import TARGET_NAME, TargetConfig, forward, make_target_group
from secureinfra.aws.s3.let_go import let_go_of_access_logs
from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.security_group.group import (
    HasConnections,
    SecurityGroup,
    SecurityGroupConfig,
    peer_of,
)
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.vpc.cidr_plan import slot
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.aws.wafv2.web_acl import WebAcl
from secureinfra.config.rules import is_token
from secureinfra.config.waiver import Waiver
from secureinfra.controls.lb import balancer as controls
from secureinfra.declared.declares import declares
from secureinfra.engine import HasArn, Resource
from secureinfra.engine.arguments import expected
from secureinfra.errors import ConfigError

__all__ = ["SecureLoadBalancer"]

_LONGEST_PREFIX = 27


@declares(within="web-application", page="balancer")
class SecureLoadBalancer(LoadBalancerParts):
    """A load balancer that serves TLS only, logs every request to a bucket, and can connect only to its targets.

    Creates the load balancer in the VPC's private subnets, or in the public ones if it faces the internet; a listener
    on port 443 that returns 404 if no target's rule matches, and one on port 80 that redirects to it; and its own
    security group. `add_target` adds a target group, its rule, and the security-group rules on both sides. Access and
    connection logs go to the stack's shared bucket for logs, or to a given one; never under a KMS key, which AWS cannot
    deliver to. An internet-facing one must have a web ACL by synthesis. About 20 USD a month, and 6 USD for each capacity unit in use.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        vpc: its network, with public or private subnets in two zones or more.
        certificate: for port 443: an ARN, or an object with `arn`, of the same region.
        log_bucket: bucket for the logs, without a key and of the same region; by default the stack's shared one.
        web_acl: the web ACL that protects it, as with `WebAcl.associate`.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused; the subnets are too small; at synthesis, certificate or bucket is in another region.
        ControlError: it faces the internet without a waiver, or, at synthesis, without a web ACL.

    Example:
        `balancer.add_target("orders", TargetConfig(port=8443), group=service)`
    """

    config: LoadBalancerConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: LoadBalancerConfig = LoadBalancerConfig(),
        *,
        vpc: SecureVpc,
        certificate: HasArn | str,
        log_bucket: LogBucket | None = None,
        web_acl: WebAcl | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.vpc = vpc
        if log_bucket is not None:
            let_go_of_access_logs(self)
        self.log_bucket = log_bucket or LogBucket.shared(self)
        self.log_bucket.allow_load_balancer_logs(config.log_prefix or "")
        self.target_groups: dict[str, Resource] = {}
        self._certificates = [certificate]
        self._places: dict[float | str, str] = {}
        arn = certificate_arn(self.path, certificate)
        subnets = self._subnets()
        about = SecurityGroupConfig(description=f"{self.path}: load balancer", tags=config.tags)
        self.security_group = SecurityGroup(self, "group", about, vpc=vpc)
        self.load_balancer = self._make(subnets)
        self._demand_large_subnets()
        self.listener = listen_over_tls(self, self.load_balancer, config, arn)
        demand_certificate(self.listener, arn)
        self._ports = [Port.HTTPS]
        if config.http_redirected:
            self._ports.append(Port.HTTP)
            redirect_to_tls(self, self.load_balancer, config)
        self._admit()
        if web_acl is not None:
            web_acl.associate(self)

    def add_target(self, name: str, config: TargetConfig, *, group: HasConnections | Peer | str) -> Resource:
        """Send requests to a target.

        Args:
            name: its name; part of addresses.
            config: its port, and which requests it gets.
            group: what has the targets' security group; the load balancer may connect to it, and to nothing else.

        Raises:
            ConfigError: a value is refused, or another target has the name or the priority.
        """
        config = config.require(self.path)
        expected(f"{self.path}: add_target({name!r})", "config", config, TargetConfig)
        if complaint := TARGET_NAME.complaint(name):
            raise ConfigError(f"{self.path}: add_target({name!r}) {complaint}.")
        if name in self.target_groups:
            raise ConfigError(f"{self.path}: add_target({name!r}) is already called with this name. Use another name.")
        if (other := self._places.setdefault(config.place, name)) != name:
            raise ConfigError(
                f"{self.path}: add_target({name!r}) has priority={config.place}, as {other!r} has: AWS accepts each once. Set "
                "another one; the lowest is evaluated first."
            )
        sign_in = self.config.authentication
        first = sign_in.action() if sign_in is not None and config.authenticated else None
        target = make_target_group(self, name, config, self.vpc.vpc_id)
        forward(self, name, config, self.listener, target, first)
        for port in config.ports(name):
            self._connect(group, port)
        self.target_groups[name] = target
        return target

    def add_certificate(self, name: str, certificate: HasArn | str) -> None:
        """Serve additional domains; the client's server name (SNI) selects the certificate.

        Args:
            name: its name; part of the address.
            certificate: an ARN, or an object with `arn`, of the same region.

        Raises:
            ConfigError: it is not a certificate, or the name is taken.
        """
        arn = certificate_arn(self.path, certificate)
        extra = Resource(
            self,
            f"certificate-{name}",
            "aws_lb_listener_certificate",
            listener_arn=self.listener.ref("arn"),
            certificate_arn=arn,
        )
        demand_certificate(extra, arn)
        self._certificates.append(certificate)

    def allow_from(
        self, peer: HasConnections | Peer | str, description: str = "", *, waiver: Waiver | None = None
    ) -> None:
        """Allow a group, a network or a prefix list to reach its listeners.

        For a network outside the VPC, the network ACL of an internal load balancer's subnets allows it too; an ACL
        cannot name a prefix list. A prefix list reaches port 443 only, without the redirect from port 80: a rule counts as
        many times as its list has entries, and CloudFront's 55 fit once into the 60 rules of a group.

        Args:
            peer: as in `SecurityGroup.allow_from`; rules are written on both sides.
            description: its purpose.
            waiver: as in `SecurityGroup.allow_from`.

        Raises:
            ConfigError: the kind of peer is unclear, or the peer is already allowed.
            ControlError: it is the internet, or a large part of it.
        """
        known = peer_of(peer, self.path)
        # docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html (weight of a list)
        for port in self._ports if known.kind != "prefix_list_id" else [Port.HTTPS]:
            self.connections.allow_from(peer, port, description, waiver=waiver)
        if self.config.internal:
            let_through(self, self.vpc, known, self._ports)

    def document(self) -> dict[str, Any]:
        """Like every construct's, after checking the regions of certificate and bucket, and the web ACL if internet-facing."""
        for certificate in self._certificates:
            refuse_elsewhere(self, certificate)
        self._refuse_bucket_elsewhere()
        if not self.config.internal and not self._guarded():
            self.require(controls.WEB_ACL, self.config.waiver(controls.WEB_ACL.id), "internal=False without a web ACL")
        return super().document()

    def _make(self, subnets: list[str]) -> Resource:
        config = self.config
        logs = {"bucket": self.log_bucket.bucket_id, "prefix": config.log_prefix, "enabled": True}
        gateway = None if config.internal else self.vpc.internet_gateway
        before = [self.log_bucket.bucket_policy, *([gateway] if gateway else [])]
        return Resource(
            self,
            "balancer",
            "aws_lb",
            protect=config.protect,
            # AWS tests the bucket when logs are enabled, and creates an internet-facing one only if there is an
            # internet gateway.
            depends_on=[one for one in before if one.owner.stack_state is self.stack_state],
            name=config.name or self._derived_name(),
            load_balancer_type="application",
            internal=config.internal,
            ip_address_type=config.ip_address_type,
            subnets=subnets,
            security_groups=[self.security_group.security_group_id],
            drop_invalid_header_fields=True,
            desync_mitigation_mode=config.desync_mitigation_mode,
            enable_deletion_protection=lambda: config.protect and self.stack_state.protects,
            idle_timeout=config.idle_timeout_seconds,
            access_logs=logs,
            connection_logs=logs,
            tags={"Name": self.path, **config.tags},
        )

    def _subnets(self) -> list[str]:
        config = self.config
        tier = "private" if config.internal else "public"
        subnets = self.vpc.private_subnet_ids if config.internal else self.vpc.public_subnet_ids
        dualstack = config.ip_address_type == "dualstack"
        return self._subnets_in(tier, subnets, f"internal={config.internal}", dualstack=dualstack)

    def _demand_large_subnets(self) -> None:
        """AWS asks for a /27 or larger: docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html."""
        tier, config = "private" if self.config.internal else "public", self.vpc.config
        widest = _LONGEST_PREFIX - slot(tier, "a", config.reserved_zones).newbits
        message = (
            f"{self.vpc.path} must be a /{widest} or larger: AWS places load balancers in subnets of /{_LONGEST_PREFIX} or "
            f"larger, and its {tier} ones would be smaller"
        )
        for value, length in (
            (config.cidr, 'tonumber(element(split("/", {value}), 1))'),
            (config.netmask_length, "{value}"),
        ):
            if value is not None and is_token(value):
                self.load_balancer.demand("subnet_size", value, f"{length} <= {widest}", message)
            elif value is not None and int(str(value).rpartition("/")[2]) > widest:
                raise ConfigError(f"{self.path}: {message}.")

    def _admit(self) -> None:
        if not self.config.internal and self.config.clients == "internet":
            for port in self._ports:
                self.connections.allow_from_internet(port, ipv6=self.config.ip_address_type == "dualstack")
        if self.config.authentication is not None:
            # The load balancer fetches tokens itself: repost.aws/knowledge-center/elb-configure-authentication-alb.
            self.connections.allow_to_internet(Port.HTTPS, "sign-in at the identity provider")

    def _guarded(self) -> bool:
        return any(
            isinstance(one, Resource)
            and one.type == "aws_wafv2_web_acl_association"
            and str(one.attributes.get("resource_arn")) == str(self.arn)
            for construct in self.stack_state.constructs
            for one in construct.resources.values()
        )
