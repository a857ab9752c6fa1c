"""The catalog of a data lake and who queries it: databases over folders, their crawlers, and a workgroup for each persona."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, Protocol

from secureinfra import (
    CatalogDatabase,
    CatalogDatabaseConfig,
    Config,
    Crawler,
    CrawlerConfig,
    DataCatalogEncryption,
    DataCatalogEncryptionConfig,
    KeyConfig,
    Problem,
    SecureBucket,
    SecureConstruct,
    SecureKey,
    SecureRole,
    SecureTopic,
    TopicConfig,
    Workgroup,
    WorkgroupConfig,
    matches,
)

_NAME = matches(
    r"[a-z][a-z0-9_]{0,30}",
    "is not a name",
    "write up to 31 lower-case letters, digits and '_', a letter first",
    example="sales",
)
_PLACE = matches(
    r"(raw|curated)/([A-Za-z0-9_=.-]+/)*",
    "is not a place of tables",
    "write 'raw/' or 'curated/', then folders, each with '/' after it",
    example="curated/sales/",
)
_CRON = matches(
    r"cron\([^ ()]+( [^ ()]+){5}\)",
    "is not a schedule",
    "write cron() with six fields, in UTC",
    example="cron(0 3 * * ? *)",
)

Encryption = Literal["here", "elsewhere"]
# The role of a persona has its name as id, beside what databases bring.
_TAKEN = re.compile(r"alarms|catalog|tables-key|(database|crawler|queries)-.*")


class LakeDatabase(Config):
    """A database of the Data Catalog, whose tables are the folders of one place in the lake."""

    name: Annotated[str, _NAME]
    """Name within the lake, part of its address; the catalog has it as `<stack>_<lake>_<name>`. Another name replaces the database with
    the definitions of its tables, which Terraform refuses while the lake is protected; the data stays."""
    place: Annotated[str, _PLACE]
    """Where its data is, e.g. `curated/sales/`: each folder directly below is a table."""
    crawled: bool = False
    """A crawler finds tables, columns and partitions; without one, jobs or personas define them. It never deletes any."""
    schedule: Annotated[str, _CRON] | None = None
    """When the crawler runs, e.g. `cron(0 3 * * ? *)`, in UTC; by default when it is started."""

    def problems(self) -> Iterator[Problem]:
        """A schedule is the crawler's."""
        if self.schedule is not None and not self.crawled:
            instead = lambda words: f"Add {words.setting('crawled', True)}, or remove it"  # noqa: E731
            yield Problem("schedule", "is of a crawler, and there is none", instead=instead)


class Queries(Protocol):
    """A persona, as far as queries are concerned."""

    name: str
    read: tuple[str, ...]
    write: tuple[str, ...]
    databases: tuple[str, ...]


def problems_of_databases(
    databases: Sequence[LakeDatabase], encryption: Encryption | None, endpoints: Sequence[str]
) -> Iterator[Problem]:
    """Names are there once, the catalog's encryption is decided, and crawlers can reach the data.

    Args:
        databases: those of the lake.
        encryption: who encrypts the account's catalog.
        endpoints: the only endpoints that objects can be reached through.
    """
    names = [one.name for one in databases]
    for name in sorted({name for name in names if names.count(name) > 1}):
        at = ("databases", names.index(name, names.index(name) + 1), "name")
        yield Problem(at, f"holds {name!r} twice", "each is a database", "Rename one", subject="databases")
    if databases and encryption is None:
        yield Problem(
            "catalog_encryption",
            "is not decided",
            "an account has one Data Catalog in a region, with one key for what every stack keeps there",
            "Write 'here' in the one stack that encrypts it, and 'elsewhere' in the others",
        )
    for number, one in enumerate(databases):
        if one.crawled and endpoints:
            yield Problem(
                ("databases", number, "crawled"),
                "needs another way in than vpc_endpoint_ids",
                "crawlers come from outside the VPC, and the bucket would deny them",
                "Remove vpc_endpoint_ids, or let jobs within the VPC define the tables",
                subject=f"databases {one.name!r}",
            )


