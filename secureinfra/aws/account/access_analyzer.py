"""IAM Access Analyzer: finds external access and unused access."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import AccountId, Number, Text
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["AccessAnalyzer", "AccessAnalyzerConfig", "ArchiveFilter", "ArchiveRule"]

# docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAnalyzer.html; the suffix of the second one fits in.
_NAME = matches(
    r"[A-Za-z_][A-Za-z0-9_.-]{0,239}",
    "is not an analyzer name",
    "write a letter, then letters, digits, '_', '.' and '-'",
)
_RULE_NAME = matches(
    r"[A-Za-z][A-Za-z0-9_.-]{0,254}", "is not a rule name", "write a letter, then letters, digits, '_', '.' and '-'"
)
# What a finding is about, or which principal is allowed:
# docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html
_NAMING = ("principal.", "condition.")


class ArchiveFilter(Config):
    """One criterion that a finding meets to be archived, with one operator."""

    criteria: Annotated[
        str,
        matches(
            r"[A-Za-z][A-Za-z0-9:._-]*",
            "is not a filter key",
            "write a key of the finding, also 'principal.AWS'",
            example="resource",
        ),
    ]
    """A filter key, as AWS writes it: `resource`, `resourceType`, `principal.AWS`, `condition.aws:PrincipalOrgID`, `isPublic`."""
    eq: tuple[Text, ...] = ()
    """The key has one of these values."""
    neq: tuple[Text, ...] = ()
    """The key has none of these values."""
    contains: tuple[Text, ...] = ()
    """The key contains one of these texts."""
    exists: bool | None = None
    """Whether the finding has the key at all."""

    def problems(self) -> Iterator[Problem]:
        """AWS takes one operator in each criterion, and 20 values in each operator."""
        given = [name for name in ("eq", "neq", "contains") if getattr(self, name)]
        given += ["exists"] if self.exists is not None else []
        if len(given) != 1:
            what = f"has {' and '.join(given) or 'no operator'}"
            why = "it would match nothing, or the wrong findings"
            yield Problem("criteria", what, why, "Give one of eq, neq, contains and exists")
        for name in ("eq", "neq", "contains"):
            if len(getattr(self, name)) > 20:
                what = f"criteria={self.criteria!r} has {len(getattr(self, name))} values in {name}"
                yield Problem(name, what, "AWS takes 20", "Write two rules", subject="")

    @property
    def names(self) -> bool:
        """Whether it names a resource or principal, rather than a kind of finding."""
        values = (*self.eq, *self.contains)
        telling = self.criteria == "resource" or self.criteria.startswith(_NAMING)
        return telling and bool(values) and "*" not in values

    def block(self) -> dict[str, Any]:
        """The filter as Terraform writes it."""
        return {
            "criteria": self.criteria,
            "eq": list(self.eq) or None,
            "neq": list(self.neq) or None,
            "contains": list(self.contains) or None,
            "exists": None if self.exists is None else str(self.exists).lower(),
        }


class ArchiveRule(Config):
    """Findings about intended access, archived as they arrive; all filters must match."""

    filters: tuple[ArchiveFilter, ...]
    """Criteria that select the findings."""

    def problems(self) -> Iterator[Problem]:
        """A rule that names nothing would archive findings that were never reviewed."""
        if not any(item.names for item in self.filters):
            on = ", ".join(item.criteria for item in self.filters) or "nothing"
            yield Problem(
                "filters",
                "name neither a resource nor a principal",
                "findings that were never reviewed would be archived too",
                lambda words: (
                    f"Add {words.part('ArchiveFilter', {'criteria': 'resource', 'eq': (...,)})}, or one on 'principal.AWS' "
                    "or a 'condition.'"
                ),
                subject=f"filters on {on}",
            )


class AccessAnalyzerConfig(Config):
    """What a caller may choose about the analyzers."""

    name: Annotated[str, _NAME] | None = None
    """Name of the analyzer; by default the construct's path with '-'. Another name replaces it, with its findings."""
    type: Literal["ACCOUNT", "ORGANIZATION"] = "ACCOUNT"
    """What counts as external: principals outside the account, or outside the organization. The latter works only in
    the management account or the delegated administrator of Access Analyzer. Another type replaces it, with its findings."""
    archive_rules: Mapping[Annotated[str, _RULE_NAME], ArchiveRule] = {}
    """External access that is intended, by name of the rule."""
    unused_access_age: Annotated[Number, between(1, 365, "days")] | None = None
    """Also report roles, users, keys, passwords and permissions that were not used for this many days, 1 to 365. It
    costs 0.20 USD a month for each role and user. The findings are the same in every region: enable it in one
    region."""
    unused_access_exclude_accounts: tuple[AccountId, ...] = ()
    """Member accounts whose unused access is not reported; with `type="ORGANIZATION"`."""
    unused_access_exclude_tags: Mapping[str, str] = {}
    """Roles and users with one of these tags are not reported, e.g. those for emergencies. Both exclusions need a provider
    newer than April 2025 (hashicorp/terraform-provider-aws, pull request 42332)."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Settings for unused access need the analyzer for unused access."""
        for name in ("unused_access_exclude_accounts", "unused_access_exclude_tags"):
            if getattr(self, name) and self.unused_access_age is None:
                yield Problem(
                    name,
                    "without unused_access_age says nothing",
                    "no analyzer looks for unused access",
                    lambda words: f"Set {words.setting('unused_access_age', 90)}",
                    subject=name,
                )
        if self.unused_access_exclude_accounts and self.type == "ACCOUNT":
            yield Problem(
                "unused_access_exclude_accounts",
                "with type='ACCOUNT' says nothing",
                "the analyzer looks at this account alone",
                lambda words: f"Remove it, or set {words.setting('type', 'ORGANIZATION')}",
                subject="unused_access_exclude_accounts",
            )


