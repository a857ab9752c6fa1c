"""Glue database: the tables of one folder in a bucket, and who may see them and read what is in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.s3.bucket import SecureBucket
from secureinfra.config.config import Config
from secureinfra.config.rule import matches
from secureinfra.config.rules import Text, is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement

__all__ = ["CatalogDatabase", "CatalogDatabaseConfig"]

# docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
DATABASE_NAME = matches(
    r"[a-z0-9_]{1,255}",
    "is not a database name",
    "write up to 255 lower-case letters, digits and '_', which Athena can query without quotes",
    example="sales",
)
_TABLE = re.compile(r"[a-z0-9_]{1,255}")
_FOLDER = re.compile(r"([^/*?]+/)*")

# docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
_READ = (
    "glue:BatchGetPartition",
    "glue:GetDatabase",
    "glue:GetDatabases",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
)
# Whatever makes and changes tables and partitions, and deletes none.
_DEFINE = (
    "glue:BatchCreatePartition",
    "glue:BatchUpdatePartition",
    "glue:CreatePartition",
    "glue:CreateTable",
    "glue:UpdatePartition",
    "glue:UpdateTable",
)


class CatalogDatabaseConfig(Config):
    """What a caller may choose about a database of the Data Catalog."""

    name: Annotated[str, DATABASE_NAME] | None = None
    """Name of the database, unique in account and region; by default the construct's path with `_`. Another name replaces the
    database with the definitions of its tables, which Terraform refuses while it is protected; the data stays."""
    description: Text | None = None
    """What the database holds; by default it names the construct."""
    permissions: Literal["iam", "lake-formation"] = "iam"
    """Who decides about new tables. `iam`: IAM policies alone, since Lake Formation gives every new table to its group
    `IAM_ALLOWED_PRINCIPALS`. `lake-formation`: what Lake Formation grants and its settings say; tables that exist keep what they have."""
    parameters: dict[str, str] = {}
    """Properties of the database, which Glue and Athena show."""
    protect: bool = True
    """Terraform refuses to destroy the database, with which the definitions of its tables go; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(module="catalog-database", page="analytics")
