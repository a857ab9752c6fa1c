"""A region of an account: what is set in it, what watches it, and where findings and history go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args

from constructs import Construct

from secureinfra.aws.accessanalyzer_analyzer import AccessAnalyzer, AccessAnalyzerConfig, ArchiveRule
from secureinfra.aws.config_configuration_recorder import ConfigRecorder, ConfigRecorderConfig
from secureinfra.aws.ebs_encryption_by_default import EbsEncryption, EbsEncryptionConfig
from secureinfra.aws.ebs_snapshot_block_public_access import SnapshotPublicAccessBlock, SnapshotPublicAccessBlockConfig
from secureinfra.aws.ec2_image_block_public_access import ImagePublicAccessBlock, ImagePublicAccessBlockConfig
from secureinfra.aws.ec2_instance_metadata_defaults import InstanceMetadataDefaults, InstanceMetadataDefaultsConfig
from secureinfra.aws.evidence_bucket import EvidenceConfig, evidence_bucket
from secureinfra.aws.finding_events import FindingEvents, FindingEventsConfig
from secureinfra.aws.guardduty_detector import GuardDuty, GuardDutyConfig
from secureinfra.aws.inspector2_enabler import Inspector, InspectorConfig, ResourceType
from secureinfra.aws.kms_key import KeyConfig, SecureKey
from secureinfra.aws.macie2_account import Macie, MacieConfig
from secureinfra.aws.opt_in_regions import is_opt_in_region
from secureinfra.aws.s3_log_bucket import LogBucket
from secureinfra.aws.securityhub_account import SecurityHub, SecurityHubConfig, Standard
from secureinfra.aws.sns_topic import SecureTopic, TopicConfig
from secureinfra.controls import inspector
from secureinfra.engine import AwsProvider, SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.values import Number, Text, is_token
from secureinfra.waiver import Waiver

AdministeredService = Literal["config", "guardduty", "inspector", "macie", "securityhub", "securityhub-settings"]
"""What the administrator accounts of an organisation run for their members."""
Protection = Literal[
    "s3_data_events",
    "eks_audit_logs",
    "ebs_malware_protection",
    "rds_login_events",
    "lambda_network_logs",
    "runtime_monitoring",
]
RegionFeature = Literal[Protection, ResourceType, "inspector", "macie"]
"""What is not sold in every region: GuardDuty's protections, what Inspector scans, Inspector and Macie as a whole."""

# Events go from region to region everywhere but in these partitions:
# aws.amazon.com/blogs/compute/expanding-cross-region-event-routing-with-amazon-eventbridge
_KEEP_THEIR_EVENTS = ("us-gov-", "cn-")


