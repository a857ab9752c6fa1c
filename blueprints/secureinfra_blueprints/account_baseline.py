"""Account baseline: what an account sets once and in every region, what watches it, and who hears of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra import (
    AccountPublicAccessBlock,
    AccountPublicAccessBlockConfig,
    AccountTrust,
    AdministeredService,
    AlarmTuning,
    AlternateContacts,
    AlternateContactsConfig,
    ArchiveRule,
    AwsProvider,
    Config,
    ConfigError,
    Contact,
    DataEvents,
    Number,
    ObjectLock,
    OrganizationId,
    PasswordPolicy,
    PasswordPolicyConfig,
    Region,
    RegionBaseline,
    RegionBaselineConfig,
    RegionFeature,
    Resource,
    RoleConfig,
    SamlTrust,
    SecureConstruct,
    SecureRole,
    SecureTrail,
    SecurityAlarms,
    SecurityAlarmsConfig,
    Text,
    TrailConfig,
    Waiver,
    between,
    is_token,
)

Everywhere = Literal["everywhere"]
# What settings here may break, by the beginning of the control's id.
_WAIVABLE = ("iam-account-password-", "guardduty-", "inspector-")


class AccountBaselineConfig(Config):
    """What a caller may choose about an account's baseline."""

    security_contact: Contact
    """Whom AWS writes to and calls about security: best a team's mailbox and number."""
    operations_contact: Contact | None = None
    """Whom AWS turns to about maintenance and outages; by default the root user's mailbox."""
    billing_contact: Contact | None = None
    """Whom AWS turns to about bills; by default the root user's mailbox."""
    subscribers: tuple[Text, ...] | None = None
    """E-mail addresses that hear of findings and alarms, each after its owner has confirmed; by default that of
    `security_contact`, and `[]` for none."""
    regions: tuple[Region, ...] = ()
    """Regions that are watched besides the home region, which is the provider's and may be among them. Name those that the
    account uses, and `us-east-1`, where AWS reports what belongs to no region."""
    former_regions: tuple[Region, ...] = ()
    """Regions that were taken off `regions`: their providers stay, with which Terraform takes down what is there. Empty it
    after the apply."""
    administered: tuple[Literal["cloudtrail"] | AdministeredService, ...] = ()
    """In a member account, what the organisation's administrator accounts run for it, which is left out here: `cloudtrail` (the
    organisation's trail; alarms go with it), `config`, `guardduty`, `inspector`, `macie`, `securityhub`; or, of Security
    Hub, `securityhub-settings` alone: consolidated findings and linked regions."""
    organization_id: OrganizationId | None = None
    """In the organisation's management account: its trail records every account of this organisation, e.g. `o-a1b2c3d4e5`."""
    left_out: Mapping[Everywhere | Region, tuple[RegionFeature, ...]] = {}
    """By region, or `everywhere`, what is not switched on, because AWS does not sell it there or it costs too much, e.g.
    `{eu-south-2: [LAMBDA_CODE]}`. All but `macie` need a waiver."""
    max_password_age: Number = 90
    """After how many days a password of an IAM user ends, 1 to 90."""
    support: AccountTrust | SamlTrust | None = None
    """Who takes on a role that opens cases with AWS Support, as CIS 1.16 asks; by default there is none."""
    service_linked_roles: tuple[Literal["autoscaling", "spot", "spotfleet"], ...] = ()
    """Services that launch instances by themselves, whose service-linked role uses the volumes' keys. The role must exist."""
    http_put_response_hop_limit: Number = 1
    """How far metadata of new instances travel, in hops: 1 keeps them on the instance; containers on a bridge network need 2."""
    unused_access_age: Number | None = None
    """Also report roles, users, keys and permissions unused for so many days, 1 to 365, at 0.20 USD a month for each role
    and user."""
    archive_rules: Mapping[str, ArchiveRule] = {}
    """Access from outside that is intended, by name of the rule; in every region."""
    data_events: tuple[DataEvents, ...] = ()
    """Events on data that the trail records too, at 1 USD for each million. CIS 3.8 and 3.9 ask for those of objects:
    `[{name: objects, resource_type: "AWS::S3::Object"}]`."""
    trail_object_lock: ObjectLock | None = None
    """Lock the trail's files against deletion."""
    alarm_tuning: Mapping[str, AlarmTuning] = {}
    """How single alarms are heard, by name of the alarm, e.g. `{unauthorized-api-calls: {threshold: 20}}`."""
    further_standards: tuple[Literal["cis-v3", "nist-800-53-v5", "nist-800-171-v2", "pci-dss-v4"], ...] = ()
    """Standards of Security Hub besides AWS's best practices and version 5 of the CIS benchmark."""
    recording_frequency: Literal["CONTINUOUS", "DAILY"] = "CONTINUOUS"
    """AWS Config records each change at 0.003 USD, or the state at the end of a day with changes at 0.012 USD."""
    config_role: Literal["create", "existing"] = "create"
    """`existing` where the account has AWS Config's service-linked role already, since there can be only one."""
    bucket_retention_days: Annotated[Number, between(365, 36500, "days")] = 2557
    """How long trail, history and findings are kept, a year or longer."""
    protect: bool = True
    """Terraform refuses to undo what would open the account or lose evidence; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """Regions are named once, waivers are about something, and the parts accept what they get."""
        named = (*self.regions, *self.former_regions)
        for region in dict.fromkeys(named):
            if is_token(region):
                yield f"regions holds {region!r}, known to Terraform only: it becomes a provider and addresses. Write its code."
            elif named.count(region) > 1:
                yield f"regions and former_regions name {region!r} more than once: name each once."
        for waiver in self.waivers:
            if not waiver.control.startswith(_WAIVABLE):
                yield f"waivers names {waiver.control!r}, which no setting here breaks: it would excuse nothing. Remove it."
        for field in ("organization_id", "data_events", "trail_object_lock", "alarm_tuning"):
            if getattr(self, field) and not self.records:
                yield (
                    f"{field} and administered={list(self.administered)} exclude each other: the organisation's trail is set up "
                    "elsewhere. Remove one."
                )
        regions = (self.region_settings(name) for name in dict.fromkeys(("everywhere", *self.regions, *self.left_out)))
        # What is wrong in every region is said once.
        for problem in dict.fromkeys(map(_refusal, (self.passwords(), self.trail(), self.alarms(), *regions))):
            if problem:
                yield problem

    @property
    def records(self) -> bool:
        """Whether the account has a trail of its own."""
        return "cloudtrail" not in self.administered

    def _waivers(self, kind: tuple[str, ...]) -> tuple[Waiver, ...]:
        return tuple(waiver for waiver in self.waivers if waiver.control.startswith(kind))

    def region_settings(self, region: str | None) -> RegionBaselineConfig:
        """A region's part; `None` for one that only Terraform knows."""
        values: dict[str, Any] = {name: getattr(self, name, None) for name in RegionBaselineConfig.model_fields}
        values["without"] = (*self.left_out.get("everywhere", ()), *self.left_out.get(region or "", ()))
        values["administered"] = tuple(service for service in self.administered if service != "cloudtrail")
        values["waivers"] = self._waivers(("guardduty-", "inspector-"))
        if self.subscribers is None:
            values["subscribers"] = (self.security_contact.email_address,)
        return RegionBaselineConfig(**values)

    def passwords(self) -> PasswordPolicyConfig:
        """The password policy's part."""
        waivers = self._waivers(("iam-account-password-",))
        return PasswordPolicyConfig(max_password_age=self.max_password_age, protect=self.protect, waivers=waivers)

    def trail(self) -> TrailConfig:
        """The trail's part."""
        return TrailConfig(
            organization_id=self.organization_id,
            data_events=self.data_events,
            object_lock=self.trail_object_lock,
            bucket_retention_days=self.bucket_retention_days,
            protect=self.protect,
            tags=self.tags,
        )

    def alarms(self) -> SecurityAlarmsConfig:
        """The alarms' part."""
        return SecurityAlarmsConfig(tuning=self.alarm_tuning, tags=self.tags)


