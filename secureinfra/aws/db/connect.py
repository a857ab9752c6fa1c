"""Logging in to a database: IAM tokens for exactly one user, and connections from security groups only."""

from __future__ import annotations

from secureinfra.aws.security_group.group import HasConnections
from secureinfra.config.rule import matches
from secureinfra.engine import Grantee, SecureConstruct, principal_of
from secureinfra.errors import ConfigError
from secureinfra.facts.iam_reads import LOGS_IN
from secureinfra.policy import Statement

_USER = matches(
    r"[A-Za-z0-9_.@-]{1,63}", "is not a database user", "write its name: no wildcard, which would be every user"
)


def connect_statement(construct: SecureConstruct, grantee: Grantee, resource_id: str, user: str) -> Statement:
    """The permission to log in to one database as one user.

    docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html

    Args:
        construct: the database or its proxy.
        grantee: the role.
        resource_id: `db-...`, `cluster-...` or `prx-...`.
        user: the database user.

    Raises:
        ConfigError: the grantee is an ARN, or the user is not a name.
    """
    principal_of(grantee, construct.path)
    if isinstance(grantee, str):
        raise ConfigError(
            f"{construct.path}: grant_connect({grantee!r}) cannot be written: a database has no policy of its own. Pass a SecureRole."
        )
    if complaint := _USER.complaint(user):
        raise ConfigError(f"{construct.path}: grant_connect(user={user!r}) {complaint}.")
    start = f"arn:{construct.partition}:rds-db:{construct.region}:{construct.account_id}:dbuser"
    return Statement(actions=(LOGS_IN,), resources=(f"{start}:{resource_id}/{user}",))


def refuse_networks(path: str, other: object) -> None:
    """Refuse a network as the peer of a database.

    Raises:
        ConfigError: the peer has no security group.
    """
    if not isinstance(other, HasConnections):
        raise ConfigError(
            f"{path}: allow_from({other!r}) is not possible: a database takes connections from named security groups, not from a network "
            "or an id. Pass a SecurityGroup, or what has one."
        )
