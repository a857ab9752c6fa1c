"""A region of an account: its settings, its detection services, and where findings and history go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args

from constructs import Construct

from secureinfra.aws.account.access_analyzer import AccessAnalyzer, AccessAnalyzerConfig, ArchiveRule
from secureinfra.aws.account.ebs_encryption import EbsEncryption, EbsEncryptionConfig
from secureinfra.aws.account.image_public_access_block import ImagePublicAccessBlock, ImagePublicAccessBlockConfig
from secureinfra.aws.account.instance_metadata_defaults import InstanceMetadataDefaults, InstanceMetadataDefaultsConfig
from secureinfra.aws.account.region_settings import RegionSettings, RegionSettingsConfig
from secureinfra.aws.account.snapshot_public_access_block import (
    SnapshotPublicAccessBlock,
    SnapshotPublicAccessBlockConfig,
)
from secureinfra.aws.detection.config_recorder import ConfigRecorder, ConfigRecorderConfig
from secureinfra.aws.detection.evidence_bucket import EvidenceConfig, evidence_bucket
from secureinfra.aws.detection.finding_events import FindingEvents
from secureinfra.aws.detection.finding_events_config import FindingEventsConfig
from secureinfra.aws.detection.guardduty import GuardDuty, GuardDutyConfig
from secureinfra.aws.detection.inspector import Inspector, InspectorConfig, ResourceType
from secureinfra.aws.detection.macie import Macie, MacieConfig
from secureinfra.aws.detection.securityhub import SecurityHub, SecurityHubConfig, Standard
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.s3.let_go import let_go_of_bucket
from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.sns.topic import SecureTopic, TopicConfig
from secureinfra.config.problem import Problem
from secureinfra.config.rules import Number, Text
from secureinfra.config.waiver import Waiver
from secureinfra.controls.detection import inspector
from secureinfra.declared.declares import declares
from secureinfra.engine import AwsProvider, SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.facts.opt_in_regions import is_opt_in_region

__all__ = ["AdministeredService", "RegionBaseline", "RegionBaselineConfig", "RegionFeature"]

AdministeredService = Literal["config", "guardduty", "inspector", "macie", "securityhub", "securityhub-settings"]
"""What the administrator accounts of an organization run for their members."""
Protection = Literal[
    "s3_data_events",
    "eks_audit_logs",
    "ebs_malware_protection",
    "rds_login_events",
    "lambda_network_logs",
    "runtime_monitoring",
]
RegionFeature = Literal[Protection, ResourceType, "inspector", "macie", "emr"]
"""Features that are not available in every region: GuardDuty's protections, what Inspector scans, Inspector, Macie and EMR."""

# Events go from region to region everywhere but in these partitions:
# aws.amazon.com/blogs/compute/expanding-cross-region-event-routing-with-amazon-eventbridge
_KEEP_THEIR_EVENTS = ("us-gov-", "cn-")


