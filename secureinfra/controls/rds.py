"""Controls on the storage of RDS databases and on who reaches them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, is_false, is_true, number
from secureinfra.controls.reading.keys import is_customer_key
from secureinfra.controls.reading.rds_engine import (
    AURORA_MYSQL,
    AURORA_POSTGRESQL,
    DB2,
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
)
from secureinfra.controls.verdict import Failure, NotApplicable, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

INSTANCE, CLUSTER, CLUSTER_INSTANCE = "aws_db_instance", "aws_rds_cluster", "aws_rds_cluster_instance"

INSTANCE_ENCRYPTED = Control(
    id="rds-instance-encrypted",
    title="The storage of a database instance is encrypted",
    why="who gets hold of the storage, a backup or a snapshot could read every record",
    row="rds-encrypted",
    mend="Set storage_encrypted = true; an instance that exists must be made anew from an encrypted copy of its snapshot.",
)

CLUSTER_ENCRYPTED = Control(
    id="rds-cluster-encrypted",
    title="The storage of a database cluster is encrypted",
    why="who gets hold of the storage, a backup or a snapshot could read every record",
    row="rds-cluster-encrypted",
    mend="Set storage_encrypted = true; a cluster that exists must be made anew from its snapshot.",
)


@INSTANCE_ENCRYPTED.check(INSTANCE)
@CLUSTER_ENCRYPTED.check(CLUSTER)
def _encrypted(database: Block, configuration: Configuration) -> Iterator[Failure]:
    value = inherited(database, "storage_encrypted", configuration)
    if is_true(value):
        return
    # docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless.html: there encryption cannot be switched off.
    if value is None and is_serverless_v1(database):
        return
    _unless_restored(database, value)
    yield Failure(
        written("storage_encrypted", value) + (" (AWS takes False)" if value is None else ""),
        "storage_encrypted = true",
        at="storage_encrypted",
    )


INSTANCE_CUSTOMER_KEY = Control(
    id="rds-instance-customer-key",
    title="The storage of a database instance is encrypted with a customer key",
    why="only a customer key shows who reads the data, can be withdrawn, and lets a snapshot be shared safely",
    # No framework asks for a key of one's own here: the row is about encryption.
    mend="Set kms_key_id to the ARN of a customer managed key.",
)

CLUSTER_CUSTOMER_KEY = Control(
    id="rds-cluster-customer-key",
    title="The storage of a database cluster is encrypted with a customer key",
    why="only a customer key shows who reads the data, can be withdrawn, and lets a snapshot be shared safely",
    # No framework asks for a key of one's own here: the row is about encryption.
    mend="Set kms_key_id to the ARN of a customer managed key.",
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
    """Leave open what the snapshot decides from which a database is made."""
    for path in ("snapshot_identifier", "restore_to_point_in_time"):
        if value is None and database.has(path):
            raise UnknownValueError(Unknown(f"how the source of {database.address} is encrypted"))


NOT_PUBLIC = Control(
    id="rds-instance-not-public",
    title="The database has no public address",
    why="everybody on the internet could try passwords and known holes on it, which no reason makes safe",
    row="rds-not-public",
    waivable=False,
    mend="Set publicly_accessible = false, and reach the database from within the VPC.",
)

# The provider sends false for an Aurora instance too where nothing is written.
NOT_PUBLIC.check(INSTANCE, CLUSTER_INSTANCE)(
    argument("publicly_accessible", is_false, "publicly_accessible = false", absent=False)
)

MINOR_UPGRADES = Control(
    id="rds-minor-upgrades",
    title="Minor versions are installed by AWS",
    why="a hole that the engine's makers have closed would stay open",
    row="rds-minor-upgrade",
    mend="Set auto_minor_version_upgrade = true, or leave it out.",
)


@MINOR_UPGRADES.check(INSTANCE, CLUSTER_INSTANCE)
def _minor_upgrades(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "auto_minor_version_upgrade"
    if not is_true(value := instance.get(path, True)):
        not_of_custom(instance, "automatic upgrades")
        yield Failure(written(path, value), f"{path} = true", at=path)


# Of the AWS provider 6, for clusters that make their instances themselves; AWS takes true where nothing is written.
MINOR_UPGRADES.check(CLUSTER)(
    argument("auto_minor_version_upgrade", is_true, "auto_minor_version_upgrade = true", absent=True)
)

IAM_AUTHENTICATION = Control(
    id="rds-iam-authentication",
    title="Users can log in to the database with IAM",
    why="every user would need a password, which is stored, shared and seldom changed",
    row="rds-iam-auth",
    mend="Set iam_database_authentication_enabled = true, and grant rds-db:connect to those who may log in.",
)
# docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
_WITH_IAM = (POSTGRESQL, MYSQL, MARIADB, AURORA_POSTGRESQL, AURORA_MYSQL)


@IAM_AUTHENTICATION.check(INSTANCE, CLUSTER)
def _iam_authentication(database: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "iam_database_authentication_enabled"
    if is_true(value := database.get(path)):
        return
    if (engine := engine_of(database, configuration)) not in _WITH_IAM:
        raise NotApplicable(f"IAM database authentication is not offered for {engine}")
    if is_serverless_v1(database):
        raise NotApplicable("IAM database authentication is not offered for Aurora Serverless v1")
    yield Failure(written(path, value), f"{path} = true", at=path)


CUSTOM_ADMIN = Control(
    id="rds-admin-renamed",
    title="The administrator has a name of its own",
    why="half of what an attacker must guess would be known",
    row="rds-custom-admin",
    mend="Choose a name other than admin, postgres or another engine's own for username or master_username.",
)
# What the console proposes, and what the engines call their own administrator.
_USUAL_ADMINS = ("admin", "administrator", "postgres", "root", "sa", "sys", "system", "db2inst1", "rdsadmin")


@CUSTOM_ADMIN.check(INSTANCE, CLUSTER)
def _custom_admin(database: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "username" if database.type == INSTANCE else "master_username"
    value = database.get(path)
    if value is None:
        raise NotApplicable("its administrator is that of the database which it copies")
    if known_text(value).lower() in _USUAL_ADMINS:
        yield Failure(written(path, value), f"{path} = a name that nobody guesses", at=path)


PORT_CHANGED = Control(
    id="rds-port-changed",
    title="The database listens on a port of its own",
    why="whoever scans for databases tries the usual ports first",
    row="rds-non-default-port",
    mend="Set port to a number other than the engine's usual one.",
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
        taken = f" (AWS takes {usual})" if port is None else ""
        yield Failure(written("port", value) + taken, f"port = another than {usual}", at="port")


MODERN_CA = Control(
    id="rds-ca-modern",
    title="The database's certificate comes from a current authority",
    why="clients that check certificates refuse one that has run out, and others learn not to check",
    row="rds-ca-modern",
    mend='Set ca_cert_identifier = "rds-ca-rsa2048-g1", or leave it out.',
)
# docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html: those named by a year are gone.
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
    title="The proxy takes connections over TLS only",
    why="passwords and records could be read on their way to the proxy",
    row="rds-proxy-tls",
    mend="Set require_tls = true.",
)

PROXY_TLS.check("aws_db_proxy")(argument("require_tls", is_true, "require_tls = true", absent=False))
