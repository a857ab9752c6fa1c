"""Controls on the storage of RDS databases and on access to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.rds.engine import (
    AURORA_MYSQL,
    AURORA_POSTGRESQL,
    CLUSTER,
    CLUSTER_INSTANCE,
    DB2,
    INSTANCE,
    MARIADB,
    MYSQL,
    ORACLE,
    POSTGRESQL,
    SQL_SERVER,
    engine_of,
    inherited,
    is_serverless_v1,
    known_text,
    not_of_custom,
    version_of,
)
from secureinfra.controls.shared.arguments import argument, is_false, is_true, number
from secureinfra.controls.shared.keys import is_customer_key
from secureinfra.controls.verdict import Failure, NotApplicable, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration


INSTANCE_ENCRYPTED = Control(
    id="rds-instance-encrypted",
    title="RDS instance storage is encrypted",
    why="a copy of the storage, a backup or a snapshot would expose every record",
    row="rds-encrypted",
    fix="Set storage_encrypted = true; restore an existing instance from an encrypted copy of its snapshot.",
)

CLUSTER_ENCRYPTED = Control(
    id="rds-cluster-encrypted",
    title="RDS cluster storage is encrypted",
    why="a copy of the storage, a backup or a snapshot would expose every record",
    row="rds-cluster-encrypted",
    fix="Set storage_encrypted = true; restore an existing cluster from its snapshot.",
)


@INSTANCE_ENCRYPTED.check(INSTANCE)
@CLUSTER_ENCRYPTED.check(CLUSTER)
def _encrypted(database: Block, configuration: Configuration) -> Iterator[Failure]:
    value = inherited(database, "storage_encrypted", configuration)
    if is_true(value):
        return
    # docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless.html: encryption is always on there.
    if value is None and is_serverless_v1(database):
        return
    _unless_restored(database, value)
    yield Failure(
        written("storage_encrypted", value) + (" (AWS defaults to False)" if value is None else ""),
        "storage_encrypted = true",
        at="storage_encrypted",
    )


INSTANCE_CUSTOMER_KEY = Control(
    id="rds-instance-customer-key",
    title="RDS instance storage is encrypted with a customer managed key",
    why="only a customer managed key shows who reads the data, can be disabled, and allows sharing snapshots securely",
    # No framework requires a customer managed key here: the row is about encryption.
    fix="Set kms_key_id to the ARN of a customer managed key.",
)

CLUSTER_CUSTOMER_KEY = Control(
    id="rds-cluster-customer-key",
    title="RDS cluster storage is encrypted with a customer managed key",
    why="only a customer managed key shows who reads the data, can be disabled, and allows sharing snapshots securely",
    # No framework requires a customer managed key here: the row is about encryption.
    fix="Set kms_key_id to the ARN of a customer managed key.",
)


@INSTANCE_CUSTOMER_KEY.check(INSTANCE)
@CLUSTER_CUSTOMER_KEY.check(CLUSTER)
def _customer_key(database: Block, configuration: Configuration) -> Iterator[Failure]:
    value = inherited(database, "kms_key_id", configuration)
    if is_customer_key(value, configuration):
        return
    _unless_restored(database, value)
    yield Failure(
        written("kms_key_id", value),
        "kms_key_id = the ARN of a customer managed key, e.g. aws_kms_key.main.arn",
        at="kms_key_id",
    )


def _unless_restored(database: Block, value: Any) -> None:
    """Unknown if a snapshot decides, from which the database is restored."""
    for path in ("snapshot_identifier", "restore_to_point_in_time"):
        if value is None and database.has(path):
            raise UnknownValueError(Unknown(f"whether the source of {database.address} is encrypted"))


NOT_PUBLIC = Control(
    id="rds-instance-not-public",
    title="RDS databases are not publicly accessible",
    why="anyone on the internet could try passwords and known vulnerabilities",
    row="rds-not-public",
    waivable=False,
    fix="Set publicly_accessible = false, and reach the database from within the VPC.",
)

# By default the provider sends false for an Aurora instance too.
NOT_PUBLIC.check(INSTANCE, CLUSTER_INSTANCE)(
    argument("publicly_accessible", is_false, "publicly_accessible = false", absent=False)
)

MINOR_UPGRADES = Control(
    id="rds-minor-upgrades",
    title="RDS minor version upgrades are automatic",
    why="vulnerabilities that are fixed in a newer version would remain",
    row="rds-minor-upgrade",
    fix="Set auto_minor_version_upgrade = true, or remove it.",
)


@MINOR_UPGRADES.check(INSTANCE, CLUSTER_INSTANCE)
def _minor_upgrades(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "auto_minor_version_upgrade"
    if not is_true(value := instance.get(path, True)):
        not_of_custom(instance, "automatic upgrades")
        yield Failure(written(path, value), f"{path} = true", at=path)


# Provider 6 has it for clusters that create their own instances; AWS defaults to true.
MINOR_UPGRADES.check(CLUSTER)(
    argument("auto_minor_version_upgrade", is_true, "auto_minor_version_upgrade = true", absent=True)
)

IAM_AUTHENTICATION = Control(
    id="rds-iam-authentication",
    title="RDS databases support IAM authentication",
    why="every user would need a password, which is stored, shared and rarely changed",
    row="rds-iam-auth",
    fix="Set iam_database_authentication_enabled = true, and grant rds-db:connect to the roles that may log in.",
)
# docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html and its pages on regions and engine versions:
# the engines that offer it, each with the first version that does. MariaDB has it since 10.6, MySQL since 5.6.34 and
# 5.7.16, PostgreSQL since 9.5.14 and 9.6.9; Aurora in every version that can still be created.
_WITH_IAM: Mapping[str, tuple[int, ...]] = {
    POSTGRESQL: (9, 5),
    MYSQL: (5, 6),
    MARIADB: (10, 6),
    AURORA_POSTGRESQL: (),
    AURORA_MYSQL: (),
}


def _may_log_in_by_iam(engine: str, version: Any) -> bool:
    """Whether a version offers it: of MariaDB, some that RDS still creates do not.

    Raises:
        UnknownValueError: only Terraform knows the version of MariaDB.
    """
    least = _WITH_IAM[engine]
    if version is None or (is_unknown(version) and engine != MARIADB):
        return True
    have = version_of(version)
    # A version that is no more than `10` stands for the newest.
    return have >= least[: len(have)]


@IAM_AUTHENTICATION.check(INSTANCE, CLUSTER)
def _iam_authentication(database: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "iam_database_authentication_enabled"
    if is_true(value := database.get(path)):
        return
    if (engine := engine_of(database, configuration)) not in _WITH_IAM:
        raise NotApplicable(f"{engine} does not support IAM database authentication")
    if is_serverless_v1(database):
        raise NotApplicable("Aurora Serverless v1 does not support IAM database authentication")
    if not _may_log_in_by_iam(engine, inherited(database, "engine_version", configuration)):
        raise NotApplicable(f"this version of {engine} does not support IAM database authentication")
    yield Failure(written(path, value), f"{path} = true", at=path)


CUSTOM_ADMIN = Control(
    id="rds-admin-renamed",
    title="RDS administrator user names are not the engine's default",
    why="an attacker would have to guess only the password",
    row="rds-custom-admin",
    fix="Set username or master_username to a name other than admin, postgres or another default.",
)
# The defaults of the console, and the engines' own administrators.
_USUAL_ADMINS = ("admin", "administrator", "postgres", "root", "sa", "sys", "system", "db2inst1", "rdsadmin")


@CUSTOM_ADMIN.check(INSTANCE, CLUSTER)
def _custom_admin(database: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "username" if database.type == INSTANCE else "master_username"
    value = database.get(path)
    if value is None:
        raise NotApplicable("its administrator is the one of its source database")
    if known_text(value).lower() in _USUAL_ADMINS:
        yield Failure(written(path, value), f"{path} = a name that is hard to guess", at=path)


PORT_CHANGED = Control(
    id="rds-port-changed",
    title="RDS databases use a non-default port",
    why="scans for databases try the default ports first",
    row="rds-non-default-port",
    fix="Set port to a number other than the engine's default.",
)
_USUAL_PORTS = {
    POSTGRESQL: 5432,
    AURORA_POSTGRESQL: 5432,
    MYSQL: 3306,
    MARIADB: 3306,
    AURORA_MYSQL: 3306,
    ORACLE: 1521,
    SQL_SERVER: 1433,
    DB2: 50000,
}


@PORT_CHANGED.check(INSTANCE, CLUSTER)
def _port_changed(database: Block, configuration: Configuration) -> Iterator[Failure]:
    value = inherited(database, "port", configuration)
    port = number(value)
    if port is not None and port not in _USUAL_PORTS.values():
        return
    usual = _USUAL_PORTS.get(engine_of(database, configuration))
    if usual is not None and port in (None, usual):
        taken = f" (AWS defaults to {usual})" if port is None else ""
        yield Failure(written("port", value) + taken, f"port = a number other than {usual}", at="port")


MODERN_CA = Control(
    id="rds-ca-modern",
    title="RDS certificates are from a current certificate authority",
    why="clients that verify certificates would refuse an expired one, and others would stop verifying",
    row="rds-ca-modern",
    fix='Set ca_cert_identifier = "rds-ca-rsa2048-g1", or remove it.',
)
# docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html: the CAs named by a year have expired.
_CURRENT_CA = re.compile(r"rds-ca-(?:rsa|ecc)\d+-g\d+")


def _is_current(authority: Any) -> bool:
    return authority is None or _CURRENT_CA.fullmatch(known_text(authority)) is not None


MODERN_CA.check(INSTANCE, CLUSTER_INSTANCE)(
    argument("ca_cert_identifier", _is_current, 'ca_cert_identifier = "rds-ca-rsa2048-g1" or newer')
)
MODERN_CA.check(CLUSTER)(
    argument("ca_certificate_identifier", _is_current, 'ca_certificate_identifier = "rds-ca-rsa2048-g1" or newer')
)

PROXY_TLS = Control(
    id="rds-proxy-tls",
    title="RDS Proxy requires TLS",
    why="passwords and records could be read in transit to the proxy",
    row="rds-proxy-tls",
    fix="Set require_tls = true.",
)

PROXY_TLS.check("aws_db_proxy")(argument("require_tls", is_true, "require_tls = true", absent=False))
