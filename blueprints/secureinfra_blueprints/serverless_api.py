"""Serverless API: an HTTP API with signed-in users, a function behind it, its table, and work that is done later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from secureinfra import (
    BackupPlan,
    BackupPlanConfig,
    CertificateArn,
    Config,
    Construct,
    FolderCode,
    Function,
    FunctionConfig,
    HttpApi,
    HttpApiConfig,
    HttpApiCorsConfig,
    ImageCode,
    KeyConfig,
    LogRetention,
    Number,
    Problem,
    Queue,
    QueueConfig,
    Resource,
    S3Code,
    SecureConstruct,
    SecureKey,
    Table,
    TableConfig,
    Text,
    UserPool,
    UserPoolClientConfig,
    UserPoolConfig,
    between,
    declares,
    matches,
)
from secureinfra_blueprints._alarms import alarm_topic
from secureinfra_blueprints._code import runs

_ROUTE = matches(
    r"\$default|(ANY|GET|POST|PUT|PATCH|DELETE|HEAD) /[A-Za-z0-9/_.{}+-]*",
    "is not a route",
    "write a method and a path",
    example="GET /orders/{id}",
)


class ServerlessApiConfig(Config):
    """What a caller may choose about a serverless API."""

    code: FolderCode | S3Code | ImageCode
    """Code of the function: `kind: folder` with a `path`, `kind: s3` with `bucket` and `key`, or `kind: image` with a `uri`."""
    runtime: Text | None = "python3.13"
    """Language and version, e.g. `python3.13`; nothing for an image."""
    handler: Text | None = "app.handler"
    """What Lambda calls for a request, e.g. `app.handler` for the function `handler` in `app.py`; nothing for an image."""
    job_handler: Text | None = None
    """What Lambda calls for messages of the queue, e.g. `jobs.handler`; by default there is no queue."""
    routes: tuple[Annotated[str, _ROUTE], ...] = ("$default",)
    """Routes, each a method and a path; by default all. Each needs a token of a signed-in user."""
    hash_key: Text = "id"
    """Partition key of the table. Another one replaces it."""
    range_key: Text | None = None
    """Sort key of the table. Another one replaces it."""
    callback_urls: tuple[Text, ...] = ()
    """Where users return to after they signed in, over HTTPS; without any, the application signs in by the SDK only."""
    logout_urls: tuple[Text, ...] = ()
    """Where users return to after they signed out."""
    sign_in_prefix: Text | None = None
    """Beginning of the sign-in pages' address below `amazoncognito.com`, unique in the region; needed for `callback_urls`."""
    allow_origins: tuple[Text, ...] = ()
    """Sites whose scripts may call the API, e.g. `https://shop.example.com`; by default none."""
    domain_name: Text | None = None
    """The API's own domain, with `zone_id` and `certificate_arn`; the address that AWS gives is switched off then."""
    zone_id: Text | None = None
    """Route 53 hosted zone of `domain_name`."""
    certificate_arn: CertificateArn | None = None
    """ARN of a certificate for `domain_name`, in the same region."""
    requests_per_second: Annotated[Number, between(1, 10000, "requests a second")] = 100
    """Requests a second for each route; more are rejected with 429."""
    memory_mb: Number = 512
    """Memory of the function in MB, 128 to 10,240; processor time grows with it."""
    backups: bool = True
    """Backups of the table every day, kept for 35 days in a locked vault, beside its restore to any second."""
    alarm_emails: tuple[Text, ...] = ()
    """Addresses that are notified of errors, throttling and old messages; each confirms first."""
    log_retention_days: LogRetention = 365
    """How long access logs are kept, one of CloudWatch's periods of a year or longer."""
    protect: bool = True
    """Deletion protection for table, users, vault and keys; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """What the parts would refuse, told at once with the rest."""
        given = (self.domain_name, self.zone_id, self.certificate_arn)
        if any(given) and not all(given):
            missing = ("domain_name", "zone_id", "certificate_arn")[[bool(one) for one in given].index(False)]
            what, why = "is missing", "a domain has a record in a zone and a certificate"
            yield Problem(missing, what, why, "Add it, or remove the others", subject=missing)
        if bool(self.callback_urls) != bool(self.sign_in_prefix):
            at = "sign_in_prefix" if self.callback_urls else "callback_urls"
            why, subject = (
                "users come from the sign-in pages back to the application",
                "sign_in_prefix and callback_urls",
            )
            yield Problem(at, "go together", why, "Add the one that is missing", subject=subject)
        if isinstance(self.code, ImageCode) and self.job_handler:
            what, why = "goes with code of a runtime", "an image says itself what runs"
            yield Problem("job_handler", what, why, "Remove it", subject="job_handler")
        if len(set(self.routes)) < len(self.routes):
            yield Problem("routes", "holds a route twice", instead="Remove one of them", subject="routes")
        yield from self.refusals(self.function(self.handler))

    def function(self, handler: str | None) -> FunctionConfig:
        """A function's part."""
        return FunctionConfig(
            **runs(self.code, self.runtime, handler),
            memory_mb=self.memory_mb,
            tags=self.tags,
        )