class RegionBaselineConfig(EvidenceConfig):
    """What a caller may choose about a region."""

    subscribers: tuple[Text, ...] = ()
    """Email addresses that receive findings, each after its owner has confirmed; for the home region."""
    administered: tuple[AdministeredService, ...] = ()
    """In a member account, services that the organization's administrator accounts run for it, left out here; for
    Security Hub all of it, or with `securityhub-settings` only consolidated findings and linked regions."""
    aggregation: Literal["account", "organization", "none"] | None = None
    """Who gathers Security Hub's findings of the linked regions in the home region: this account; the organization's
    administrator account, whose aggregation region is the same; or nothing does, and each region forwards its own. By
    default this account, or nothing where `administered` leaves it to an administrator account. If that one aggregates in the
    home region, say `organization`: otherwise each finding of another region arrives twice."""
    administers: tuple[Literal["guardduty", "inspector", "macie"], ...] = ()
    """In the organization's administrator account for them: services whose findings of member accounts arrive here by
    themselves, and which Security Hub would report a second time."""
    without: tuple[RegionFeature, ...] = ()
    """Features to leave off because AWS does not offer them here or they cost too much. All but `macie` and `emr` need a waiver."""
    service_linked_roles: tuple[Literal["autoscaling", "spot", "spotfleet"], ...] = ()
    """Services that launch instances on their own, whose service-linked role uses the volumes' key. The role must exist."""
    default_security_groups: Literal["leave", "close"] = "leave"
    """`close` removes every rule of the default VPC's default security group, as EC2.2 and CIS 5.5 require. Whatever still uses
    the group loses its connections at once, and the plan does not list the rules."""
    http_put_response_hop_limit: Number = 1
    """Hop limit for the metadata of new instances: 1 keeps it on the instance; containers on a bridge network need 2."""
    unused_access_age: Number | None = None
    """Also report roles, users, keys and permissions unused for this many days, 1 to 365, at 0.20 USD a month for each
    role and user; in the home region, since the findings are the same in every region."""
    archive_rules: Mapping[str, ArchiveRule] = {}
    """External access that is intended, by name of the rule."""
    further_standards: tuple[Standard, ...] = ()
    """Security Hub standards in addition to AWS's best practices and version 5 of the CIS benchmark."""
    recording_frequency: Literal["CONTINUOUS", "DAILY"] = "CONTINUOUS"
    """AWS Config records each change for 0.003 USD, or the state at the end of a day with changes for 0.012 USD."""
    config_role: Literal["create", "existing"] = "create"
    """`existing` if the account already has AWS Config's service-linked role, since there can be only one."""

    def problems(self) -> Iterator[Problem]:
        """The parts accept their settings, and leaving out a service needs a waiver."""
        control = inspector.ENABLED.id
        if "inspector" in self.without and not self.waiver(control):
            yield Problem(
                "without",
                f"'inspector' breaks control {control}",
                inspector.ENABLED.why,
                lambda words: f"Leave it on, or add {words.waiver(control)}",
                subject="without",
            )
        if self.further_standards and "securityhub" in self.administered:
            given = f"further_standards={list(self.further_standards)} and administered={list(self.administered)}"
            why = "the administrator account chooses the standards"
            yield Problem("further_standards", "exclude each other", why, "Remove one", subject=given)
        if self.aggregation == "account" and not self.gathers:
            given = f"aggregation='account' and administered={list(self.administered)}"
            why = "AWS does not allow a member account to aggregate findings"
            yield Problem("aggregation", "exclude each other", why, "Remove aggregation", subject=given)
        parts = (
            self.volumes(),
            self.metadata(),
            self.analyzer(home=True),
            self.hub(()),
            self.guardduty(None),
            *([self.inspector()] if self.runs("inspector") else []),
        )
        yield from self.refusals(*parts)

    def runs(self, service: str) -> bool:
        """Whether a service is enabled here, rather than by an administrator account or not at all."""
        return service not in self.administered and service not in self.without

    @property
    def gathers(self) -> bool:
        """Whether the account itself decides which findings Security Hub aggregates."""
        return not {"securityhub", "securityhub-settings"} & set(self.administered)

    @property
    def aggregated_by(self) -> str:
        """Who aggregates: `account`, `organization` or `none`."""
        return self.aggregation or ("account" if self.gathers else "none")

    def volumes(self) -> EbsEncryptionConfig:
        """The part of volumes."""
        return EbsEncryptionConfig(service_linked_roles=self.service_linked_roles, protect=self.protect, tags=self.tags)

    def metadata(self) -> InstanceMetadataDefaultsConfig:
        """The part of instance metadata."""
        hops = self.http_put_response_hop_limit
        return InstanceMetadataDefaultsConfig(http_put_response_hop_limit=hops, protect=self.protect)

    def settings(self) -> RegionSettingsConfig:
        """The part of services' settings."""
        emr = "emr" not in self.without
        return RegionSettingsConfig(emr=emr, default_security_groups=self.default_security_groups, protect=self.protect)

    def analyzer(self, *, home: bool) -> AccessAnalyzerConfig:
        """The access analyzer's part."""
        age = self.unused_access_age if home else None
        return AccessAnalyzerConfig(archive_rules=self.archive_rules, unused_access_age=age, tags=self.tags)

    def recorder(self, opt_in_region: str | None, *, home: bool) -> ConfigRecorderConfig:
        """AWS Config's part."""
        # The home region creates its role: naming the role in another region would be refused.
        role: dict[str, Any] = {"service_linked_role": self.config_role} if home else {}
        return ConfigRecorderConfig(
            recording_frequency=self.recording_frequency,
            opt_in_region=opt_in_region,
            protect=self.protect,
            tags=self.tags,
            **role,
        )

    def guardduty(self, opt_in_region: str | None) -> GuardDutyConfig:
        """GuardDuty's part."""
        off: dict[str, Any] = {name: False for name in get_args(Protection) if name in self.without}
        waivers = self._waivers("guardduty-") if off else ()
        return GuardDutyConfig(
            opt_in_region=opt_in_region, protect=self.protect, tags=self.tags, waivers=waivers, **off
        )

    def inspector(self) -> InspectorConfig:
        """Inspector's part."""
        everything = get_args(ResourceType)
        scanned = tuple(type for type in everything if type not in self.without)
        waivers = self._waivers("inspector-") if scanned != everything else ()
        return InspectorConfig(resource_types=scanned, waivers=waivers)

    def macie(self, opt_in_region: str | None) -> MacieConfig:
        """Macie's part."""
        return MacieConfig(opt_in_region=opt_in_region, protect=self.protect, tags=self.tags)

    def hub(self, linked: tuple[str, ...], *, account_controls: bool = True) -> SecurityHubConfig:
        """Security Hub's part, with the regions whose findings it aggregates."""
        return SecurityHubConfig(
            further_standards=self.further_standards,
            linking_mode="SPECIFIED_REGIONS" if linked else None,
            specified_regions=linked,
            account_controls=account_controls,
            administrator="organization" if "securityhub-settings" in self.administered else "self",
            protect=self.protect,
        )

    def _waivers(self, kind: str) -> tuple[Waiver, ...]:
        return tuple(waiver for waiver in self.waivers if waiver.control.startswith(kind))


