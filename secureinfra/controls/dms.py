"""Controls on the Database Migration Service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, has_blocks, is_false, is_true, one_of, only_if, text_in
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.verdict import Failure, each
from secureinfra.terraform.unknown import any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

INSTANCE, ENDPOINT, TASK = "aws_dms_replication_instance", "aws_dms_endpoint", "aws_dms_replication_task"

NOT_PUBLIC = Control(
    id="dms-replication-instance-not-public",
    title="DMS replication instances are not publicly accessible",
    why="anyone on the internet could try to reach the databases that it connects",
    row="dms-not-public",
    fix="Set publicly_accessible = false. This replaces an existing instance.",
)


def _is_stated_false(value: Any) -> bool:
    return value is not None and is_false(value)


# Without the argument AWS chooses: docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationInstance.html.
NOT_PUBLIC.check(INSTANCE)(argument("publicly_accessible", _is_stated_false, "publicly_accessible = false"))

MINOR_UPGRADES = Control(
    id="dms-replication-instance-minor-upgrades",
    title="DMS replication instances upgrade minor versions automatically",
    why="vulnerabilities that are fixed in a newer version would remain",
    row="dms-minor-upgrade",
    fix="Set auto_minor_version_upgrade = true.",
)
MINOR_UPGRADES.check(INSTANCE)(argument("auto_minor_version_upgrade", is_true, "auto_minor_version_upgrade = true"))

MULTI_AZ = Control(
    id="dms-replication-instance-multi-az",
    title="DMS replication instances have a standby in another Availability Zone",
    why="an outage of one zone would stop the migration",
    row="dms-multi-az",
    fix="Set multi_az = true.",
)
MULTI_AZ.check(INSTANCE)(argument("multi_az", is_true, "multi_az = true", absent=False))

CUSTOMER_KEY = Control(
    id="dms-customer-key",
    title="DMS encrypts with a customer managed key",
    why="with an AWS managed key, you could not see or limit who decrypts data and passwords",
    row="dms-cmk",
    fix="Set kms_key_arn to the ARN of a customer managed key.",
)
CUSTOMER_KEY.check(INSTANCE, ENDPOINT)(customer_key("kms_key_arn"))

TASK_LOGGED = Control(
    id="dms-replication-task-logged",
    title="DMS tasks log what they read and write",
    why="you could not find out which changes were lost, or why",
    row="dms-task-logging",
    fix='Set Logging.EnableLogging = true in replication_task_settings, and Severity "LOGGER_SEVERITY_DEFAULT" for '
    "SOURCE_CAPTURE, SOURCE_UNLOAD, TARGET_APPLY and TARGET_LOAD in LogComponents.",
)
# docs.aws.amazon.com/securityhub/latest/userguide/dms-controls.html#dms-7
_COMPONENTS = ("SOURCE_CAPTURE", "SOURCE_UNLOAD", "TARGET_APPLY", "TARGET_LOAD")
_SEVERITIES = tuple(f"LOGGER_SEVERITY_{level}" for level in ("DEFAULT", "DEBUG", "DETAILED_DEBUG"))
_SETTINGS = "replication_task_settings"


@TASK_LOGGED.check(TASK)
def _task_logged(task: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.terraform.model.json_argument import decoded  # noqa: PLC0415 - the emitting wing needs none of it

    settings = task.get(_SETTINGS)
    held = decoded(settings) if settings is not None else {}
    logging = _member(held, "Logging")
    if not is_true(enabled := _member(logging, "EnableLogging")):
        yield Failure(f"Logging.EnableLogging is {enabled!r}", "EnableLogging = true", at=_SETTINGS)
        return
    written = _member(logging, "LogComponents")

    def check(name: str) -> Iterator[Failure]:
        def is_logged(component: Any) -> bool:
            return _member(component, "Id") == name and _member(component, "Severity") in _SEVERITIES

        if not any_of(written if isinstance(written, list) or is_unknown(written) else (), is_logged):
            yield Failure(f"{name} is not logged", f"Severity = {_SEVERITIES[0]!r} for {name}", at=_SETTINGS)

    yield from each(_COMPONENTS, check)


def _member(held: Any, name: str) -> Any:
    if is_unknown(held):
        return held
    return held.get(name) if isinstance(held, Mapping) else None


def _is_of(*engines: str) -> Callable[[Block], bool]:
    return lambda endpoint: text_in(endpoint.get("engine_name")) in engines


ENDPOINT_TLS = Control(
    id="dms-endpoint-tls",
    title="DMS connects to databases over TLS",
    why="passwords and records could be read in transit",
    row="dms-endpoint-tls",
    fix='Set ssl_mode = "require", or "verify-full" with certificate_arn.',
)
# docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html; the others have settings of their own.
_WITHOUT_SSL_MODE = (
    "dynamodb",
    "kinesis",
    "kafka",
    "redis",
    "elasticache",
    "opensearch",
    "elasticsearch",
    "s3",
    "neptune",
)
ENDPOINT_TLS.check(ENDPOINT)(
    only_if(
        lambda endpoint: not _is_of(*_WITHOUT_SSL_MODE)(endpoint),
        "this engine has no ssl_mode",
        argument("ssl_mode", one_of("require", "verify-ca", "verify-full"), 'ssl_mode = "require"', absent="none"),
    )
)

MONGODB_AUTHENTICATED = Control(
    id="dms-endpoint-mongodb-authenticated",
    title="DMS authenticates to MongoDB and DocumentDB",
    why="a database without passwords can be read by any host that reaches it",
    row="dms-mongodb-auth",
    fix='Write mongodb_settings with auth_type = "password", and credentials by secrets_manager_arn.',
)


def _mongodb_authenticated(endpoint: Block, configuration: Configuration) -> Iterator[Failure]:
    missing = list(
        has_blocks("mongodb_settings", 'mongodb_settings { auth_type = "password" }')(endpoint, configuration)
    )
    yield from missing
    if not missing:
        # By default the provider sends `password`.
        yield from argument(
            "mongodb_settings.auth_type", one_of("password"), 'auth_type = "password"', absent="password"
        )(endpoint, configuration)


MONGODB_AUTHENTICATED.check(ENDPOINT)(only_if(_is_of("mongodb", "docdb"), "it is not MongoDB", _mongodb_authenticated))

REDIS_TLS = Control(
    id="dms-endpoint-redis-tls",
    title="DMS connects to Redis over TLS",
    why="tokens and data could be read in transit",
    row="dms-redis-tls",
    fix='Remove ssl_security_protocol from redis_settings, or set it to "ssl-encryption".',
)
REDIS_TLS.check(ENDPOINT)(
    only_if(
        _is_of("redis"),
        "it is not Redis",
        argument(
            "redis_settings.ssl_security_protocol",
            one_of("ssl-encryption"),
            'ssl_security_protocol = "ssl-encryption"',
            absent="ssl-encryption",
        ),
    )
)