@declares()
class ServerlessApi(SecureConstruct):
    """An HTTP API that only signed-in users call, whose function reads and writes its own table and nothing else.

    Creates the user pool with a client for the application; the API, each of whose routes needs a token of that pool; the
    function; the table, which can be restored to any second of 35 days, with daily backups in a locked vault; on request a
    queue with a second function for work that is done later; alarms; and one key for all of it.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: the code, and what to choose.
        provider: an additional provider, for another region.
        moved_from: the path that it had before.

    Raises:
        ConfigError: a value is refused.

    Example:
        `ServerlessApi(stack, "orders", ServerlessApiConfig(code=S3Code(bucket="acme-builds", key="orders.zip",
        object_version="3sL4kqtJlcpXroDTDmJ")))`
    """

    config: ServerlessApiConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: ServerlessApiConfig,
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        about = KeyConfig(description=f"{self.path}: API", protect=config.protect, tags=config.tags)
        self.key = SecureKey(self, "key", about)
        self.alarms = alarm_topic(self, config.alarm_emails, config.tags, self.key)
        self.users = self._make_users()
        self.backups = self._make_backups()
        self.table = self._make_table()
        self.function = self._make_function("function", config.handler)
        self.queue, self.worker = self._make_worker()
        self.api = self._make_api()

    def _make_users(self) -> UserPool:
        config = self.config
        about = UserPoolConfig(domain_prefix=config.sign_in_prefix, protect=config.protect, tags=config.tags)
        users = UserPool(self, "users", about)
        users.add_client(
            "application", UserPoolClientConfig(callback_urls=config.callback_urls, logout_urls=config.logout_urls)
        )
        return users

    def _make_backups(self) -> BackupPlan | None:
        if not self.config.backups:
            return None
        about = BackupPlanConfig(selected_tags={}, protect=self.config.protect, tags=self.config.tags)
        return BackupPlan(self, "backups", about, key=self.key, alarms=self.alarms)

    def _make_table(self) -> Table:
        config = self.config
        about = TableConfig(
            hash_key=config.hash_key, range_key=config.range_key, protect=config.protect, tags=config.tags
        )
        table = Table(self, "table", about, key=self.key, alarms=self.alarms)
        if self.backups is not None:
            # By a name of its own: the path is a variable in a module, and no address.
            self.backups.back_up("table", table.arn, "DynamoDB", key=self.key)
        return table

    def _make_function(self, id: str, handler: str | None) -> Function:
        function = Function(self, id, self.config.function(handler), key=self.key, alarms=self.alarms)
        self.table.grant_read_write(function.role)
        return function

    def _make_worker(self) -> tuple[Queue | None, Function | None]:
        if self.config.job_handler is None:
            return None, None
        worker = self._make_function("worker", self.config.job_handler)
        timeout = 6 * worker.config.timeout_seconds
        about = QueueConfig(visibility_timeout_seconds=timeout, tags=self.config.tags)
        queue = Queue(self, "jobs", about, key=self.key, alarms=self.alarms)
        queue.grant_send(self.function.role)
        worker.read_queue(queue, id="jobs")
        return queue, worker

    def _make_api(self) -> HttpApi:
        config = self.config
        cors = None
        if config.allow_origins:
            cors = HttpApiCorsConfig(
                allow_origins=config.allow_origins,
                allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
                allow_headers=("authorization", "content-type"),
            )
        about = HttpApiConfig(
            domain_name=config.domain_name,
            throttling_rate_limit=config.requests_per_second,
            cors=cors,
            log_retention_in_days=config.log_retention_days,
            tags=config.tags,
        )
        api = HttpApi(self, "api", about, certificate=config.certificate_arn, key=self.key, alarms=self.alarms)
        users = api.add_jwt_authorizer(
            "users", issuer=self.users.issuer, audience=(self.users.client_id("application"),)
        )
        for route in config.routes:
            api.add_route(route, self.function, authorizer=users)
        if config.domain_name:
            alias = {"name": api.domain_target, "zone_id": api.domain_zone_id, "evaluate_target_health": False}
            name, zone = config.domain_name, config.zone_id
            Resource(api, "record", "aws_route53_record", zone_id=zone, name=name, type="A", alias=alias)
        return api