@declares(within="account-baseline", page="detection")
class RegionBaseline(SecureConstruct):
    """A region whose volumes, snapshots, images and metadata are safe by default, with threat detection and
    notifications.

    Creates what each region needs: the defaults of EC2, Access Analyzer, AWS Config, GuardDuty, Inspector, Macie and
    Security Hub, each with all features. The home region has the topic for findings, and the bucket and key for history
    and findings; other regions forward to them. An opt-in region keeps its findings in its own bucket; if the home region
    is one, every region does, its history too: AWS delivers nothing from other regions into an opt-in region.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        home: the home region's, of the same stack; without it this is the home region.
        linked_regions: in the home region, the other regions, whose findings Security Hub shows here.
        region: its code; by default that of its provider, where that is an `AwsProvider`.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or home is not a home region.

    Example:
        `home = RegionBaseline(stack, "home"); RegionBaseline(stack, "us-east-1", home=home, provider="aws.us_east_1")`
    """

    # Its parts decide.
    same_region = frozenset[str]()
    config: RegionBaselineConfig
    key: SecureKey
    log_bucket: LogBucket | None

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: RegionBaselineConfig = RegionBaselineConfig(),
        *,
        home: RegionBaseline | None = None,
        linked_regions: tuple[str, ...] = (),
        region: str | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.home = home
        self.region_code = region or self._region_of_provider()
        self._check()
        # docs.aws.amazon.com/securityhub/latest/userguide/finding-aggregation-enable.html: an opt-in region cannot be
        # the aggregation region. A member's home region shows what the administrator account links too.
        self.aggregated_by = "none" if home or self._opt_in_region else config.aggregated_by
        self.linked_regions = () if self.aggregated_by == "none" else linked_regions
        self.key = home.key if home else self._make_key()
        self.log_bucket = self._bucket_for_reports()
        self.recorder: ConfigRecorder | None = None
        self._set_defaults()
        self.findings = self._route_findings()
        self._watch()

    @staticmethod
    def let_go_of_records(owner: SecureConstruct, id: str) -> None:
        """Have Terraform forget what a region that a construct no longer has must keep: the key of its volumes and snapshots, and
        the bucket and key for reports of an opt-in region.

        Args:
            owner: the construct.
            id: the region's id.
        """
        owner.let_go("aws_kms_key", id, "volumes", "key")
        let_go_of_bucket(owner, id, "reports", key=(id, "key"))

    @property
    def _opt_in_region(self) -> str | None:
        return self.region_code if self.region_code and is_opt_in_region(self.region_code) else None

    def _region_of_provider(self) -> str | None:
        return AwsProvider.region_of(self)

    def _check(self) -> None:
        home = self.home
        if home and (home.home or home.stack_state is not self.stack_state or home.used_provider == self.used_provider):
            raise ConfigError(
                f"{self.path}: home={home.path!r} is not a valid home region: it must have no home itself, be in the same stack, "
                "and use another provider."
            )

    def _make_key(self) -> SecureKey:
        about = f"{self.path}: findings and their evidence"
        return SecureKey(self, "key", KeyConfig(description=about, protect=self.config.protect, tags=self.config.tags))

    def _bucket_for_reports(self) -> LogBucket | None:
        """The home region's, or the region's own if it or the home region is an opt-in region."""
        if self.home and not (self._opt_in_region or self.home._opt_in_region):
            return self.home.log_bucket
        # Nothing delivers into an opt-in region from others, so that history stays in its region then.
        apart = self.home is None or self.home._opt_in_region
        if not any(map(self.config.runs, ("config", "guardduty", "macie") if apart else ("guardduty", "macie"))):
            let_go_of_bucket(self, "reports", key=("key",))
            return None
        # docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html: key and bucket are of one region.
        return evidence_bucket(self, None, None if self.home else self.key)[0]

    def _set_defaults(self) -> None:
        protect = self.config.protect
        self.volumes = EbsEncryption(self, "volumes", self.config.volumes())
        SnapshotPublicAccessBlock(self, "snapshots", SnapshotPublicAccessBlockConfig(protect=protect))
        ImagePublicAccessBlock(self, "images", ImagePublicAccessBlockConfig(protect=protect))
        InstanceMetadataDefaults(self, "metadata", self.config.metadata())
        RegionSettings(self, "settings", self.config.settings())

    def _route_findings(self) -> FindingEvents:
        # Rules, queue and alarm are called after it, in at most 40 characters; a region has one baseline.
        told: dict[str, Any] = {"name": "baseline", "linked_regions": self.linked_regions, "tags": self.config.tags}
        told["administers"] = self.config.administers
        if self.home and not (self.region_code or "").startswith(_KEEP_THEIR_EVENTS):
            if self.region_code in self.home.linked_regions:
                told["securityhub"] = None
            return FindingEvents(self, "findings", FindingEventsConfig(**told), home=self.home.findings)
        topic = SecureTopic(self, "topic", TopicConfig(tags=self.config.tags), key=None if self.home else self.key)
        for address in self.config.subscribers:
            topic.subscribe_email(address)
        return FindingEvents(self, "findings", FindingEventsConfig(**told), topic=topic)

    def _watch(self) -> None:
        config, bucket, home = self.config, self.log_bucket, self.home
        self.analyzer = AccessAnalyzer(self, "access", config.analyzer(home=home is None))
        if config.runs("config"):
            # Its history goes to the home region from every region, unless that is an opt-in region.
            history = home.log_bucket if home and not home._opt_in_region else bucket
            recorder = home.recorder if home else None
            self.recorder = ConfigRecorder(
                self,
                "recorder",
                config.recorder(self._opt_in_region, home=home is None),
                home=recorder,
                log_bucket=history,
            )
        if config.runs("guardduty"):
            GuardDuty(self, "guardduty", config.guardduty(self._opt_in_region), log_bucket=bucket)
        if config.runs("inspector"):
            Inspector(self, "inspector", config.inspector())
        if config.runs("macie"):
            Macie(self, "macie", config.macie(self._opt_in_region), log_bucket=bucket)
        if config.runs("securityhub"):
            linked = self.linked_regions if self.aggregated_by == "account" else ()
            # Where IAM is recorded; an organization's recorders are taken to do so in the home region.
            once = self.recorder.records_global_resources if self.recorder else home is None
            SecurityHub(self, "hub", config.hub(linked, account_controls=once))

    @property
    def topic(self) -> SecureTopic | None:
        """The topic for findings; a region that forwards to the home region has none of its own."""
        return self.findings.topic
