"""Web application: a load balancer behind a web ACL, private services, a database tier, buckets, a key and a role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra import (
    AccountId,
    BackupPlan,
    BucketConfig,
    CertificateArn,
    CertificateConfig,
    Cidr,
    CognitoAuthentication,
    Config,
    Construct,
    Database,
    DatabaseCluster,
    EcsCluster,
    EcsClusterConfig,
    EcsService,
    Ipv4Cidr,
    KeyConfig,
    ListenerHeadersConfig,
    LoadBalancerConfig,
    LogGroupConfig,
    LogRetention,
    Number,
    OidcAuthentication,
    Peer,
    Port,
    Problem,
    Repository,
    RoleConfig,
    SecureBucket,
    SecureConstruct,
    SecureKey,
    SecureLoadBalancer,
    SecureLogGroup,
    SecureRole,
    SecureTopic,
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
    declares,
    is_token,
    matches,
)
from secureinfra_blueprints._alarms import alarm_topic
from secureinfra_blueprints._balancer import (
    certificate_of,
    client_problems,
    domain_problems,
    lead_to,
    make_balancer,
    record_id,
    sign_in_problems,
    waiver_problems,
)
from secureinfra_blueprints._database import (
    Around,
    ServiceDatabase,
    environment_of,
    make_database,
    port_problem,
)
from secureinfra_blueprints._tasks import (
    ServiceTasks,
    make_pipeline,
    make_repository,
    make_secrets,
    place_problems,
    secret_part,
)

_WORD = matches(
    r"[a-z][a-z0-9-]{0,30}", "is not a name", "write up to 31 lower-case letters, digits, '-', a letter first"
)
_PORT = between(1, 65535, "(a port)")
# What the blueprint's own parts are called.
_TAKEN = ("key", "network", "firewall", "balancer", "service", "database", "role", "logs", "certificate")


class Store(Config):
    """A bucket of the application, and what its service may do there."""

    name: Annotated[str, _WORD]
    """Name of the bucket, part of its address: another name destroys the bucket, which AWS refuses while it holds objects."""
    access: Literal["read", "write", "read_write"] = "read_write"
    """What the service does with its objects."""
    deletes: bool = False
    """The service may delete objects too; old versions stay and can be restored."""
    expiration_days: Annotated[Number, between(1, 36500, "days")] | None = None
    """Days after which objects expire; by default they stay."""
    transitions: tuple[Transition, ...] = ()
    """Cheaper storage classes for older objects, each `storage_class` and `days` after creation."""


class ApplicationTasks(ServiceTasks):
    """Containers of the application on Fargate, which the load balancer sends requests to."""


class ApplicationDatabase(ServiceDatabase):
    """The application's database, which its role logs in to by IAM."""


