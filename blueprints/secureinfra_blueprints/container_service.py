"""Container service: containers behind a load balancer and a web ACL, their database, queue, backups, alarms and pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra import (
    CertificateArn,
    Cidr,
    Config,
    Construct,
    EcsCluster,
    EcsClusterConfig,
    EcsService,
    GitHubTrust,
    Ipv4Cidr,
    KeyConfig,
    LoadBalancerConfig,
    LogRetention,
    Number,
    Problem,
    Queue,
    QueueConfig,
    SecureConstruct,
    SecureKey,
    SecureLoadBalancer,
    SecureVpc,
    TargetConfig,
    Text,
    VpcConfig,
    Waiver,
    WebAcl,
    WebAclConfig,
    between,
    declares,
)
from secureinfra_blueprints._alarms import alarm_topic
from secureinfra_blueprints._balancer import (
    certificate_of,
    client_problems,
    domain_problems,
    lead_to,
    make_balancer,
    waiver_problems,
)
from secureinfra_blueprints._database import (
    USER,
    Around,
    ServiceDatabase,
    environment_of,
    grant_login,
    make_database,
)
from secureinfra_blueprints._tasks import (
    COUNT,
    VARIABLE,
    ServiceTasks,
    make_pipeline,
    make_repository,
    make_secrets,
    secret_part,
)

_PORT = between(1, 65535, "(a port)")


class ContainerServiceConfig(Config):
    """What a caller may choose about a container service."""

    cidr: Ipv4Cidr
    """The network, a /16 to /23, or to /22 if it faces the internet, e.g. `10.20.0.0/16`, which leaves room to grow."""
    zones: int | tuple[Text, ...] = 3
    """Number of zones, or their names, e.g. `[eu-central-1a, eu-central-1b]`; two or more."""
    nat: Literal["none", "single", "per_zone"] = "none"
    """How tasks reach the internet, over HTTPS: not at all, through one NAT gateway (about 38 USD a month), or through one in each
    zone."""
    image: Text | None = None
    """Address of the image, by digest or by a tag of a private repository; by default `image_tag` of a repository made here."""
    image_tag: Text = "1"
    """Tag of the first image in the repository that is made here; the pipeline deploys the others."""
    port: Annotated[Number, _PORT] = 8443
    """Port on which the containers serve HTTPS; a self-signed certificate does."""
    health_check_path: Text = "/healthz"
    """Path of the health check."""
    cpu: Number = 256
    """CPU units of a task, 256 (a quarter of a processor) to 16,384."""
    memory_mib: Number = 512
    """Memory of a task in MiB, 2 to 8 times the CPU units."""
    minimum_tasks: Annotated[Number, COUNT] = 2
    """How many tasks run at least, spread over the zones."""
    maximum_tasks: Annotated[Number, COUNT] = 10
    """How many tasks run at most, while their processors are busy."""
    environment: dict[str, str] = {}
    """Variables of the containers; never secrets."""
    secrets: dict[str, str] = {}
    """Variables whose values ECS reads when a task starts: the ARN of a secret or a parameter by the variable's name."""
    scratch: tuple[Text, ...] = ()
    """Directories that containers may write to; the rest of their file system is read-only."""
    internal: bool = True
    """Only the network can reach it; `false` makes it internet-facing, and needs a waiver for `lb-internal`."""
    allowed_cidrs: tuple[Cidr, ...] = ()
    """Networks that may reach an internal load balancer, e.g. those of a VPN; by default none."""
    domain_name: Text | None = None
    """Domain of the service, e.g. `shop.example.com`: a record in `zone_id` points to the load balancer, and a certificate is created
    for it unless `certificate_arn` is given."""
    zone_id: Text | None = None
    """Route 53 hosted zone of `domain_name`."""
    certificate_arn: CertificateArn | None = None
    """ARN of a certificate for the service's domain, in the same region."""
    firewall: WebAclConfig = WebAclConfig()
    """The web ACL in front of the load balancer; start with `mode: count` to see what it would block."""
    generated_secrets: tuple[Annotated[str, VARIABLE], ...] = ()
    """Variables whose secrets are created here with a random value, e.g. `[SESSION_KEY]`; write another one with `aws secretsmanager
    put-secret-value`. Nothing rotates them, which needs a waiver for `secret-rotated`. One that is removed is destroyed, and
    can be restored for 30 days."""
    secret_key_arns: tuple[Text, ...] = ()
    """Customer keys that the given `secrets` are encrypted with."""
    database: Literal["aurora-postgresql", "aurora-mysql", "postgres", "mysql", "mariadb", "none"] = "postgres"
    """Engine of the database, which tasks log in to by IAM: Aurora, whose second instance reads too and takes over within half a
    minute, or RDS with a standby; `none` for no database. Another engine replaces the database, without its data."""
    database_class: Text = "db.t4g.medium"
    """Instance class of the database; of Aurora `db.serverless` too, which needs the two capacities."""
    database_min_capacity_acu: float | None = None
    """Of `db.serverless`: smallest capacity of each instance, in Aurora capacity units of 2 GiB."""
    database_max_capacity_acu: float | None = None
    """Of `db.serverless`: largest capacity of each instance."""
    database_name: Text | None = None
    """A database that RDS creates, given to tasks as `DATABASE_NAME`. Another name replaces the database, without its data."""
    database_user: Annotated[str, USER] = "service"
    """User of the database that tasks log in as; create it in the database and allow it IAM (see the page)."""
    queue: bool = False
    """A queue for work that tasks do later, with a dead-letter queue: they may send to it and receive from it."""
    backups: bool = True
    """Backups of the database every day, kept for 35 days in a vault that is locked for others than AWS Backup."""
    pipeline: GitHubTrust | None = None
    """GitHub workflows that push images and deploy; needs the account's OIDC provider for GitHub."""
    alarm_emails: tuple[Text, ...] = ()
    """Addresses that are notified of failing tasks and targets, a full database and old messages; each confirms first."""
    log_retention_days: LogRetention = 365
    """How long flows and the containers' log are kept, one of CloudWatch's periods of a year or longer."""
    protect: bool = True
    """Deletion protection for load balancer, database, repository, vault and keys; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """What the parts would refuse, told at once with the rest."""
        secret = secret_part(self) if self.generated_secrets else None
        yield from self.refusals(self.network(), self.balancer(), self.data(), self.tasks(), secret)
        yield from domain_problems("domain_name", self.domains, self.zone_id, self.certificate_arn)
        yield from client_problems(self.allowed_cidrs, self.internal)
        yield from waiver_problems(self.waivers, "lb-", "vpc-", *(["secret-"] if self.generated_secrets else []))

    @property
    def domains(self) -> tuple[str, ...]:
        """The domain, if there is one."""
        return (self.domain_name,) if self.domain_name else ()

    def tasks(self) -> ServiceTasks:
        """The tasks' part."""
        return ServiceTasks(**{name: getattr(self, name) for name in ServiceTasks.model_fields if name != "waivers"})

    def data(self) -> ServiceDatabase | None:
        """The database's part, if there is one."""
        if self.database == "none":
            return None
        return ServiceDatabase(
            engine=self.database,
            instance_class=self.database_class,
            min_capacity_acu=self.database_min_capacity_acu,
            max_capacity_acu=self.database_max_capacity_acu,
            database_name=self.database_name,
            user=self.database_user,
            backups=self.backups,
        )

    def network(self) -> VpcConfig:
        """The network's part: private endpoints for everything that tasks and their start need."""
        endpoints = ("containers", "secrets", *(("sqs",) if self.queue else ()))
        return VpcConfig(
            cidr=self.cidr,
            zones=self.zones,
            nat=self.nat,
            endpoints=endpoints,
            flow_logs_retention_days=self.log_retention_days,
            tags=self.tags,
            waivers=self._waivers("vpc-"),
        )

    def balancer(self) -> LoadBalancerConfig:
        """The load balancer's part."""
        return LoadBalancerConfig(
            internal=self.internal, protect=self.protect, tags=self.tags, waivers=self._waivers("lb-")
        )

    def _waivers(self, kind: str) -> tuple[Waiver, ...]:
        return tuple(waiver for waiver in self.waivers if waiver.control.startswith(kind))


