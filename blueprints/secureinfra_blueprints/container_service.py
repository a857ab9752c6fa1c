"""Container service: containers behind a load balancer and a web ACL, their database, queue, backups, alarms and pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra import (
    BackupPlan,
    BackupPlanConfig,
    CertificateArn,
    Cidr,
    Config,
    Construct,
    Database,
    DatabaseConfig,
    EcsCluster,
    EcsClusterConfig,
    EcsService,
    EcsServiceConfig,
    GitHubTrust,
    Ipv4Cidr,
    KeyConfig,
    LoadBalancerConfig,
    LogRetention,
    Number,
    Problem,
    Queue,
    QueueConfig,
    Repository,
    RepositoryConfig,
    RoleConfig,
    SecureConstruct,
    SecureKey,
    SecureLoadBalancer,
    SecureRole,
    SecureVpc,
    TargetConfig,
    Text,
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
    waiver_problems,
)

_PORT = between(1, 65535, "(a port)")
_NAME = matches(
    r"[a-z][a-z0-9_]{0,30}", "is not a user name", "write lower-case letters, digits and '_', a letter first"
)
_TASKS = between(1, 1000, "tasks")
_VERSIONS = {"postgres": "17", "mysql": "8.4", "mariadb": "11.4"}


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
    minimum_tasks: Annotated[Number, _TASKS] = 2
    """How many tasks run at least, spread over the zones."""
    maximum_tasks: Annotated[Number, _TASKS] = 10
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
    database: Literal["postgres", "mysql", "mariadb", "none"] = "postgres"
    """Engine of the database, which tasks log in to by IAM; `none` for no database."""
    database_class: Text = "db.t4g.medium"
    """Instance class of the database."""
    database_user: Annotated[str, _NAME] = "service"
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
        yield from self.refusals(self.network(), self.balancer())
        yield from domain_problems("domain_name", self.domains, self.zone_id, self.certificate_arn)
        yield from client_problems(self.allowed_cidrs, self.internal)
        yield from waiver_problems(self.waivers)
        if not any(map(is_token, (self.minimum_tasks, self.maximum_tasks))) and self.minimum_tasks > self.maximum_tasks:
            what = f"is below minimum_tasks={self.minimum_tasks!r}"
            yield Problem("maximum_tasks", what, instead="Raise it, or lower the other", subject="maximum_tasks")
        if self.pipeline is not None and self.image is not None:
            what, why = "goes with the repository that is made here", "workflows push to no other"
            yield Problem("pipeline", what, why, "Remove image, or grant your own role", subject="pipeline")

    @property
    def domains(self) -> tuple[str, ...]:
        """The domain, if there is one."""
        return (self.domain_name,) if self.domain_name else ()

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
    and its service, which scales by CPU and rolls back failed deployments; a database in isolated subnets that tasks log in
    to by IAM; and on request a queue, backups, a role for the pipeline, and emails when something fails.

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
        "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"))`
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
        self.repository = None if config.image is not None else self._make_repository()
        self.cluster = EcsCluster(self, "cluster", EcsClusterConfig(tags=config.tags))
        self.service = self._make_service()
        self.backups = self._make_backups()
        self.database = self._make_database()
        self.queue = self._make_queue()
        self.pipeline = self._make_pipeline()

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

    def _make_repository(self) -> Repository:
        config = RepositoryConfig(protect=self.config.protect, tags=self.config.tags)
        return Repository(self, "images", config, key=self.key)

    def _make_service(self) -> EcsService:
        config = self.config
        image = str(config.image) if self.repository is None else self.repository.image(config.image_tag)
        about = EcsServiceConfig(
            image=image,
            port=config.port,
            cpu=config.cpu,
            memory_mib=config.memory_mib,
            desired_count=config.minimum_tasks,
            environment=config.environment,
            secrets=config.secrets,
            scratch=config.scratch,
            image_owner="pipeline" if config.pipeline is not None else "terraform",
            log_retention_in_days=config.log_retention_days,
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

    def _make_backups(self) -> BackupPlan | None:
        config = self.config
        if not config.backups or config.database == "none":
            return None
        about = BackupPlanConfig(selected_tags={}, protect=config.protect, tags=config.tags)
        return BackupPlan(self, "backups", about, key=self.key, alarms=self.alarms)

    def _make_database(self) -> Database | None:
        config = self.config
        if config.database == "none":
            return None
        about = DatabaseConfig(
            engine=config.database,
            engine_version=_VERSIONS[config.database],
            instance_class=config.database_class,
            deletion_protection=config.protect,
            tags=config.tags,
        )
        database = Database(self, "database", about, vpc=self.network, key=self.key, alarms=self.alarms)
        if self.backups is not None:
            # By a name of its own: the path is a variable in a module, and no address.
            self.backups.back_up("database", database.arn, "RDS", key=self.key)
        database.allow_from(self.service)
        if config.database != "mariadb":
            database.grant_connect(self.service.role, user=config.database_user)
        return database

    def _make_queue(self) -> Queue | None:
        if not self.config.queue:
            return None
        queue = Queue(self, "jobs", QueueConfig(tags=self.config.tags), key=self.key, alarms=self.alarms)
        queue.grant_send(self.service.role)
        queue.grant_consume(self.service.role)
        return queue

    def _make_pipeline(self) -> SecureRole | None:
        if self.config.pipeline is None or self.repository is None:
            return None
        about = f"{self.path}: deployments"
        role = SecureRole(
            self, "pipeline", RoleConfig(trust=self.config.pipeline, description=about, tags=self.config.tags)
        )
        self.repository.grant_push(role)
        self.service.grant_deploy(role)
        return role
