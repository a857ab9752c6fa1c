"""Web application: a load balancer behind a web ACL, services and databases that only it leads to, buckets, keys and a role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra import (
    BucketConfig,
    Certificate,
    CertificateConfig,
    Cidr,
    CognitoAuthentication,
    Config,
    ConfigError,
    Ipv4Cidr,
    KeyConfig,
    ListenerHeadersConfig,
    LoadBalancerConfig,
    LogGroupConfig,
    Number,
    OidcAuthentication,
    Peer,
    Port,
    Resource,
    RoleConfig,
    SecureBucket,
    SecureConstruct,
    SecureKey,
    SecureLoadBalancer,
    SecureLogGroup,
    SecureRole,
    SecureVpc,
    SecurityGroup,
    SecurityGroupConfig,
    ServiceTrust,
    TargetConfig,
    Text,
    Transition,
    VpcConfig,
    Waiver,
    WebAcl,
    WebAclConfig,
    between,
    is_token,
    matches,
    one_of,
)

_WORD = matches(r"[a-z][a-z0-9-]{0,30}", "is no name: write up to 31 lower-case letters, digits, '-', a letter first")
_CERTIFICATE = matches(
    r"arn:aws[a-z-]*:(?:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+|iam::[0-9]{12}:server-certificate/.+)",
    "is no certificate: write e.g. 'arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012'",
)
_PORT = between(1, 65535, "(a port)")
_YEAR_AND_LONGER = (365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
# What the blueprint's own parts are called.
_TAKEN = ("key", "network", "firewall", "balancer", "service", "database", "role", "logs", "certificate")


class Store(Config):
    """A bucket of the application, and what its service may do there."""

    name: Annotated[str, _WORD]
    """What the bucket is called; part of its address."""
    access: Literal["read", "write", "read_write"] = "read_write"
    """What the service does with its objects."""
    deletes: bool = False
    """The service may delete objects too; old versions stay and can be restored."""
    expiration_days: Annotated[Number, between(1, 36500, "days")] | None = None
    """Days after which objects expire; by default they stay."""
    transitions: tuple[Transition, ...] = ()
    """Cheaper storage classes for older objects, each `storage_class` and `days` after creation."""


class WebApplicationConfig(Config):
    """What a caller may choose about a web application."""

    cidr: Ipv4Cidr
    """The network, a /16 to about /23, e.g. `10.20.0.0/16`, which leaves room for everything."""
    zones: int | tuple[Text, ...] = 3
    """How many zones, or their names, e.g. `[eu-central-1a, eu-central-1b]`; two or more."""
    nat: Literal["none", "single", "per_zone"] = "none"
    """How services call others on the internet, over HTTPS: not at all, through one NAT gateway (about 35 USD a month), or
    through one in each zone, which survives the loss of a zone."""
    endpoints: tuple[Text, ...] = ("containers", "secrets")
    """Interface endpoints by service (`sqs`) or bundle (`containers`, `secrets`, `session-manager`), which services reach AWS
    by; each service costs about 8 USD a month in each zone. Those for S3 and DynamoDB are there anyway, free."""
    internal: bool = True
    """Only the network reaches it; `false` lets the internet in, and takes a waiver for `lb-internal`."""
    allowed_cidrs: tuple[Cidr, ...] = ()
    """Networks that reach an internal one, e.g. those of a VPN; by default none."""
    domain_names: tuple[Text, ...] = ()
    """Domains it is reached under, e.g. `[shop.example.com]`: records in `zone_id` lead to the load balancer, and the first one's
    certificate is made with them, unless `certificate_arn` has one."""
    zone_id: Text | None = None
    """Hosted zone of Route 53 that holds all of `domain_names`."""
    certificate_arn: Annotated[str, _CERTIFICATE] | None = None
    """Certificate for the application's domains, by ARN, of the same region."""
    response_headers: ListenerHeadersConfig = ListenerHeadersConfig()
    """What browsers are told with every answer."""
    authentication: OidcAuthentication | CognitoAuthentication | None = None
    """Who visitors are, asked before a request reaches the service (`kind: oidc` or `kind: cognito`); through the internet, so
    an internal one needs `nat`."""
    firewall: WebAclConfig = WebAclConfig()
    """What is stopped before it reaches the load balancer; `mode: count` for a first look."""
    service: TargetConfig = TargetConfig(port=8443)
    """Where the service listens, and how its health is asked."""
    service_trust: ServiceTrust = ServiceTrust(service="ecs-tasks")
    """Which AWS service runs the application and takes on its role: `ecs-tasks`, `ec2`."""
    database_port: Annotated[Number, _PORT] = 5432
    """Where the database listens: 5432 for PostgreSQL, 3306 for MySQL."""
    stores: tuple[Store, ...] = (Store(name="uploads"),)
    """The application's buckets."""
    log_retention_days: Annotated[Number, one_of(*_YEAR_AND_LONGER)] = 365
    """How long flows and the service's log are kept, one of CloudWatch's periods of a year or longer."""
    protect: bool = True
    """Nobody deletes load balancer, buckets and key by mistake; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """What network and load balancer would refuse, told at once with the rest."""
        made = () if self.certificate_arn or not self.domain_names else (self.certificate(),)
        for part in (self.network(), self.balancer(), *made):
            try:
                _ = part.tags
            except ConfigError as error:
                yield from str(error).splitlines()
        yield from self._store_problems()
        yield from self._client_problems()
        yield from self._domain_problems()
        for waiver in self.waivers:
            if not waiver.control.startswith(("lb-", "vpc-")):
                yield f"waivers names {waiver.control!r}, which no setting here breaks. Remove it, or write it beside its part."

    def _store_problems(self) -> Iterator[str]:
        names = [store.name for store in self.stores]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"stores holds {name!r} twice: each has a bucket of its own. Rename one."
        for name in sorted(set(names) & set(_TAKEN)):
            yield f"stores holds {name!r}, which is a part of the blueprint itself. Call it something else."

    def _client_problems(self) -> Iterator[str]:
        if self.allowed_cidrs and not self.internal:
            yield "allowed_cidrs and internal=False exclude each other: everybody reaches it. Remove one of the two."
        for cidr in self.allowed_cidrs:
            if is_token(cidr) and "TfToken[" in cidr:
                yield f"allowed_cidrs holds {cidr!r}, from which no stable address can be made. Write e.g. '${{var.vpn_cidr}}'."
        if self.authentication is not None and self.internal and self.nat == "none":
            yield (
                "authentication with internal=True and nat='none': the load balancer could not ask the identity provider. Set "
                "nat='single' or 'per_zone'."
            )

    def _domain_problems(self) -> Iterator[str]:
        if not self.certificate_arn and not self.domain_names:
            yield "neither certificate_arn nor domain_names: there is no TLS without a certificate. Add one of the two."
        if bool(self.domain_names) != bool(self.zone_id):
            yield "domain_names and zone_id go together: records are written for the names in the zone. Add the one that is missing."
        for name in self.domain_names:
            if "TfToken[" in name:
                yield f"domain_names holds {name!r}, from which no stable address can be made. Write e.g. '${{var.domain}}'."

    def certificate(self) -> CertificateConfig:
        """The certificate's part, where it is made here."""
        first, *others = self.domain_names
        return CertificateConfig(
            domain_name=first, subject_alternative_names=tuple(others), zone_id=self.zone_id, tags=self.tags
        )

    def network(self) -> VpcConfig:
        """The network's part."""
        return VpcConfig(
            cidr=self.cidr,
            zones=self.zones,
            nat=self.nat,
            endpoints=self.endpoints,
            flow_logs_retention_days=self.log_retention_days,
            tags=self.tags,
            waivers=self._waivers("vpc-"),
        )

    def balancer(self) -> LoadBalancerConfig:
        """The load balancer's part."""
        return LoadBalancerConfig(
            internal=self.internal,
            response_headers=self.response_headers,
            authentication=self.authentication,
            protect=self.protect,
            tags=self.tags,
            waivers=self._waivers("lb-"),
        )

    def _waivers(self, kind: str) -> tuple[Waiver, ...]:
        return tuple(waiver for waiver in self.waivers if waiver.control.startswith(kind))


