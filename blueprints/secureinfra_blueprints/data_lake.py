"""Data lake: raw, curated and results buckets, a key for each classification, a role for each persona, and its catalog."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from secureinfra import (
    AccountTrust,
    BucketConfig,
    Condition,
    Config,
    Construct,
    DataEvents,
    GitHubTrust,
    KeyConfig,
    Number,
    ObjectLock,
    Principal,
    Problem,
    RoleConfig,
    SamlTrust,
    SecureBucket,
    SecureConstruct,
    SecureKey,
    SecureRole,
    SecureTrail,
    ServiceTrust,
    Statement,
    Text,
    TrailConfig,
    Transition,
    VpcEndpointId,
    between,
    matches,
)
from secureinfra_blueprints._queries import (
    Encryption,
    LakeDatabase,
    LakeQueries,
    problems_of_databases,
    problems_of_queries,
)

CLEARANCE = "data-clearance"
"""Tag of a role for the most confidential classification that it may access."""

LAYERS = ("raw", "curated", "results")
# What reads, copies, restores, writes and deletes objects; replication set up by an uncleared administrator reads them too.
_ON_OBJECTS = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectAttributes",
    "s3:GetObjectVersionAttributes",
    "s3:GetObjectTorrent",
    "s3:GetObjectVersionTorrent",
    "s3:GetObjectVersionForReplication",
    "s3:RestoreObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
)

_FOLDERS = ("read", "write", "delete")
_WORD = matches(
    r"[a-z][a-z0-9-]{0,30}", "is not a name", "write up to 31 lower-case letters, digits, '-', a letter first"
)
_TAG = matches(r"[A-Za-z0-9_-]{1,64}", "is not a tag key here", "write up to 64 letters, digits, '_' and '-'")
# A prefix ends with a folder, so that 'sales/' does not include 'sales-secret/'.
_PLACE = matches(
    r"(raw|curated|results)/(([A-Za-z0-9_=.-]+|\{[A-Za-z0-9_-]{1,64}\})/)*",
    "is not a place in the lake",
    "write 'raw/', 'curated/' or 'results/', then folders, each with '/' after it, or '{department}/' for the value of the "
    "caller's tag of that name",
    example="curated/sales/",
)
_PLACEHOLDER = re.compile(r"\{([A-Za-z0-9_-]+)\}")
Days = Annotated[Number, between(1, 36500, "days")]


class Layer(Config):
    """What a caller may choose about one bucket of the lake."""

    classification: Annotated[str, _WORD]
    """How confidential its objects are; one of the lake's `classifications`. It decides the key and the required clearance."""
    expiration_days: Days | None = None
    """Days after which objects expire; by default they stay."""
    noncurrent_days: Days = 90
    """Days after which a replaced or deleted version expires and can no longer be restored."""
    transitions: tuple[Transition, ...] = ()
    """Cheaper storage classes for older objects, each `storage_class` and `days` after creation."""
    object_lock: ObjectLock | None = None
    """Lock versions against deletion; it can be turned on later but never off."""


