"""IAM Access Analyzer: what strangers can reach, and what nobody uses any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.config import Config
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.values import AccountId, Number, Text, between, matches

# docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAnalyzer.html; the suffix of the second one fits in.
_NAME = matches(
    r"[A-Za-z_][A-Za-z0-9_.-]{0,239}", "is no analyzer name: write a letter, then letters, digits, '_', '.' and '-'"
)
_RULE_NAME = matches(
    r"[A-Za-z][A-Za-z0-9_.-]{0,254}", "is no rule name: write a letter, then letters, digits, '_', '.' and '-'"
)
# What a finding is about or who is let in: docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html
_NAMING = ("principal.", "condition.")


class ArchiveFilter(Config):
    """One criterion that a finding meets to be archived, with one operator."""

    criteria: Annotated[
        str, matches(r"[A-Za-z][A-Za-z0-9:._-]*", "is no filter key: write e.g. 'resource' or 'principal.AWS'")
    ]
    """A filter key, as AWS writes it: `resource`, `resourceType`, `principal.AWS`, `condition.aws:PrincipalOrgID`, `isPublic`."""
    eq: tuple[Text, ...] = ()
    """It has one of these values."""
    neq: tuple[Text, ...] = ()
    """It has none of these values."""
    contains: tuple[Text, ...] = ()
    """It contains one of these texts."""
    exists: bool | None = None
    """Whether the finding has it at all."""

    def problems(self) -> Iterator[str]:
        """AWS takes one operator in each criterion, and 20 values in each operator."""
        given = [name for name in ("eq", "neq", "contains") if getattr(self, name)]
        given += ["exists"] if self.exists is not None else []
        if len(given) != 1:
            yield (
                f"criteria={self.criteria!r} has {' and '.join(given) or 'no operator'}: it would match nothing or not what "
                "is meant. Give one of eq, neq, contains and exists."
            )
        for name in ("eq", "neq", "contains"):
            if len(getattr(self, name)) > 20:
                yield f"criteria={self.criteria!r} has {len(getattr(self, name))} values in {name}: AWS takes 20. Write two rules."

    @property
    def names(self) -> bool:
        """Whether it says what or whom a finding is about, rather than of which kind it is."""
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
    """Findings that are intended, and hence archived as they come; all filters must match."""

    filters: tuple[ArchiveFilter, ...]
    """What a finding looks like."""

    def problems(self) -> Iterator[str]:
        """A rule that names nothing would archive findings that nobody has seen yet."""
        if not any(item.names for item in self.filters):
            yield (
                f"filters on {', '.join(item.criteria for item in self.filters) or 'nothing'} name neither a resource nor who "
                "is let in: findings that nobody has seen would be archived too. Add ArchiveFilter(criteria='resource', "
                "eq=(...,)), or one on 'principal.AWS' or a 'condition.'."
            )


class AccessAnalyzerConfig(Config):
    """What a caller may choose about the analyzers."""

    name: Annotated[str, _NAME] | None = None
    """Name of the analyzer; by default the construct's path with '-'."""
    type: Literal["ACCOUNT", "ORGANIZATION"] = "ACCOUNT"
    """What counts as outside: everybody beyond the account, or beyond the organisation. The latter from the management
    account or the delegated administrator of Access Analyzer only."""
    archive_rules: Mapping[Annotated[str, _RULE_NAME], ArchiveRule] = {}
    """Access from outside that is intended, by name of the rule."""
    unused_access_age: Annotated[Number, between(1, 365, "days")] | None = None
    """Also report roles, users, keys, passwords and permissions that nobody used for so many days, 1 to 365. It costs
    0.20 USD for each role and user a month and says the same in every region: switch it on in one of them."""
    unused_access_exclude_accounts: tuple[AccountId, ...] = ()
    """Member accounts whose unused access is not reported; with `type="ORGANIZATION"`."""
    unused_access_exclude_tags: Mapping[str, str] = {}
    """Roles and users with one of these tags are not reported, e.g. those for emergencies. Both exclusions need a provider
    newer than April 2025 (hashicorp/terraform-provider-aws, pull request 42332)."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """What concerns unused access needs the analyzer that looks for it."""
        for name in ("unused_access_exclude_accounts", "unused_access_exclude_tags"):
            if getattr(self, name) and self.unused_access_age is None:
                yield f"{name} without unused_access_age says nothing: nobody looks for unused access. Set unused_access_age=90."
        if self.unused_access_exclude_accounts and self.type == "ACCOUNT":
            yield (
                "unused_access_exclude_accounts with type='ACCOUNT' says nothing: the analyzer looks at this account alone. "
                "Remove it, or set type='ORGANIZATION'."
            )


class AccessAnalyzer(SecureConstruct):
    """Nobody outside of the account or organisation has access to anything in this region without somebody hearing of it.

    Creates the region's analyzer of access from outside (CIS 1.19 in v5, IAM.28), free of charge, with the rules that
    archive what is intended; and one of unused access when an age is given.

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
        self, scope: Construct, id: str, config: AccessAnalyzerConfig = AccessAnalyzerConfig(), *, provider: Any = None
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
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
        """Reference to the ARN of the analyzer of access from outside."""
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