def _refusal(part: Config) -> str | None:
    try:
        _ = part.waivers
    except ConfigError as error:
        return str(error)
    return None


class AccountBaseline(SecureConstruct):
    """An account whose doors are shut, in which every call is recorded, threats are looked for, and somebody hears of them.

    Creates once: the password policy, the block of public buckets, the contacts, a trail of all regions with the alarms of
    the CIS benchmark, an encrypted topic for alarms and findings, and a bucket that keeps history and findings. In the home
    region and in each further one: encrypted volumes, no public snapshots and images, tokens for instance metadata, Access
    Analyzer, AWS Config, GuardDuty, Inspector, Macie and Security Hub. A further region's provider is made like the stack's.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: contacts, regions, and what to choose.
        providers: by region, providers that are there already.
        provider: an additional provider, for the home region of another account.

    Raises:
        ConfigError: a value is refused, or the stack has no `AwsProvider` which those of further regions could be like.

    Example:
        `AccountBaseline(stack, "baseline", AccountBaselineConfig(regions=("us-east-1",), security_contact=Contact(
        name="Security team", title="On call", email_address="security@example.com", phone_number="+49 30 123456")))`
    """

    config: AccountBaselineConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: AccountBaselineConfig,
        *,
        providers: Mapping[str, Any] = {},
        provider: Any = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        base = AwsProvider.of(self)
        home = None if base is None or is_token(base.config.region) else base.config.region
        further = tuple(region for region in config.regions if region != home)
        self._refuse_unknown({"everywhere", *further, home}, providers)
        self._set_what_an_account_has_once()
        self.home = RegionBaseline(self, "home", config.region_settings(home), linked_regions=further, region=home)
        self.regions = {region: self._add_region(region, providers.get(region)) for region in further}
        self.topic, self.log_bucket = self.home.topic, self.home.log_bucket
        for region in config.former_regions:
            AwsProvider.for_region(self, region)
        self.trail = SecureTrail(self, "trail", config.trail()) if config.records else None
        if self.trail:
            SecurityAlarms(self, "alarms", config.alarms(), trail=self.trail, topic=self.topic)

    def _refuse_unknown(self, known: set[str | None], providers: Mapping[str, Any]) -> None:
        for field, given in (("left_out", self.config.left_out), ("providers", providers)):
            for region in given:
                if region not in known:
                    raise ConfigError(
                        f"{self.path}: {field} names {region!r}, which is neither the home region nor in regions: it would "
                        "change nothing. Add it to regions, or remove it."
                    )

    def _set_what_an_account_has_once(self) -> None:
        config = self.config
        PasswordPolicy(self, "passwords", config.passwords())
        AccountPublicAccessBlock(self, "buckets", AccountPublicAccessBlockConfig(protect=config.protect))
        contacts = AlternateContactsConfig(
            security=config.security_contact, operations=config.operations_contact, billing=config.billing_contact
        )
        AlternateContacts(self, "contacts", contacts)
        self.support = self._make_support_role(config.support) if config.support else None

    def _make_support_role(self, trust: AccountTrust | SamlTrust) -> SecureRole:
        about = f"{self.path}: cases with AWS Support"
        role = SecureRole(self, "support", RoleConfig(trust=trust, description=about, tags=self.config.tags))
        # docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-18
        policy = f"arn:{self.partition}:iam::aws:policy/AWSSupportAccess"
        Resource(self, "support-access", "aws_iam_role_policy_attachment", role=role.name, policy_arn=policy)
        return role

    def _add_region(self, region: str, provider: Any) -> RegionBaseline:
        return RegionBaseline(
            self,
            region,
            self.config.region_settings(region),
            home=self.home,
            region=region,
            provider=provider or AwsProvider.for_region(self, region),
        )