@declares(asks=("certificate_arn",))
class ContainerService(SecureConstruct):
    """Containers over TLS behind a web ACL, whose tasks reach only their database, their queue and AWS.

    Creates the network; the load balancer with its web ACL and logs; the repository, unless an image is given; the cluster
    and its service, which scales by CPU and rolls back failed deployments; a database in isolated subnets, of Aurora or RDS,
    that tasks find by variables and log in to by IAM; and on request secrets, a queue, backups, a role for the pipeline, and
    emails when something fails.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: the network, the certificate, and what to choose.
        provider: an additional provider, for another region.
        moved_from: the path that it had before.

    Raises:
        ConfigError: a value is refused.
        ControlError: it faces the internet, and no waiver says why.

    Example:
        `ContainerService(stack, "shop", ContainerServiceConfig(cidr="10.20.0.0/16", allowed_cidrs=("10.99.0.0/16",), certificate_arn=
        "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012", database="aurora-postgresql",
        database_name="shop"))`
    """

    config: ContainerServiceConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: ContainerServiceConfig,
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        about = KeyConfig(description=f"{self.path}: service", protect=config.protect, tags=config.tags)
        self.key = SecureKey(self, "key", about)
        self.network = SecureVpc(self, "network", config.network())
        self.alarms = alarm_topic(self, config.alarm_emails, config.tags, self.key)
        self.firewall = WebAcl(self, "firewall", config.firewall, key=self.key)
        self.balancer = self._make_balancer()
        tasks = config.tasks()
        self.repository = make_repository(self, tasks, key=self.key, protect=config.protect, tags=config.tags)
        self.cluster = EcsCluster(self, "cluster", EcsClusterConfig(tags=config.tags))
        around = Around(self.network, self.key, self.alarms, config.protect, config.tags)
        self.backups, self.database = make_database(self, "database", config.data(), around)
        self.queue = self._make_queue()
        self.service = self._make_service(tasks)
        self._let_service_work()
        make_secrets(self.service, self, tasks, secret_part(config), self.key)
        self.pipeline = make_pipeline(self, f"{self.path}: deployments", tasks, self.repository, self.service)

    def _make_balancer(self) -> SecureLoadBalancer:
        config = self.config
        certificate = config.certificate_arn or certificate_of(config.domains, config.zone_id, config.tags)
        balancer = make_balancer(
            self,
            config.balancer(),
            vpc=self.network,
            web_acl=self.firewall,
            certificate=certificate,
            allowed_cidrs=config.allowed_cidrs,
        )
        lead_to(balancer, config.zone_id, [("record", name) for name in config.domains])
        return balancer

    def _make_service(self, tasks: ServiceTasks) -> EcsService:
        config = self.config
        about = tasks.part(
            self.repository,
            port=config.port,
            found=self._found(),
            log_days=config.log_retention_days,
            tags=config.tags,
        )
        service = EcsService(
            self,
            "service",
            about,
            cluster=self.cluster,
            vpc=self.network,
            repository=self.repository,
            alarms=self.alarms,
        )
        service.listen(self.balancer, TargetConfig(port=config.port, health_check_path=config.health_check_path))
        service.autoscale(config.minimum_tasks, config.maximum_tasks, cpu=60)
        return service

    def _found(self) -> dict[str, str]:
        """What tasks need to find the database and the queue."""
        found = {"QUEUE_URL": self.queue.url} if self.queue is not None else {}
        return {**environment_of(self.database, self.config.data()), **found}

    def _make_queue(self) -> Queue | None:
        if not self.config.queue:
            return None
        return Queue(self, "jobs", QueueConfig(tags=self.config.tags), key=self.key, alarms=self.alarms)

    def _let_service_work(self) -> None:
        """What tasks may reach and read, beside what they need to start."""
        about = self.config.data()
        if self.database is not None and about is not None:
            self.database.allow_from(self.service)
            grant_login(self.database, self.service.role, about)
        if self.queue is not None:
            self.queue.grant_send(self.service.role)
            self.queue.grant_consume(self.service.role)
