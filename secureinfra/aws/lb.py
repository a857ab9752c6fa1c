"""Application load balancer: TLS 1.2 and newer, logged, guarded, and connected to nothing but its targets."""

from __future__ import annotations

import zlib
from typing import Any

from constructs import Construct

from secureinfra.aws.cloudfront_region import known_region
from secureinfra.aws.connections import Connections, HasConnections
from secureinfra.aws.lb_certificate import certificate_arn, demand_certificate, refuse_elsewhere
from secureinfra.aws.lb_config import LoadBalancerConfig
from secureinfra.aws.lb_listener import listen_over_tls, redirect_to_tls
from secureinfra.aws.lb_network_acl import let_through
from secureinfra.aws.lb_target_group import TARGET_NAME, TargetConfig, forward, make_target_group
from secureinfra.aws.peers import Peer, peer_of
from secureinfra.aws.ports import Port
from secureinfra.aws.s3_log_bucket import LogBucket
from secureinfra.aws.security_group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.vpc import SecureVpc
from secureinfra.aws.wafv2_association import HasArn
from secureinfra.aws.wafv2_web_acl import WebAcl
from secureinfra.config import refused
from secureinfra.controls import load_balancer as controls
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.waiver import Waiver

_LONGEST_NAME = 32


class SecureLoadBalancer(SecureConstruct):
    """A load balancer that speaks TLS only, tells every request to a bucket, and reaches only what it was given.

    Creates the load balancer in the VPC's private subnets, or in the public ones if it faces the internet; a listener on
    port 443 that answers 404 to what no target's rule fits, and one on port 80 that redirects there; and a security group
    of its own. `add_target` adds a target group, its rule, and the security-group rules on both sides. Access and
    connection logs go to the stack's shared bucket for logs, or to a given one; never under a KMS key, which AWS cannot
    deliver to. One that faces the internet needs a web ACL, at the latest at synthesis. The response headers need
    provider 5.84 or newer. About 20 USD a month, and 6 for each unit of capacity in use.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        vpc: where it stands, with public or private subnets in two zones or more.
        certificate: for port 443: an ARN, or an object with `arn`, of the same region.
        log_bucket: bucket for the logs, without a key and of the same region; by default the stack's shared one.
        web_acl: what guards it, as `WebAcl.associate` does.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused; at synthesis, certificate or bucket is of another region.
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
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.vpc = vpc
        self.log_bucket = log_bucket or LogBucket.shared(self)
        self.log_bucket.allow_load_balancer_logs(config.log_prefix or "")
        self.target_groups: dict[str, Resource] = {}
        self._certificates = [certificate]
        self._places: dict[float | str, str] = {}
        self._opened: set[tuple[str, Port]] = set()
        arn = certificate_arn(self.path, certificate)
        subnets = self._subnets()
        about = SecurityGroupConfig(description=f"{self.path}: load balancer", tags=config.tags)
        self.security_group = SecurityGroup(self, "group", about, vpc=vpc)
        self.load_balancer = self._make(subnets)
        self.listener = listen_over_tls(self, self.load_balancer, config, arn)
        demand_certificate(self.listener, arn)
        self._ports = [Port.HTTPS]
        if config.http_redirected:
            self._ports.append(Port.HTTP)
            redirect_to_tls(self, self.load_balancer, config)
        self._admit()
        if web_acl is not None:
            web_acl.associate(self)

    @property
    def arn(self) -> str:
        """Reference to its ARN, by which a web ACL guards it."""
        return self.load_balancer.ref("arn")

    @property
    def dns_name(self) -> str:
        """Reference to the name under which AWS serves it, for alias records."""
        return self.load_balancer.ref("dns_name")

    @property
    def zone_id(self) -> str:
        """Reference to the hosted zone of `dns_name`, for alias records."""
        return self.load_balancer.ref("zone_id")

    @property
    def connections(self) -> Connections:
        """Rules on both sides, from and to its security group."""
        return self.security_group.connections

    def target_group_arn(self, name: str) -> str:
        """Reference to a target group, which an ECS service or an Auto Scaling group registers in.

        Args:
            name: as given to `add_target`.

        Raises:
            ConfigError: there is no such target.
        """
        if name not in self.target_groups:
            known = ", ".join(self.target_groups) or "none"
            raise ConfigError(f"{self.path}: it has no target {name!r}. It has: {known}.")
        return self.target_groups[name].ref("arn")

    def add_target(self, name: str, config: TargetConfig, *, group: HasConnections | Peer | str) -> Resource:
        """Send requests to a target.

        Args:
            name: what it is called; part of addresses.
            config: where it listens, and which requests it gets.
            group: what has the targets' security group; the load balancer is let in there, and may reach nothing else.

        Raises:
            ConfigError: a value is refused, or another target has the name or the priority.
        """
        if refused(config):
            raise config._secureinfra_error(self.path)
        if complaint := TARGET_NAME.complaint(name):
            raise ConfigError(f"{self.path}: add_target({name!r}) {complaint}.")
        if name in self.target_groups:
            raise ConfigError(
                f"{self.path}: add_target({name!r}) is the second of this name. Call one of them otherwise."
            )
        if (other := self._places.setdefault(config.place, name)) != name:
            raise ConfigError(
                f"{self.path}: add_target({name!r}) has priority={config.place}, as {other!r} has: AWS takes each once. Set "
                "another one; the lowest is asked first."
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
        """Serve further domains; which certificate is shown, the client's server name decides.

        Args:
            name: what it is called; part of the address.
            certificate: an ARN, or an object with `arn`, of the same region.

        Raises:
            ConfigError: it is no certificate, or the name is taken.
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
        """Admit a group, a network or a prefix list to its listeners.

        For a network outside of the VPC, the ACL of an internal one's subnets lets it through too; a prefix list it cannot name.

        Args:
            peer: as in `SecurityGroup.allow_from`; rules are written on both sides.
            description: what for.
            waiver: as in `SecurityGroup.allow_from`.

        Raises:
            ConfigError: the peer cannot be told, or is admitted already.
            ControlError: it is the internet, or a large part of it.
        """
        for port in self._ports:
            self.connections.allow_from(peer, port, description, waiver=waiver)
        if self.config.internal:
            let_through(self, self.vpc, peer_of(peer, self.path), self._ports)

    def document(self) -> dict[str, Any]:
        """As every construct's, once certificate and bucket are of its region, and a web ACL guards what faces the internet."""
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
            # AWS tries the bucket when the logs are turned on, and makes none that faces the internet before there is a way.
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

    def _derived_name(self) -> str:
        name = self.path.replace("/", "-").replace("_", "-").strip("-")
        if len(name) > _LONGEST_NAME or name.startswith("internal-"):
            # The end tells it from others whose paths begin alike.
            name = f"lb-{name[:20].strip('-')}-{zlib.crc32(self.path.encode()):08x}"
        return name

    def _subnets(self) -> list[str]:
        tier = "private" if self.config.internal else "public"
        subnets = self.vpc.private_subnet_ids if self.config.internal else self.vpc.public_subnet_ids
        if len(subnets) < 2:
            raise ConfigError(
                f"{self.path}: internal={self.config.internal} needs {tier} subnets in two zones or more, and "
                f"{self.vpc.path} has {len(subnets)}: AWS refuses fewer. Add them to its VpcConfig (tiers, zones)."
            )
        if self.config.ip_address_type == "dualstack" and not self.vpc.config.ipv6:
            raise ConfigError(
                f"{self.path}: ip_address_type='dualstack' needs subnets with IPv6, which {self.vpc.path} has not. Set "
                "VpcConfig(ipv6=True), or leave it out."
            )
        return subnets

    def _admit(self) -> None:
        if not self.config.internal and self.config.clients == "internet":
            for port in self._ports:
                self.connections.allow_from_internet(port, ipv6=self.config.ip_address_type == "dualstack")
        if self.config.authentication is not None:
            # It fetches tokens itself: repost.aws/knowledge-center/elb-configure-authentication-alb.
            self.connections.allow_to_internet(Port.HTTPS, "sign-in at the identity provider")

    def _connect(self, group: HasConnections | Peer | str, port: Port) -> None:
        """Rules to a group once, however many targets share it and a port."""
        whose = group.connections.group.path if isinstance(group, HasConnections) else str(group)
        if (whose, port) not in self._opened:
            self._opened.add((whose, port))
            self.connections.allow_to(group, port)

    def _guarded(self) -> bool:
        return any(
            isinstance(one, Resource)
            and one.type == "aws_wafv2_web_acl_association"
            and str(one.attributes.get("resource_arn")) == str(self.arn)
            for construct in self.stack_state.constructs
            for one in construct.resources.values()
        )

    def _refuse_bucket_elsewhere(self) -> None:
        own, its = known_region(self), known_region(self.log_bucket)
        if own and its and own != its:
            raise ConfigError(
                f"{self.path}: log_bucket={self.log_bucket.path!r} is in {its!r}, the load balancer in {own!r}: AWS delivers to "
                "the same region only. Give both the same provider."
            )