class Persona(Config):
    """A role of the lake: who can assume it, and which folders it reads and writes."""

    name: Annotated[str, _WORD]
    """Name of the role, part of its address."""
    trust: ServiceTrust | AccountTrust | GitHubTrust | SamlTrust | None = None
    """Who can assume it: an AWS service, an account, GitHub or a SAML provider; by default the lake's `people`."""
    clearance: Annotated[str, _WORD]
    """The most confidential classification it may access; written on the role as tag `data-clearance`, which buckets require."""
    read: tuple[Annotated[str, _PLACE], ...] = ()
    """Folders that it lists and reads, e.g. `curated/sales/`, or `curated/{department}/` for the value of the caller's tag."""
    write: tuple[Annotated[str, _PLACE], ...] = ()
    """Folders that it writes to. Jobs of Spark and Glue also list, read and delete in the folder they write to: name it under
    `read` and `delete` as well."""
    delete: tuple[Annotated[str, _PLACE], ...] = ()
    """Folders in which it deletes objects; old versions stay and can be restored."""
    databases: tuple[str, ...] = ()
    """Databases of the lake that it queries with Athena, in a workgroup of its own whose results go to its first folder in `results/`.
    Where it writes the data, it defines tables too."""
    tags: dict[str, str] = {}
    """Tags of the role; their values replace `{...}` in folders if the session sets none."""

    def problems(self) -> Iterator[Problem]:
        """It does something, and its clearance has one place."""
        if not (self.read or self.write or self.delete):
            yield Problem(
                "name",
                "reads, writes and deletes nothing",
                instead=lambda words: f"Give it folders, e.g. {words.setting('read', ('curated/',))}, or leave it out",
            )
        for field in _FOLDERS:
            for number, place in enumerate(getattr(self, field)):
                if place.partition("/")[0] not in LAYERS:
                    why = "the bucket must be known before"
                    yield Problem((field, number), "is known to Terraform only", why, "Write e.g. 'raw/'")
        if CLEARANCE in self.tags:
            what = f"sets {CLEARANCE!r}, which clearance={self.clearance!r} writes"
            yield Problem(("tags", CLEARANCE), what, instead="Leave it out of tags", subject="tags")

    def tags_asked(self) -> set[str]:
        """The tags whose values stand in its folders."""
        return {tag for place in (*self.read, *self.write, *self.delete) for tag in _PLACEHOLDER.findall(place)}