class RegionBaselineConfig(EvidenceConfig):
    """What a caller may choose about a region."""

    subscribers: tuple[Text, ...] = ()
    """E-mail addresses that hear of findings, each after its owner has confirmed; of the home region."""
    administered: tuple[AdministeredService, ...] = ()
    """In a member account, what the organisation's administrator accounts run for it, which is left out here; of Security Hub
    all, or with `securityhub-settings` consolidated findings and linked regions alone."""
    without: tuple[RegionFeature, ...] = ()
    """What is not switched on, because AWS does not sell it here or it costs too much. All but `macie` need a waiver."""
    service_linked_roles: tuple[Literal["autoscaling", "spot", "spotfleet"], ...] = ()
    """Services that launch instances by themselves, whose service-linked role uses the volumes' key. The role must exist."""
    http_put_response_hop_limit: Number = 1
    """How far metadata of new instances travel, in hops: 1 keeps them on the instance; containers on a bridge network need 2."""
    unused_access_age: Number | None = None
    """Also report roles, users, keys and permissions unused for so many days, 1 to 365, at 0.20 USD a month for each role
    and user; in the home region, since every region says the same."""
    archive_rules: Mapping[str, ArchiveRule] = {}
    """Access from outside that is intended, by name of the rule."""
    further_standards: tuple[Standard, ...] = ()
    """Standards of Security Hub besides AWS's best practices and version 5 of the CIS benchmark."""
    recording_frequency: Literal["CONTINUOUS", "DAILY"] = "CONTINUOUS"
    """AWS Config records each change at 0.003 USD, or the state at the end of a day with changes at 0.012 USD."""
    config_role: Literal["create", "existing"] = "create"
    """`existing` where the account has AWS Config's service-linked role already, since there can be only one."""

    def problems(self) -> Iterator[str]:
        """The parts accept what they get, and a service is left out with a waiver."""
        control = inspector.ENABLED.id
        if "inspector" in self.without and not self.waiver(control):
            yield f"without 'inspector' breaks control {control}: {inspector.ENABLED.why}. Add a waiver for it, or leave it on."
        if self.further_standards and "securityhub" in self.administered:
            yield (
                f"further_standards={list(self.further_standards)} and administered={list(self.administered)} exclude each "
                "other: the administrator account chooses the standards. Remove one."
            )
        parts = (
            self.volumes(),
            self.metadata(),
            self.analyzer(home=True),
            self.hub(()),
            self.guardduty(None),
            *([self.inspector()] if self.runs("inspector") else []),
        )
        for part in parts:
            try:
                _ = part.waivers
            except ConfigError as error:
                yield str(error)

    def runs(self, service: str) -> bool:
        """Whether a service is switched on here rather than by an administrator account, or not at all."""
        return service not in self.administered and service not in self.without

    @property
    def gathers(self) -> bool:
        """Whether the account decides by itself whose findings Security Hub gathers."""
        return not {"securityhub", "securityhub-settings"} & set(self.administered)

    def volumes(self) -> EbsEncryptionConfig:
        """The part of volumes."""
        return EbsEncryptionConfig(service_linked_roles=self.service_linked_roles, protect=self.protect, tags=self.tags)

    def metadata(self) -> InstanceMetadataDefaultsConfig:
        """The part of instance metadata."""
        hops = self.http_put_response_hop_limit
        return InstanceMetadataDefaultsConfig(http_put_response_hop_limit=hops, protect=self.protect)

    def analyzer(self, *, home: bool) -> AccessAnalyzerConfig:
        """The access analyzer's part."""
        age = self.unused_access_age if home else None
        return AccessAnalyzerConfig(archive_rules=self.archive_rules, unused_access_age=age, tags=self.tags)

    def recorder(self, *, home: bool) -> ConfigRecorderConfig:
        """AWS Config's part."""
        # Its role is the home region's business: naming it elsewhere would be refused.
        role: dict[str, Any] = {"service_linked_role": self.config_role} if home else {}
        return ConfigRecorderConfig(
            recording_frequency=self.recording_frequency, protect=self.protect, tags=self.tags, **role
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

    def hub(self, linked: tuple[str, ...]) -> SecurityHubConfig:
        """Security Hub's part, with the regions whose findings it gathers."""
        return SecurityHubConfig(
            further_standards=self.further_standards,
            linking_mode="SPECIFIED_REGIONS" if linked else None,
            specified_regions=linked,
            administrator="organization" if "securityhub-settings" in self.administered else "self",
            protect=self.protect,
        )

    def _waivers(self, kind: str) -> tuple[Waiver, ...]:
        return tuple(waiver for waiver in self.waivers if waiver.control.startswith(kind))


class RegionBaseline(SecureConstruct):
    """A region whose volumes, snapshots, images and metadata are safe by default, which is watched, and whose findings are heard of.

    Creates what belongs to each region: the defaults of EC2, Access Analyzer, AWS Config, GuardDuty, Inspector, Macie and
    Security Hub, each switched on with everything. The home region has the topic of findings, and the bucket and key of
    history and findings; further regions hand on to them. A region that the account opted into keeps a bucket of its own,
    since AWS exports nothing from there to others or from others to there but within limits.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        home: the home region's, of the same stack; without it this is the home region.
        linked_regions: in the home region, the further ones, whose findings Security Hub shows here.
        region: its code; by default that of its provider, where that is an `AwsProvider`.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or home is no home region.

    Example:
        `home = RegionBaseline(stack, "home"); RegionBaseline(stack, "us-east-1", home=home, provider="aws.us_east_1")`
    """

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
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.home = home
        self.region_code = region or self._region_of_provider()
        self._check()
        # docs.aws.amazon.com/securityhub/latest/userguide/finding-aggregation-enable.html: findings are gathered in no
        # region that was opted into.
        self.linked_regions = () if home or self._opt_in_region or not config.gathers else linked_regions
        self.key = home.key if home else self._make_key()
        self.log_bucket = self._bucket_for_reports()
        self.recorder: ConfigRecorder | None = None
        self._set_defaults()
        self.findings = self._route_findings()
        self._watch()

    @property
    def _opt_in_region(self) -> str | None:
        return self.region_code if self.region_code and is_opt_in_region(self.region_code) else None

    def _region_of_provider(self) -> str | None:
        provider = AwsProvider.of(self)
        return None if provider is None or is_token(provider.config.region) else provider.config.region

    def _check(self) -> None:
        home = self.home
        if home and (
            home.home or home.stack_state is not self.stack_state or home.provider_alias == self.provider_alias
        ):
            raise ConfigError(
                f"{self.path}: home={home.path!r} is no home region for it: it must have none itself, stand in the same stack, "
                "and be of another provider."
            )

    def _make_key(self) -> SecureKey:
        about = f"{self.path}: findings and their evidence"
        return SecureKey(self, "key", KeyConfig(description=about, protect=self.config.protect, tags=self.config.tags))

    def _bucket_for_reports(self) -> LogBucket | None:
        """The home region's, or one of its own where AWS exports no findings from one region to the other."""
        if self.home and not (self._opt_in_region or self.home._opt_in_region):
            return self.home.log_bucket
        if not any(map(self.config.runs, ("guardduty", "macie") if self.home else ("config", "guardduty", "macie"))):
            return None
        # docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html: key and bucket are of one region.
        return evidence_bucket(self, None, None if self.home else self.key)[0]

    def _set_defaults(self) -> None:
        protect = self.config.protect
        self.volumes = EbsEncryption(self, "volumes", self.config.volumes())
        SnapshotPublicAccessBlock(self, "snapshots", SnapshotPublicAccessBlockConfig(protect=protect))
        ImagePublicAccessBlock(self, "images", ImagePublicAccessBlockConfig(protect=protect))
        InstanceMetadataDefaults(self, "metadata", self.config.metadata())

    def _route_findings(self) -> FindingEvents:
        # Rules, queue and alarm are called after it, in at most 40 characters; a region has one baseline.
        told: dict[str, Any] = {"name": "baseline", "linked_regions": self.linked_regions, "tags": self.config.tags}
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
            # Its history goes to the home region from everywhere.
            history = home.log_bucket if home else bucket
            recorder = home.recorder if home else None
            self.recorder = ConfigRecorder(
                self, "recorder", config.recorder(home=home is None), home=recorder, log_bucket=history
            )
        if config.runs("guardduty"):
            GuardDuty(self, "guardduty", config.guardduty(self._opt_in_region), log_bucket=bucket)
        if config.runs("inspector"):
            Inspector(self, "inspector", config.inspector())
        if config.runs("macie"):
            Macie(self, "macie", config.macie(self._opt_in_region), log_bucket=bucket)
        if config.runs("securityhub"):
            SecurityHub(self, "hub", config.hub(self.linked_regions))

    @property
    def topic(self) -> SecureTopic | None:
        """The topic of findings; a further region has none of its own where it hands on to the home region."""
        return self.findings.topic