class WebApplicationConfig(Config):
    """What a caller may choose about a web application."""

    cidr: Ipv4Cidr
    """The network, a /16 to /23, or to /22 if it faces the internet, e.g. `10.20.0.0/16`, which leaves room to grow. Another
    one replaces the network and all in it."""
    zones: int | tuple[Text, ...] = 3
    """Number of zones, or their names, e.g. `[eu-central-1a, eu-central-1b]`; two or more."""
    nat: Literal["none", "single", "per_zone", "regional"] = "none"
    """How services reach the internet, over HTTPS: not at all, through one NAT gateway (about 35 USD a month), or through one
    in each zone, which survives the loss of a zone; `regional` is one gateway with an address in each zone, for provider 6."""
    endpoints: tuple[Text, ...] = ("containers", "secrets")
    """Interface endpoints by service (`sqs`) or bundle (`containers`, `secrets`, `session-manager`), through which services
    reach AWS; each costs about 8 USD a month in each zone. S3 and DynamoDB are always included, free."""
    readable_buckets: tuple[Text, ...] = ()
    """Other public buckets that may be read through the S3 endpoint without credentials of this account, e.g. for agent
    installers: `aws-codedeploy-eu-central-1`."""
    resource_accounts: tuple[AccountId, ...] = ()
    """Accounts of others whose data may be reached through the endpoints, e.g. buckets of a partner."""
    internal: bool = True
    """Only the network can reach it; `false` makes it internet-facing, and needs a waiver for `lb-internal`."""
    allowed_cidrs: tuple[Cidr, ...] = ()
    """Networks that may reach an internal load balancer, e.g. those of a VPN; by default none."""
    domain_names: tuple[Text, ...] = ()
    """Domains of the application, e.g. `[shop.example.com]`: records in `zone_id` point to the load balancer, and a certificate
    is created for them unless `certificate_arn` is given."""
    zone_id: Text | None = None
    """Route 53 hosted zone of all `domain_names`."""
    certificate_arn: CertificateArn | None = None
    """ARN of a certificate for the application's domains, in the same region."""
    response_headers: ListenerHeadersConfig = ListenerHeadersConfig()
    """Security headers of every response."""
    authentication: OidcAuthentication | CognitoAuthentication | None = None
    """Sign-in before a request reaches the service (`kind: oidc` or `kind: cognito`); it uses the internet, so an internal load
    balancer needs `nat`."""
    firewall: WebAclConfig = WebAclConfig()
    """The web ACL in front of the load balancer; start with `mode: count` to see what it would block."""
    service: TargetConfig = TargetConfig(port=8443)
    """Port and health check of the service. Another port, protocol or kind of target replaces the target group, the new one first."""
    service_trust: ServiceTrust = ServiceTrust(service="ecs-tasks")
    """AWS service that runs the application and assumes its role: `ecs-tasks`, `ec2`."""
    tasks: ApplicationTasks | None = None
    """Containers on Fargate with the service's role, group and log; by default the service comes from you.
    Taken away, the service is destroyed, and the repository of its images once it is empty."""
    database_port: Annotated[Number, _PORT] = 5432
    """Port of the database: 5432 for PostgreSQL, 3306 for MySQL."""
    database: ApplicationDatabase | None = None
    """A database in the isolated subnets with the database's group; by default it comes from you. Taken away, it is destroyed,
    once its protection is off."""
    alarm_emails: tuple[Text, ...] = ()
    """Addresses that are notified of failing tasks and targets, and a full database; each confirms first."""
    stores: tuple[Store, ...] = (Store(name="uploads"),)
    """The application's buckets. One that is removed or renamed is destroyed, which AWS refuses while it holds objects."""
    log_retention_days: LogRetention = 365
    """How long flows and the service's log are kept, one of CloudWatch's periods of a year or longer."""
    protect: bool = True
    """Deletion protection for load balancer, buckets and key; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """What network and load balancer would refuse, told at once with the rest."""
        certificate = None if self.certificate_arn or not self.domain_names else self.certificate()
        yield from self.refusals(self.network(), self.balancer(), certificate)
        yield from self._store_problems()
        yield from client_problems(self.allowed_cidrs, self.internal)
        if self.authentication is not None and self.nat == "none":
            yield from sign_in_problems(self.internal)
        yield from domain_problems("domain_names", self.domain_names, self.zone_id, self.certificate_arn)
        secrets = self.tasks is not None and self.tasks.generated_secrets
        yield from waiver_problems(self.waivers, "lb-", "vpc-", "security-group-", *(["secret-"] if secrets else []))
        yield from self._workload_problems()

    def _store_problems(self) -> Iterator[Problem]:
        names = [store.name for store in self.stores]
        for name in sorted({name for name in names if names.count(name) > 1}):
            at = ("stores", names.index(name, names.index(name) + 1), "name")
            yield Problem(at, f"holds {name!r} twice", "each has a bucket of its own", "Rename one", subject="stores")
        for name in sorted(set(names) & set(_TAKEN)):
            at, what = ("stores", names.index(name), "name"), f"holds {name!r}, which is a part of the blueprint itself"
            yield Problem(at, what, instead="Call it something else", subject="stores")

    def _workload_problems(self) -> Iterator[Problem]:
        """What does not go with tasks or a database."""
        if self.tasks is not None:
            yield from self.refusals(secret_part(self) if self.tasks.generated_secrets else None)
            yield from place_problems(self.service_trust, self.service)
        if self.database is not None and (problem := port_problem(self.database.engine, self.database_port)):
            yield problem
        if self.alarm_emails and self.tasks is None and self.database is None:
            what, why = "has nothing to tell", "neither tasks nor a database is made here"
            yield Problem("alarm_emails", what, why, "Add tasks or database, or leave it out", subject="alarm_emails")

    def certificate(self) -> CertificateConfig:
        """The certificate's part, where it is made here."""
        return certificate_of(self.domain_names, self.zone_id, self.tags)

    def network(self) -> VpcConfig:
        """The network's part."""
        return VpcConfig(
            cidr=self.cidr,
            zones=self.zones,
            nat=self.nat,
            endpoints=self.endpoints,
            readable_buckets=self.readable_buckets,
            resource_accounts=self.resource_accounts,
            flow_logs_retention_days=self.log_retention_days,
            tags=self.tags,
            waivers=self.waivers_of("vpc-"),
        )

    def balancer(self) -> LoadBalancerConfig:
        """The load balancer's part."""
        return LoadBalancerConfig(
            internal=self.internal,
            response_headers=self.response_headers,
            authentication=self.authentication,
            protect=self.protect,
            tags=self.tags,
            waivers=self.waivers_of("lb-"),
        )

    def waivers_of(self, kind: str) -> tuple[Waiver, ...]:
        """The waivers for one kind of part.

        Args:
            kind: how the ids of its controls begin.
        """
        return tuple(waiver for waiver in self.waivers if waiver.control.startswith(kind))