class WebApplication(SecureConstruct):
    """An application that is reached over TLS through a web ACL, and reaches only its database, its buckets and AWS.

    Creates the network in its zones; the load balancer with its web ACL, logs and target group; with `domain_names` their
    records and certificate; security groups for
    service and database, wired from the load balancer on; the application's buckets, its log group, and one key for them
    and the web ACL's log; and the role that the service runs under, with grants on just these. Service and database come
    from you: they take the groups, the subnets, the target group's ARN and the role.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: the network, the certificate, and what to choose.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.
        ControlError: it faces the internet, and no waiver says why.

    Example:
        `WebApplication(stack, "shop", WebApplicationConfig(cidr="10.20.0.0/16", allowed_cidrs=("10.99.0.0/16",), certificate_arn=
        "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"))`
    """

    config: WebApplicationConfig

    def __init__(self, scope: Construct, id: str, config: WebApplicationConfig, *, provider: Any = None) -> None:
        super().__init__(scope, id, config, provider=provider)
        about = KeyConfig(description=f"{self.path}: application", protect=config.protect, tags=config.tags)
        self.key = SecureKey(self, "key", about)
        self.network = SecureVpc(self, "network", config.network())
        self.service_group = self._group("service")
        self.database_group = self._group("database")
        self.firewall = WebAcl(self, "firewall", config.firewall, key=self.key)
        self.balancer = self._make_balancer()
        self._lead_to_it()
        self._connect()
        role = RoleConfig(trust=config.service_trust, description=f"{self.path}: service", tags=config.tags)
        self.role = SecureRole(self, "role", role)
        logs = LogGroupConfig(retention_in_days=config.log_retention_days, tags=config.tags)
        self.logs = SecureLogGroup(self, "logs", logs, key=self.key)
        self.logs.grant_write(self.role)
        self.buckets = {store.name: self._make_bucket(store) for store in config.stores}

    @property
    def target_group_arn(self) -> str:
        """Reference to the target group that the service registers in."""
        return self.balancer.target_group_arn("service")

    def _group(self, name: str) -> SecurityGroup:
        config = SecurityGroupConfig(description=f"{self.path}: {name}", tags=self.config.tags)
        return SecurityGroup(self, name, config, vpc=self.network)

    def _make_balancer(self) -> SecureLoadBalancer:
        config = self.config
        certificate = config.certificate_arn or Certificate(self, "certificate", config.certificate())
        balancer = SecureLoadBalancer(
            self, "balancer", config.balancer(), vpc=self.network, certificate=certificate, web_acl=self.firewall
        )
        for cidr in config.allowed_cidrs:
            balancer.allow_from(Peer.cidr(cidr))
        balancer.add_target("service", config.service, group=self.service_group)
        return balancer

    def _lead_to_it(self) -> None:
        balancer = self.balancer
        alias = {"name": balancer.dns_name, "zone_id": balancer.zone_id, "evaluate_target_health": True}
        for name in self.config.domain_names:
            id = "record-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
            Resource(balancer, id, "aws_route53_record", zone_id=self.config.zone_id, name=name, type="A", alias=alias)

    def _connect(self) -> None:
        """From the service on: to the database, to AWS, and to the internet where there is a way."""
        service, port = self.service_group.connections, self.config.database_port
        service.allow_to(self.database_group, Port.tcp(port, name="database" if is_token(port) else ""), "database")
        if is_token(port):
            self.database_group.group.demand("port", port, _PORT.expression, f"database_port {_PORT.problem}")
        for bucket_service in ("s3", "dynamodb"):
            prefixes = self.network.prefix_list_id(bucket_service)
            service.allow_to(Peer.prefix_list(prefixes, name=bucket_service), Port.HTTPS, f"{bucket_service} endpoint")
        if self.config.endpoints:
            service.allow_to(self.network.endpoint_security_group, Port.HTTPS, "AWS endpoints")
        if self.config.nat != "none":
            service.allow_to_internet(Port.HTTPS, "services of others")

    def _make_bucket(self, store: Store) -> SecureBucket:
        config = BucketConfig(
            key_required=True,
            expiration_days=store.expiration_days,
            transitions=store.transitions,
            protect=self.config.protect,
            tags=self.config.tags,
        )
        bucket = SecureBucket(self, store.name, config, key=self.key)
        getattr(bucket, f"grant_{store.access}")(self.role)
        if store.deletes:
            bucket.grant_delete(self.role)
        return bucket