class CatalogDatabase(SecureConstruct):
    """A database of the Data Catalog, whose tables and their data only roles with a grant can read.

    Creates the database. With a bucket, its tables lie in folders of their own below the prefix, and a grant covers both: the
    definitions of tables, and the objects in their folders.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose.
        bucket: where its data is; without one, grants cover the definitions of tables only.
        prefix: folder in the bucket, with `/` at its end, e.g. `sales/`; by default the whole bucket.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `sales = CatalogDatabase(stack, "sales", bucket=lake, prefix="sales/"); sales.grant_read(analyst, tables=("orders",))`
    """

    config: CatalogDatabaseConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: CatalogDatabaseConfig = CatalogDatabaseConfig(),
        *,
        bucket: SecureBucket | None = None,
        prefix: str = "",
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.database_name = config.name or derived_name(
            self, DATABASE_NAME, name=re.sub(r"[^a-z0-9]+", "_", self.path.lower()).strip("_")
        )
        self.bucket, self.prefix = bucket, prefix
        self._check_prefix()
        self.database = Resource(
            self,
            "database",
            "aws_glue_catalog_database",
            protect=config.protect,
            name=self.database_name,
            description=config.description or f"{self.path}: database",
            location_uri=f"s3://{bucket.name}/{prefix}" if bucket else None,
            parameters=config.parameters or None,
            create_table_default_permission=self._default_permission(),
            tags=config.tags or None,
        )

    @property
    def arn(self) -> str:
        """Reference to the database's ARN."""
        return self.database.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the database's name."""
        return self.database.ref("name")

    def grant_read(self, grantee: Grantee | str, tables: Sequence[str] | Mapping[str, str] | None = None) -> None:
        """Let a role see tables and read what is in them. Under Lake Formation it may ask for access, which is granted there.

        Args:
            grantee: a `SecureRole` or `ExistingRole`; databases have no policy of their own for an ARN.
            tables: which tables, each in the folder of its name below the database's prefix; or, by name, their folders, e.g.
                `{"orders": "orders_v2/"}`; by default every table.

        Raises:
            ConfigError: the grantee is an ARN, or a table or folder is not one.
        """
        folders = self._folders(tables)
        role = self._role(grantee, "grant_read")
        named = self._resources(folders)
        # Athena asks for the database of this name before it runs a query (see above: "access to your catalog and database").
        role.add_to_policy(Statement(actions=_READ, resources=(*named, self._glue_arn("database/default"))))
        if self.config.permissions == "lake-formation":
            # It gives out credentials for the tables that it granted: docs.aws.amazon.com/lake-formation/latest/dg/
            # access-control-underlying-data.html; the action knows no resource.
            role.add_to_policy(Statement(actions=("lakeformation:GetDataAccess",), resources=("*",)))
        elif self.bucket is not None:
            for folder in folders.values() if folders is not None else ("",):
                self.bucket.grant_read(role, f"{self.prefix}{folder}")
            # Athena asks where a bucket is before it reads it: docs.aws.amazon.com/athena/latest/ug/s3-permissions.html
            role.add_to_policy(Statement(actions=("s3:GetBucketLocation",), resources=(self.bucket.arn,)))

    def grant_define(self, grantee: Grantee | str) -> None:
        """Let a role see, make and change tables and partitions, but delete none, and read no data.

        Args:
            grantee: a `SecureRole` or `ExistingRole`; databases have no policy of their own for an ARN.

        Raises:
            ConfigError: the grantee is an ARN.
        """
        role = self._role(grantee, "grant_define")
        role.add_to_policy(Statement(actions=(*_READ, *_DEFINE), resources=self._resources(None)))

    def _role(self, grantee: Grantee | str, asked: str) -> Grantee:
        principal_of(grantee, self.path)
        if isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: {asked}({grantee!r}) cannot be written: a database has no policy of its own. Pass a SecureRole or an "
                "ExistingRole."
            )
        return grantee

    def _resources(self, folders: Mapping[str, str] | None) -> tuple[str, ...]:
        """What Glue checks: a table with the database and the catalog that it is in.

        docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
        """
        tables = [f"table/{self.database_name}/{table}" for table in (folders if folders is not None else ("*",))]
        return tuple(self._glue_arn(one) for one in ("catalog", f"database/{self.database_name}", *tables))

    def _glue_arn(self, resource: str) -> str:
        # Without a reference to the database: a crawler's role must exist before what waits for it.
        return f"arn:{self.partition}:glue:{self.region}:{self.account_id}:{resource}"

    def _folders(self, tables: Sequence[str] | Mapping[str, str] | None) -> dict[str, str] | None:
        if tables is None:
            return None
        if isinstance(tables, str):
            raise ConfigError(f"{self.path}: tables={tables!r} is one value: write a tuple, ({tables!r},).")
        folders = dict(tables) if isinstance(tables, Mapping) else {table: f"{table}/" for table in tables}
        if not folders:
            raise ConfigError(
                f"{self.path}: tables=() names no table: the grant would allow nothing. Name some, or leave it out."
            )
        for table, folder in folders.items():
            if not is_token(table) and not _TABLE.fullmatch(table):
                raise ConfigError(
                    f"{self.path}: tables: {table!r} is not a table: names have lower-case letters, digits and '_'. Write it out."
                )
            if not is_token(folder) and (not folder or not _FOLDER.fullmatch(folder)):
                raise ConfigError(
                    f"{self.path}: tables: {folder!r} is not a folder of {table!r}: without '/' at its end it would cover others. "
                    f"Write e.g. {table + '/'!r}."
                )
        return folders

    def _check_prefix(self) -> None:
        if self.bucket is None and self.prefix:
            raise ConfigError(f"{self.path}: prefix={self.prefix!r} is in no bucket. Pass bucket=, or leave it out.")
        if not is_token(self.prefix) and not _FOLDER.fullmatch(self.prefix):
            raise ConfigError(
                f"{self.path}: prefix={self.prefix!r} is not a folder: 'sales' would cover 'sales-secret/' too. Write '/' at its "
                "end and none at its start, e.g. 'sales/'."
            )

    def _default_permission(self) -> dict[str, Any] | None:
        # docs.aws.amazon.com/lake-formation/latest/dg/change-settings.html
        if self.config.permissions == "lake-formation":
            return None
        return {"permissions": ["ALL"], "principal": {"data_lake_principal_identifier": "IAM_ALLOWED_PRINCIPALS"}}