@declares(module="access-analyzer", page="account")
class AccessAnalyzer(SecureConstruct):
    """External access to this region's resources, from outside the account or organization, is always reported.

    Creates the region's analyzer for external access (CIS 1.19 in v5, IAM.28), free of charge, with rules that archive
    intended access; and an analyzer for unused access when an age is given.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        provider: an additional provider, for another region: each region has analyzers of its own.

    Raises:
        ConfigError: a value is refused.

    Example:
        `AccessAnalyzer(stack, "access", AccessAnalyzerConfig(unused_access_age=90))`
    """

    config: AccessAnalyzerConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: AccessAnalyzerConfig = AccessAnalyzerConfig(),
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.name = config.name or self.path.replace("/", "-")
        self.analyzer = Resource(
            self,
            "analyzer",
            "aws_accessanalyzer_analyzer",
            analyzer_name=self.name,
            type=config.type,
            tags=config.tags or None,
        )
        for name, rule in config.archive_rules.items():
            self._archive(name, rule)
        self.unused_access = self._look_for_unused_access() if config.unused_access_age is not None else None

    @property
    def arn(self) -> str:
        """Reference to the ARN of the analyzer for external access."""
        return self.analyzer.ref("arn")

    def _archive(self, name: str, rule: ArchiveRule) -> None:
        Resource(
            self,
            f"archive-{name}",
            "aws_accessanalyzer_archive_rule",
            # Its name, referred to, so that the analyzer comes first.
            analyzer_name=self.analyzer.ref("analyzer_name"),
            rule_name=name,
            filter=[item.block() for item in rule.filters],
        )

    def _look_for_unused_access(self) -> Resource:
        config = self.config
        exclusions: list[dict[str, Any]] = []
        if config.unused_access_exclude_accounts:
            exclusions.append({"account_ids": list(config.unused_access_exclude_accounts)})
        exclusions += [{"resource_tags": [{tag: value}]} for tag, value in config.unused_access_exclude_tags.items()]
        unused: dict[str, Any] = {"unused_access_age": config.unused_access_age}
        if exclusions:
            unused["analysis_rule"] = {"exclusion": exclusions}
        return Resource(
            self,
            "unused-access",
            "aws_accessanalyzer_analyzer",
            analyzer_name=f"{self.name}-unused",
            type=f"{config.type}_UNUSED_ACCESS",
            configuration={"unused_access": unused},
            tags=config.tags or None,
        )