def problems_of_queries(persona: Queries, number: int, databases: Sequence[LakeDatabase]) -> Iterator[Problem]:
    """A persona reads what it queries, and has one folder for results.

    Args:
        persona: which one.
        number: its place in the list.
        databases: those of the lake.
    """
    places = {one.name: one.place for one in databases}
    subject = f"personas {persona.name!r}"
    if databases and _TAKEN.fullmatch(persona.name):
        why = "the lake has something of this name for its databases"
        yield Problem(("personas", number, "name"), f"is {persona.name!r}", why, "Rename it", subject=subject)
    for position, name in enumerate(persona.databases):
        at = ("personas", number, "databases", position)
        if name not in places:
            yield Problem(at, f"{name!r} is none of databases={list(places)}", instead="Add it there", subject=subject)
        elif not any(places[name].startswith(place) for place in persona.read):
            what = f"names {name!r}, whose place {places[name]!r} it does not read"
            why = "Athena reads the objects in its name"
            yield Problem(at, what, why, f"Add {places[name]!r} to read, or leave it out", subject=subject)
    if persona.databases and results_of(persona) is None:
        yield Problem(
            ("personas", number, "databases"),
            "has nowhere to write results",
            "Athena writes those of a workgroup to one folder and reads them there",
            f"Add e.g. 'results/{persona.name}/' to read and write, without '{{...}}'",
            subject=subject,
        )


def results_of(persona: Queries) -> str | None:
    """The first folder for results that a persona reads and writes, without the bucket; `None` if it has none."""
    folders = (place.removeprefix("results/") for place in persona.write if re.fullmatch(r"results/[^{}]+", place))
    return next((one for one in folders if any(f"results/{one}".startswith(place) for place in persona.read)), None)


class LakeQueries:
    """What makes a lake's folders tables, and queries on them: part of `DataLake`, nothing of which exists without databases.

    Args:
        lake: the blueprint, which everything belongs to.
        buckets: its buckets, by layer.
        protect: whether Terraform refuses to destroy definitions and keys.
        tags: tags of everything.
        emails: who is told of crawlers that fail, of queries that fail, and of queries that read much.
    """

    def __init__(
        self,
        lake: SecureConstruct,
        buckets: Mapping[str, SecureBucket],
        *,
        protect: bool,
        tags: Mapping[str, str],
        emails: Sequence[str],
    ) -> None:
        self._lake, self._buckets, self._protect, self._tags = lake, buckets, protect, dict(tags)
        about = f"{lake.path}: catalog, logs of crawlers and alarms"
        self.key = SecureKey(
            lake, "tables-key", KeyConfig(description=about, strict=True, protect=protect, tags=self._tags)
        )
        self.alarms = self._make_topic(emails) if emails else None
        self.databases: dict[str, CatalogDatabase] = {}
        self.crawlers: dict[str, Crawler] = {}
        self.workgroups: dict[str, Workgroup] = {}

    def encrypt_catalog(self) -> None:
        """Encrypt the account's catalog in this region, under the key of this lake's catalog."""
        config = DataCatalogEncryptionConfig(protect=self._protect)
        DataCatalogEncryption(self._lake, "catalog", config, key=self.key)

    def add_database(self, one: LakeDatabase, clearance: Mapping[str, str]) -> None:
        """A database, and its crawler.

        Args:
            one: what it is like.
            clearance: the tag by which its bucket allows the crawler's role.
        """
        layer, _, prefix = one.place.partition("/")
        name = "_".join(re.findall(r"[a-z0-9]+", self._lake.path.lower())) + f"_{one.name}"
        config = CatalogDatabaseConfig(
            name=name, description=f"{self._lake.path}: {one.place}", protect=self._protect, tags=self._tags
        )
        database = CatalogDatabase(
            self._lake, f"database-{one.name}", config, bucket=self._buckets[layer], prefix=prefix
        )
        self.databases[one.name] = database
        if one.crawled:
            about = CrawlerConfig(schedule=one.schedule, tags={**self._tags, **clearance})
            self.crawlers[one.name] = Crawler(
                self._lake, f"crawler-{one.name}", about, database=database, key=self.key, alarms=self.alarms
            )

    def add_workgroup(self, persona: Queries, role: SecureRole, limit: int) -> None:
        """A workgroup of a persona's own, in which it queries its databases; where it writes data, it defines tables too.

        Args:
            persona: which one.
            role: its role.
            limit: how many bytes a query may read.
        """
        config = WorkgroupConfig(bytes_scanned_cutoff_per_query=limit, protect=self._protect, tags=self._tags)
        workgroup = Workgroup(
            self._lake,
            f"queries-{persona.name}",
            config,
            results=self._buckets["results"],
            results_prefix=results_of(persona),
            alarms=self.alarms,
        )
        databases = [self.databases[name] for name in persona.databases]
        workgroup.grant_query(role, databases)
        for database in databases:
            place = next(
                f"{layer}/{database.prefix}" for layer, held in self._buckets.items() if held is database.bucket
            )
            if any(place.startswith(one) for one in persona.write):
                database.grant_define(role)
        self.workgroups[persona.name] = workgroup

    def _make_topic(self, emails: Sequence[str]) -> SecureTopic:
        topic = SecureTopic(self._lake, "alarms", TopicConfig(tags=self._tags), key=self.key)
        for address in emails:
            topic.subscribe_email(address)
        return topic
