"""Network load balancer: internal, with a security group from the start, reached by named callers, connected to its targets."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.balancer_target import attach, forward_to, make_balancer_target, ports_of
from secureinfra.aws.lb.certificate import certificate_arn, demand_certificate, refuse_elsewhere
from secureinfra.aws.lb.endpoint_service import serve_endpoints
from secureinfra.aws.lb.network_acl import let_through
from secureinfra.aws.lb.network_config import NetworkLoadBalancerConfig
from secureinfra.aws.lb.network_target import NetworkTargetConfig, listen_for, make_network_target_group
from secureinfra.aws.lb.parts import LoadBalancerParts
from secureinfra.aws.lb.target_group import TARGET_NAME
from secureinfra.aws.s3.let_go import let_go_of_access_logs
from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.security_group.group import HasConnections, SecurityGroup, SecurityGroupConfig, peer_of
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.waiver import Waiver
from secureinfra.declared.declares import declares
from secureinfra.engine import HasArn, Resource
from secureinfra.engine.arguments import expected
from secureinfra.errors import ConfigError
from secureinfra.facts.tokens import shown

__all__ = ["NetworkLoadBalancer"]

_Caller = tuple[HasConnections | Peer | str, Peer, str, Waiver | None]


@declares(apart="its targets are other constructs, which a module of it alone would not have", page="network_balancer")
class NetworkLoadBalancer(LoadBalancerParts):
    """An internal load balancer for connections instead of requests, which only named callers reach.

    Creates the load balancer in the VPC's private subnets, with one fixed address in each zone, and its own security group:
    AWS takes none later for one that was created without. `add_target` adds a listener, its target group, and the
    security-group rules on both sides; targets accept connections from its group only, even where they see the client's
    address. AWS logs connections of TLS listeners only, to the stack's shared bucket for logs or to a given one; all others are
    in the VPC's flow logs. Never internet-facing: use `SecureLoadBalancer` behind a web ACL. About 20 USD a month, 4 USD
    for each capacity unit in use, and the data between zones.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        vpc: its network, with private subnets in two zones or more.
        certificate: for TLS listeners: an ARN, or an object with `arn`, of the same region.
        log_bucket: bucket for the logs, of the same region, with a key or without; by default the stack's shared one.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused; at synthesis, certificate or bucket is in another region, or consumers of the endpoint
            service are not allowed by a rule.

    Example:
        `balancer.add_target("orders", NetworkTargetConfig(port=8443), group=service); balancer.allow_from(client)`
    """

    config: NetworkLoadBalancerConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: NetworkLoadBalancerConfig = NetworkLoadBalancerConfig(),
        *,
        vpc: SecureVpc,
        certificate: HasArn | str | None = None,
        log_bucket: LogBucket | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.vpc = vpc
        if log_bucket is not None:
            let_go_of_access_logs(self)
        self.log_bucket = log_bucket or LogBucket.shared(self)
        self.log_bucket.allow_network_load_balancer_logs(config.log_prefix or "")
        self.target_groups: dict[str, Resource] = {}
        self._certificate = certificate
        self._certificates = [] if certificate is None else [certificate]
        self._callers: list[_Caller] = []
        self._listened: list[Port] = []
        self._kept: list[Port] = []
        self._places: dict[Any, str] = {}
        if certificate is not None:
            certificate_arn(self.path, certificate)
        subnets = self._subnets_in(
            "private", vpc.private_subnet_ids, "an internal one", dualstack=config.ip_address_type == "dualstack"
        )
        about = SecurityGroupConfig(description=f"{self.path}: network load balancer", tags=config.tags)
        self.security_group = SecurityGroup(self, "group", about, vpc=vpc)
        self.load_balancer = self._make(subnets)
        self.endpoint_service = (
            None
            if config.endpoint_service is None
            else serve_endpoints(self, self.load_balancer, config.endpoint_service, config.ip_address_type)
        )

    @property
    def endpoint_service_name(self) -> str:
        """Reference to the name by which other accounts create an endpoint for it.

        Raises:
            ConfigError: it has no endpoint service.
        """
        if self.endpoint_service is None:
            raise ConfigError(
                f"{self.path}: it has no endpoint service. Set NetworkLoadBalancerConfig(endpoint_service=EndpointServiceConfig(...))."
            )
        return self.endpoint_service.ref("service_name")

    def add_target(
        self,
        name: str,
        config: NetworkTargetConfig,
        *,
        group: HasConnections | Peer | str,
        certificate: HasArn | str | None = None,
    ) -> Resource:
        """Send the connections to one port to a target.

        Args:
            name: its name; part of addresses.
            config: its port and protocol, and the port that clients connect to.
            group: what has the targets' security group; the load balancer may connect to it, and to nothing else.
            certificate: for its TLS listener; by default that of the load balancer.

        Raises:
            ConfigError: a value is refused, another target has the name or the port, or TLS lacks a certificate.
        """
        config = config.require(self.path)
        expected(f"{self.path}: add_target({name!r})", "config", config, NetworkTargetConfig)
        called = f"add_target({name!r})"
        self._refuse_together(config, called)
        arn = self._certificate_for(config, certificate, called)
        self._take(name, called, config.port if config.listener_port is None else config.listener_port)
        target = make_network_target_group(self, name, config, self.vpc.vpc_id)
        listener = listen_for(self, name, config, target, arn)
        if arn is not None:
            demand_certificate(listener, arn)
        for port in config.ports(name):
            self._connect(group, port)
        self._open(config.listened(name), config.traffic(name) if config.keeps_client_ip else [])
        self.target_groups[name] = target
        return target

    def add_balancer_target(self, name: str, balancer: SecureLoadBalancer, *, port: int = 443) -> Resource:
        """Send connections to an application load balancer, which ends TLS: fixed addresses, or PrivateLink, in front of it.

        It sees the addresses of the clients. AWS counts it as 100 targets, or as 50 without cross-zone load balancing.

        Args:
            name: its name; part of addresses.
            balancer: in the same VPC and account.
            port: port that clients connect to.

        Raises:
            ConfigError: it is in another VPC, its health check could not succeed, or another target has the name or the port.
        """
        called = f"add_balancer_target({name!r})"
        if balancer.vpc is not self.vpc:
            raise ConfigError(
                f"{self.path}: {called} is a load balancer of another VPC, {balancer.vpc.path}: AWS registers those of the same VPC only. "
                "Give both the same vpc=."
            )
        if self.config.enable_zonal_shift and self.config.enable_cross_zone_load_balancing:
            raise ConfigError(
                f"{self.path}: {called} does not go with enable_zonal_shift and enable_cross_zone_load_balancing: AWS refuses it. Leave "
                "enable_zonal_shift out."
            )
        ports = ports_of(self, balancer)
        self._take(name, called, port)
        target = make_balancer_target(self, name, balancer, self.vpc.vpc_id, ports[-1])
        listener = forward_to(self, name, target, port)
        attachment = attach(self, name, target, balancer)
        # AWS refuses a target whose group no load balancer names yet.
        attachment.depends_on.append(listener)
        for one in ports:
            self._connect(balancer, one)
        self._open([Port.tcp(port)], [Port.HTTPS])
        self.target_groups[name] = target
        return target

    def allow_from(
        self, peer: HasConnections | Peer | str, description: str = "", *, waiver: Waiver | None = None
    ) -> None:
        """Allow a group, a network or a prefix list to reach its listeners, those of targets added later included.

        For a network outside the VPC, the network ACL of its subnets allows it too; an ACL cannot name a prefix list. Clients
        of the endpoint service are networks of the consumer's VPC.

        Args:
            peer: as in `SecurityGroup.allow_from`; rules are written on both sides.
            description: its purpose.
            waiver: as in `SecurityGroup.allow_from`.

        Raises:
            ConfigError: the kind of peer is unclear, or the peer is already allowed.
            ControlError: it is the internet, or a large part of it.
        """
        known = peer_of(peer, self.path)
        if any(other == known for _, other, _, _ in self._callers):
            raise ConfigError(
                f"{self.path}: allow_from({known.value!r}) is called twice: each peer is allowed once. Remove one."
            )
        caller = (peer, known, description, waiver)
        self._callers.append(caller)
        for port in self._listened:
            self._allow(caller, port)
        let_through(self, self.vpc, known, [*self._listened, *self._kept])

    def document(self) -> dict[str, Any]:
        """Like every construct's, after checking the regions of certificates and bucket, and that consumers are allowed."""
        for certificate in self._certificates:
            refuse_elsewhere(self, certificate)
        self._refuse_bucket_elsewhere()
        enforced = self.config.enforce_security_group_inbound_rules_on_private_link_traffic == "on"
        if self.endpoint_service is not None and enforced and all(self._is_group(one) for one in self._callers):
            raise ConfigError(
                f"{self.path}: endpoint_service reaches nothing: AWS compares its clients' addresses with the rules, and no network is "
                "allowed. Call allow_from('10.60.0.0/16') with the consumer's network, or set "
                "enforce_security_group_inbound_rules_on_private_link_traffic='off'."
            )
        return super().document()

    def _make(self, subnets: list[str]) -> Resource:
        config = self.config
        policy = self.log_bucket.bucket_policy
        return Resource(
            self,
            "balancer",
            "aws_lb",
            protect=config.protect,
            # AWS tests the bucket when logs are enabled.
            depends_on=[policy] if policy.owner.stack_state is self.stack_state else [],
            name=config.name or self._derived_name(),
            load_balancer_type="network",
            internal=True,
            ip_address_type=config.ip_address_type,
            subnets=subnets,
            # docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html: only one that is
            # created with a group can ever have one; the provider would replace it.
            security_groups=[self.security_group.security_group_id],
            enforce_security_group_inbound_rules_on_private_link_traffic=(
                config.enforce_security_group_inbound_rules_on_private_link_traffic
            ),
            enable_cross_zone_load_balancing=config.enable_cross_zone_load_balancing,
            dns_record_client_routing_policy=config.dns_record_client_routing_policy,
            enable_zonal_shift=config.enable_zonal_shift,
            enable_deletion_protection=lambda: config.protect and self.stack_state.protects,
            access_logs={"bucket": self.log_bucket.bucket_id, "prefix": config.log_prefix, "enabled": True},
            tags={"Name": self.path, **config.tags},
        )

    def _take(self, name: str, called: str, port: float | str) -> None:
        """Reserve the name of a target and the port of its listener."""
        if complaint := TARGET_NAME.complaint(name):
            raise ConfigError(f"{self.path}: {called} {complaint}.")
        if name in self.target_groups:
            raise ConfigError(f"{self.path}: {called} is already called with this name. Use another name.")
        if (other := self._places.setdefault(port, name)) != name:
            raise ConfigError(
                f"{self.path}: {called} listens on port {shown(port)}, as {other!r} does: AWS accepts each once. Set listener_port=, or "
                "use protocol='TCP_UDP' for both protocols on one port."
            )

    def _refuse_together(self, config: NetworkTargetConfig, called: str) -> None:
        """Refuse a target that AWS refuses for this load balancer."""
        udp = config.protocol in ("UDP", "TCP_UDP")
        if udp and self.config.ip_address_type == "dualstack":
            raise ConfigError(
                f"{self.path}: {called} protocol={config.protocol!r} does not go with ip_address_type='dualstack': AWS asks for source "
                "addresses of its own in every subnet. Use a second load balancer with 'ipv4'."
            )
        # docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-zonal-shift.html
        shifted = self.config.enable_zonal_shift and self.config.enable_cross_zone_load_balancing
        if shifted and (udp or config.unhealthy_connection_termination):
            raise ConfigError(
                f"{self.path}: {called} does not go with enable_zonal_shift and enable_cross_zone_load_balancing: AWS refuses UDP, and "
                "targets whose connections end when they are unhealthy. Set unhealthy_connection_termination=False, and apply "
                "that first if the target exists already."
            )

    def _certificate_for(
        self, config: NetworkTargetConfig, certificate: HasArn | str | None, called: str
    ) -> str | None:
        own = certificate if certificate is not None else self._certificate
        if config.protocol != "TLS":
            if certificate is not None:
                raise ConfigError(
                    f"{self.path}: {called} certificate= does not go with protocol={config.protocol!r}, which ends no TLS. Leave it out."
                )
            return None
        if own is None:
            raise ConfigError(
                f"{self.path}: {called} protocol='TLS' needs a certificate. Pass certificate= here or to the load balancer, or pass "
                "through what clients send with protocol='TCP' and a waiver."
            )
        arn = certificate_arn(self.path, own)
        if certificate is not None:
            self._certificates.append(certificate)
        return arn

    def _open(self, listened: list[Port], kept: list[Port]) -> None:
        """Let the callers that are known so far reach a new listener, and its targets where they see the callers' addresses."""
        self._listened += listened
        self._kept += kept
        for caller in self._callers:
            for port in listened:
                self._allow(caller, port)
            let_through(self, self.vpc, caller[1], [*listened, *kept])

    def _allow(self, caller: _Caller, port: Port) -> None:
        peer, _, description, waiver = caller
        self.connections.allow_from(peer, port, description, waiver=waiver)

    @staticmethod
    def _is_group(caller: _Caller) -> bool:
        return caller[1].kind == "referenced_security_group_id"