class DataLakeConfig(Config):
    """What a caller may choose about a data lake."""

    people: AccountTrust | SamlTrust
    """How people sign in: through roles of an account (`kind: account`; with MFA, an organization or named roles) or a SAML
    provider (`kind: saml`)."""
    classifications: tuple[Annotated[str, _WORD], ...] = ("internal", "confidential")
    """From the least to the most confidential; each one in use has its own key (1 USD a month, 3 after two rotations)."""
    raw: Layer = Layer(
        classification="confidential",
        transitions=(
            Transition(storage_class="STANDARD_IA", days=30),
            Transition(storage_class="GLACIER_IR", days=180),
        ),
    )
    """The bucket for data as it arrives."""
    curated: Layer = Layer(
        classification="internal", transitions=(Transition(storage_class="INTELLIGENT_TIERING", days=0),)
    )
    """The bucket for cleaned data, ready for analysis."""
    results: Layer = Layer(classification="internal", expiration_days=30, noncurrent_days=7)
    """The bucket for results of queries."""
    personas: tuple[Persona, ...] = (
        # Spark and Glue list the folder they write to, read from it, and delete what they wrote to `_temporary/`.
        Persona(
            name="ingest",
            trust=ServiceTrust(service="glue"),
            clearance="confidential",
            read=("raw/",),
            write=("raw/",),
            delete=("raw/",),
        ),
        Persona(
            name="engineer",
            clearance="confidential",
            read=("raw/", "curated/", "results/engineering/"),
            write=("curated/", "results/engineering/"),
            delete=("curated/",),
        ),
        Persona(
            name="analyst", clearance="internal", read=("curated/", "results/analysis/"), write=("results/analysis/",)
        ),
    )
    """The roles, and what each may do."""
    databases: tuple[LakeDatabase, ...] = ()
    """Databases of the Data Catalog over folders of the lake, each with a crawler or without; `databases` of personas query them."""
    catalog_encryption: Encryption | None = None
    """With databases: `here`, where this stack encrypts the account's Data Catalog in this region, which holds those of every team; or
    `elsewhere`."""
    bytes_scanned_cutoff_per_query: Annotated[Number, between(10_485_760, 7_000_000_000_000_000_000, "bytes")] = (
        1_099_511_627_776
    )
    """A query that has read more is canceled; 1 TiB costs about 5 USD."""
    alarm_emails: tuple[Text, ...] = ()
    """With databases: addresses that are told of crawlers that fail, and of queries that fail or read much."""
    session_tags: tuple[Annotated[str, _TAG], ...] = ()
    """Tags that people's sessions may set from the identity provider, e.g. `department`, for `{department}` in folders."""
    vpc_endpoint_ids: tuple[VpcEndpointId, ...] = ()
    """Objects can be reached through these VPC endpoints only; calls that AWS services make for a caller still work."""
    trail_retention_days: Annotated[Number, between(365, 36500, "days")] = 2557
    """Days for which the record of object access is kept, a year or longer."""
    protect: bool = True
    """Terraform refuses to destroy buckets and keys; the `sandbox` environment turns this off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Classifications exist, personas are cleared for what they touch, and tags in folders come from somewhere."""
        if not self.classifications or len(set(self.classifications)) != len(self.classifications):
            yield Problem("classifications", "must name each once, the least confidential first")
        named: list[tuple[tuple[str | int, ...], str]]
        named = [((name, "classification"), self.layer(name).classification) for name in LAYERS]
        named += [(("personas", number, "clearance"), one.clearance) for number, one in enumerate(self.personas)]
        unknown = [at for at, word in named if word not in self.classifications]
        for at in unknown:
            what = f"is none of classifications={list(self.classifications)}"
            yield Problem(at, what, instead="Add it there, or use one of them")
        names = [persona.name for persona in self.personas]
        for name in sorted({name for name in names if names.count(name) > 1}):
            at = ("personas", names.index(name, names.index(name) + 1), "name")
            yield Problem(at, f"holds {name!r} twice", "each has a role of its own", "Rename one", subject="personas")
        if CLEARANCE in self.session_tags:
            at, why = ("session_tags", self.session_tags.index(CLEARANCE)), "callers would choose what is open to them"
            yield Problem(at, f"holds {CLEARANCE!r}", why, "Leave it out", subject="session_tags")
        for number, persona in enumerate(self.personas):
            yield from self._persona_problems(number, cleared=not unknown)
            yield from problems_of_queries(persona, number, self.databases)
        yield from problems_of_databases(self.databases, self.catalog_encryption, self.vpc_endpoint_ids)

    def _persona_problems(self, number: int, *, cleared: bool) -> Iterator[Problem]:
        persona = self.personas[number]
        brought = self.session_tags if persona.trust is None else ()
        for tag in sorted(persona.tags_asked() - {*persona.tags, *brought}):
            yield Problem(
                ("personas", number),
                f"names folders by {{{tag}}}, which no session has",
                "it would find nothing",
                f"Add {tag!r} to its tags, or, for people, to session_tags",
            )
        folders = [(field, at, place) for field in _FOLDERS for at, place in enumerate(getattr(persona, field))]
        for field, at, place in folders:
            layer = self.layer(place.partition("/")[0])
            if cleared and persona.clearance not in self.clearances(layer):
                yield Problem(
                    ("personas", number, field, at),
                    f"names {place!r}, which holds {layer.classification} data, with clearance={persona.clearance!r}",
                    "the bucket would turn it away",
                    "Raise its clearance, or leave the folder out",
                    subject=f"personas {persona.name!r}",
                )

    def layer(self, name: str) -> Layer:
        """The layer of that name: `raw`, `curated` or `results`."""
        layer: Layer = getattr(self, name)
        return layer

    def clearances(self, layer: Layer) -> tuple[str, ...]:
        """The clearances that open a layer: its classification and the more confidential ones."""
        return self.classifications[self.classifications.index(layer.classification) :]