@declares(asks=("certificate_arn",))
class WebApplication(SecureConstruct):
    """A web application over TLS behind a web ACL, whose service can reach only its database, its buckets and AWS.

    Creates the network in its zones; the load balancer with its web ACL, logs and target group; with `domain_names`
    their records and certificate; security groups for service and database, connected from the load balancer to the
    database; the application's buckets, its log group, and one key for them and the web ACL's log; and the role that
    the service runs under, with grants on just these. With `tasks`, containers on Fargate run under that role, in that
    group, behind the load balancer; with `database`, Aurora or RDS is in the other group, with backups, and the role logs in
    to it by IAM. Otherwise both come from you: they take the groups, the subnets, the target group's ARN and the role.

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

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: WebApplicationConfig,
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        about = KeyConfig(description=f"{self.path}: application", protect=config.protect, tags=config.tags)
        self.key = SecureKey(self, "key", about)
        self.network = SecureVpc(self, "network", config.network())
        self.service_group = self._group("service")
        self.database_group = self._group("database")
        self.firewall = WebAcl(self, "firewall", config.firewall, key=self.key)
        self.balancer = self._make_balancer()
        lead_to(self.balancer, config.zone_id, [(record_id(name), name) for name in config.domain_names])
        self._connect()
        role = RoleConfig(trust=config.service_trust, description=f"{self.path}: service", tags=config.tags)
        self.role = SecureRole(self, "role", role)
        logs = LogGroupConfig(retention_in_days=config.log_retention_days, tags=config.tags)
        self.logs = SecureLogGroup(self, "logs", logs, key=self.key)
        self.logs.grant_write(self.role)
        self.buckets = {store.name: self._make_bucket(store) for store in config.stores}
        # Whatever was not always there is within a part that was: its name may be that of a store.
        made = config.tasks is not None or config.database is not None
        self.alarms = alarm_topic(self.balancer, config.alarm_emails, config.tags, self.key) if made else None
        self.backups, self.database = self._make_database(self.alarms) if self.alarms else (None, None)
        self.repository, self.tasks, self.pipeline = self._make_tasks()

    @property
    def target_group_arn(self) -> str:
        """Reference to the target group that the service registers in."""
        return self.balancer.target_group_arn("service")

    def _group(self, name: str) -> SecurityGroup:
        config = SecurityGroupConfig(description=f"{self.path}: {name}", tags=self.config.tags)
        group = SecurityGroup(self, name, config, vpc=self.network)
        if (self.config.tasks if name == "service" else self.config.database) is None:
            group.group.waivers += self.config.waivers_of("security-group-")
        return group

    def _make_balancer(self) -> SecureLoadBalancer:
        config = self.config
        balancer = make_balancer(
            self,
            config.balancer(),
            vpc=self.network,
            web_acl=self.firewall,
            certificate=config.certificate_arn or config.certificate(),
            allowed_cidrs=config.allowed_cidrs,
        )
        balancer.add_target("service", config.service, group=self.service_group)
        return balancer

    def _connect(self) -> None:
        """From the service on: to the database, to AWS, and to the internet where there is a way."""
        service, port = self.service_group.connections, self.config.database_port
        service.allow_to(self.database_group, Port.tcp(port, name="database" if is_token(port) else ""), "database")
        if is_token(port):
            self.database_group.group.demand("port", port, _PORT.expression, f"database_port {_PORT.message}")
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

    def _make_database(self, alarms: SecureTopic) -> tuple[BackupPlan | None, Database | DatabaseCluster | None]:
        config, within = self.config, self.database_group
        around = Around(self.network, self.key, alarms, config.protect, config.tags, within, self.role)
        return make_database(within, "data", config.database, around, port=config.database_port)

    def _make_tasks(self) -> tuple[Repository | None, EcsService | None, SecureRole | None]:
        config, tasks, within = self.config, self.config.tasks, self.service_group
        if tasks is None:
            return None, None, None
        repository = make_repository(within, tasks, key=self.key, protect=config.protect, tags=config.tags)
        about = tasks.part(
            repository,
            port=config.service.port,
            found=self._found(),
            log_days=config.log_retention_days,
            tags=config.tags,
        )
        service = EcsService(
            within,
            "tasks",
            about,
            cluster=EcsCluster(within, "cluster", EcsClusterConfig(tags=config.tags)),
            vpc=self.network,
            repository=repository,
            alarms=self.alarms,
            role=self.role,
            security_group=within,
            log_group=self.logs,
        )
        service.register(self.balancer, "service")
        service.autoscale(tasks.minimum_tasks, tasks.maximum_tasks, cpu=60)
        make_secrets(service, within, tasks, secret_part(config), self.key)
        return repository, service, make_pipeline(within, f"{self.path}: deployments", tasks, repository, service)

    def _found(self) -> dict[str, str]:
        """What tasks need to find the database and the buckets."""
        found = {f"BUCKET_{name.upper().replace('-', '_')}": bucket.bucket_id for name, bucket in self.buckets.items()}
        return {**environment_of(self.database, self.config.database), **found}