class DataLake(SecureConstruct):
    """A data lake whose data is accessible to roles with the required clearance, with a record of object access.

    Creates the three buckets with their lifecycles, access logged and TLS only; a key for each classification, which
    only the roles that were granted it may use; the roles; and a trail that records every access to an object. Each
    bucket denies callers without a sufficient tag `data-clearance`, even administrators of the account. With databases: their
    definitions and crawlers, and for each persona that queries a workgroup that it cannot leave.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: how people sign in, and what to choose.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `DataLake(stack, "lake", DataLakeConfig(people=AccountTrust(account_id="111122223333", mfa=True)))`
    """

    config: DataLakeConfig

    def __init__(
        self, scope: Construct, id: str, config: DataLakeConfig, *, provider: Any = None, moved_from: str | None = None
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.keys: dict[str, SecureKey] = {}
        self.buckets = {name: self._make_bucket(name, config.layer(name)) for name in LAYERS}
        self.roles = {persona.name: self._make_role(persona) for persona in config.personas}
        for persona in config.personas:
            self._grant(persona)
        self.trail = self._record_accesses()
        self.queries = self._make_queries() if config.databases else None

    def _key(self, classification: str) -> SecureKey:
        if classification not in self.keys:
            about = f"{self.path}: {classification} data"
            config = KeyConfig(description=about, strict=True, protect=self.config.protect, tags=self.config.tags)
            self.keys[classification] = SecureKey(self, f"key-{classification}", config)
        return self.keys[classification]

    def _make_bucket(self, name: str, layer: Layer) -> SecureBucket:
        config = BucketConfig(
            key_required=True,
            vpc_endpoint_ids=self.config.vpc_endpoint_ids,
            expiration_days=layer.expiration_days,
            noncurrent_days=layer.noncurrent_days,
            transitions=layer.transitions,
            object_lock=layer.object_lock,
            protect=self.config.protect,
            tags={**self.config.tags, "data-classification": layer.classification},
        )
        bucket = SecureBucket(self, name, config, key=self._key(layer.classification))
        self._turn_away_the_uncleared(bucket, self.config.clearances(layer))
        return bucket

    def _turn_away_the_uncleared(self, bucket: SecureBucket, clearances: tuple[str, ...]) -> None:
        """Objects only, so that Terraform still manages the bucket. A caller without the tag is turned away too."""
        bucket.policy.add(
            Statement(
                sid="DenyUncleared",
                effect="Deny",
                principal=Principal.everybody(),
                actions=_ON_OBJECTS,
                resources=(bucket.objects(),),
                conditions=(Condition("StringNotEquals", f"aws:PrincipalTag/{CLEARANCE}", clearances),),
            )
        )

    def _make_role(self, persona: Persona) -> SecureRole:
        trust = persona.trust or self.config.people
        tags = {**self.config.tags, **persona.tags, CLEARANCE: persona.clearance}
        description = f"{self.path}: {persona.name}"
        role = SecureRole(self, persona.name, RoleConfig(trust=trust, description=description, tags=tags))
        if persona.trust is None and self.config.session_tags:
            # docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html: the trust policy must permit it.
            keys = Condition("ForAllValues:StringEquals", "aws:TagKeys", self.config.session_tags)
            for statement in trust.statements(role):
                conditions = (*statement.conditions, keys)
                tagging = replace(statement, sid="SessionTags", actions=("sts:TagSession",), conditions=conditions)
                role.trust.add(tagging)
        return role

    def _grant(self, persona: Persona) -> None:
        role = self.roles[persona.name]
        for places, verb in ((persona.read, "read"), (persona.write, "write"), (persona.delete, "delete")):
            for place in places:
                layer, _, folder = place.partition("/")
                # A variable of IAM's, which Terraform must leave alone.
                prefix = _PLACEHOLDER.sub(r"$${aws:PrincipalTag/\1}", folder)
                getattr(self.buckets[layer], f"grant_{verb}")(role, prefix)
        touched = dict.fromkeys(place.partition("/")[0] for place in (*persona.read, *persona.write))
        # Query engines ask where a bucket is before they use it (docs.aws.amazon.com/athena/latest/ug/s3-permissions.html).
        arns = tuple(self.buckets[layer].arn for layer in touched)
        if arns:
            role.allow(Statement(actions=("s3:GetBucketLocation",), resources=arns))

    def _make_queries(self) -> LakeQueries:
        config = self.config
        queries = LakeQueries(self, self.buckets, protect=config.protect, tags=config.tags, emails=config.alarm_emails)
        if config.catalog_encryption == "here":
            queries.encrypt_catalog()
        for database in config.databases:
            classification = config.layer(database.place.partition("/")[0]).classification
            queries.add_database(database, {CLEARANCE: classification})
        for persona in config.personas:
            if persona.databases:
                queries.add_workgroup(persona, self.roles[persona.name], config.bytes_scanned_cutoff_per_query)
        return queries

    def _record_accesses(self) -> SecureTrail:
        objects = tuple(f"{bucket.arn}/" for bucket in self.buckets.values())
        events = DataEvents(name="objects of the lake", resource_type="AWS::S3::Object", arns_starting_with=objects)
        config = TrailConfig(
            data_events=(events,),
            bucket_retention_days=self.config.trail_retention_days,
            protect=self.config.protect,
            tags=self.config.tags,
        )
        return SecureTrail(self, "accesses", config)
