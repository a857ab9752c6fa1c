"""Account baseline: account-wide and per-region settings, detection services, and notifications."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

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
    Construct,
    Contact,
    DataEvents,
    Number,
    ObjectLock,
    OrganizationId,
    PasswordPolicy,
    PasswordPolicyConfig,
    Problem,
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
    """Contact for AWS's messages and calls about security, preferably a team's mailbox and number."""
    operations_contact: Contact | None = None
    """Contact for maintenance and outages; by default the root user's mailbox."""
    billing_contact: Contact | None = None
    """Contact for bills; by default the root user's mailbox."""
    subscribers: tuple[Text, ...] | None = None
    """Email addresses that receive findings and alarms, each after its owner has confirmed; by default that of
    `security_contact`, `[]` for none."""
    regions: tuple[Region, ...] = ()
    """Regions to monitor in addition to the home region, which is the provider's and may be in the list. Name those that the
    account uses, and `us-east-1`, where AWS reports global events. One that is removed is to be named in `former_regions` for one
    apply, which destroys what watches it and leaves the key of its volumes."""
    former_regions: tuple[Region, ...] = ()
    """Regions removed from `regions`: their providers stay, so that Terraform can destroy what is there. Empty the list after
    the apply."""
    administered: tuple[Literal["cloudtrail"] | AdministeredService, ...] = ()
    """In a member account, services that the organization's administrator accounts run for it, left out here: `cloudtrail` (the
    organization's trail; alarms go with it), `config`, `guardduty`, `inspector`, `macie`, `securityhub`; or, of Security
    Hub, `securityhub-settings` alone: consolidated findings and linked regions."""
    aggregation: Literal["account", "organization", "none"] | None = None
    """Who gathers Security Hub's findings of all regions in the home region: this account; the organization's administrator
    account, whose aggregation region is the same; or nothing does, and each region forwards its own. By default this account,
    or nothing where `administered` names `securityhub` or `securityhub-settings`."""
    administers: tuple[Literal["guardduty", "inspector", "macie"], ...] = ()
    """In the organization's administrator account for them: services whose findings of member accounts arrive here by
    themselves, and which Security Hub would report a second time."""
    organization_id: OrganizationId | None = None
    """In the organization's management account: the trail records every account of this organization, e.g. `o-a1b2c3d4e5`."""
    left_out: Mapping[Everywhere | Region, tuple[RegionFeature, ...]] = {}
    """By region, or `everywhere`, features to leave off because AWS does not offer them there or they cost too much, e.g.
    `{eu-south-2: [LAMBDA_CODE]}`. All but `macie` and `emr` need a waiver."""
    max_password_age: Number = 90
    """Days after which an IAM user's password expires, 1 to 90."""
    support: AccountTrust | SamlTrust | None = None
    """Trust for a role that opens cases with AWS Support, as CIS 1.16 requires; by default there is none."""
    service_linked_roles: tuple[Literal["autoscaling", "spot", "spotfleet"], ...] = ()
    """Services that launch instances on their own, whose service-linked roles use the volumes' keys. The roles must exist."""
    default_security_groups: Literal["leave", "close"] = "leave"
    """`close` removes every rule of the default VPC's default security group in each region, as EC2.2 and CIS 5.5 require.
    Whatever still uses the group loses its connections at once, and the plan does not list the rules."""
    http_put_response_hop_limit: Number = 1
    """Hop limit for the metadata of new instances: 1 keeps it on the instance; containers on a bridge network need 2."""
    unused_access_age: Number | None = None
    """Also report roles, users, keys and permissions that are unused for this many days, 1 to 365, at 0.20 USD a month for
    each role and user."""
    archive_rules: Mapping[str, ArchiveRule] = {}
    """External access that is intended, by name of the rule; in every region."""
    data_events: tuple[DataEvents, ...] = ()
    """Data events that the trail also records, at 1 USD for each million. CIS 3.8 and 3.9 require those of objects:
    `[{name: objects, resource_type: "AWS::S3::Object"}]`."""
    trail_object_lock: ObjectLock | None = None
    """Object lock on the trail's files."""
    alarm_tuning: Mapping[str, AlarmTuning] = {}
    """Tuning of single alarms, by name of the alarm, e.g. `{unauthorized-api-calls: {threshold: 20}}`."""
    exact_security_hub: bool = False
    """Use the exact patterns of Security Hub's CloudWatch.1 to .14, as `nist-800-171-v2` requires, which compare strings;
    unauthorized calls then include harmless ones of S3 log delivery."""
    further_standards: tuple[Literal["cis-v3", "nist-800-53-v5", "nist-800-171-v2", "pci-dss-v4"], ...] = ()
    """Security Hub standards in addition to AWS's best practices and version 5 of the CIS benchmark."""
    recording_frequency: Literal["CONTINUOUS", "DAILY"] = "CONTINUOUS"
    """AWS Config records each change for 0.003 USD, or the state at the end of a day with changes for 0.012 USD."""
    config_role: Literal["create", "existing"] = "create"
    """`existing` if the account already has AWS Config's service-linked role, since there can be only one."""
    bucket_retention_days: Annotated[Number, between(365, 36500, "days")] = 2557
    """How long trail, history and findings are kept, a year or longer."""
    protect: bool = True
    """Terraform refuses to remove settings that protect the account or its evidence; the `sandbox` environment turns this off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Regions are named once, waivers are about something, and the parts accept what they get."""
        named = (*self.regions, *self.former_regions)
        for region in dict.fromkeys(named):
            field = "regions" if region in self.regions else "former_regions"
            at = (field, getattr(self, field).index(region))
            if is_token(region):
                what, why = f"holds {region!r}, known to Terraform only", "it becomes a provider and addresses"
                yield Problem(at, what, why, "Write its code", subject=field)
            elif named.count(region) > 1:
                what = f"name {region!r} more than once"
                yield Problem(at, what, instead="Name each once", subject="regions and former_regions")
        for number, waiver in enumerate(self.waivers):
            if not waiver.control.startswith(_WAIVABLE):
                what = f"names {waiver.control!r}, which no setting here breaks"
                why = "it would excuse nothing"
                yield Problem(("waivers", number), what, why, "Remove it", subject="waivers")
        for field in ("organization_id", "data_events", "trail_object_lock", "alarm_tuning", "exact_security_hub"):
            if getattr(self, field) and not self.records:
                given = f"{field} and administered={list(self.administered)}"
                why = "the organization's trail is set up elsewhere"
                yield Problem(field, "exclude each other", why, "Remove one", subject=given)
        regions = (self.region_settings(name) for name in dict.fromkeys(("everywhere", *self.regions, *self.left_out)))
        found = list(self.refusals(self.passwords(), self.trail(), self.alarms(), *regions))
        # What is wrong in every region is said once.
        yield from {problem.text: problem for problem in found}.values()

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
        return SecurityAlarmsConfig(
            tuning=self.alarm_tuning, exact_security_hub=self.exact_security_hub, tags=self.tags
        )


class AccountBaseline(SecureConstruct):
    """An account with closed defaults, a record of API calls, threat detection, and notifications about findings.

    Creates once: the password policy, the block of public buckets, the contacts, a trail of all regions with the alarms of
    the CIS benchmark, an encrypted topic for alarms and findings, and a bucket that keeps history and findings. In the home
    region and in each further one: encrypted volumes, no public snapshots and images, tokens for instance metadata, Access
    Analyzer, AWS Config, GuardDuty, Inspector, Macie and Security Hub. A further region's provider is made like the stack's.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: contacts, regions, and what to choose.
        providers: existing providers, by region.
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
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        home = AwsProvider.region_of(self)
        further = tuple(region for region in config.regions if region != home)
        self._refuse_unknown({"everywhere", *further, home}, providers)
        self._set_what_an_account_has_once()
        self.home = RegionBaseline(self, "home", config.region_settings(home), linked_regions=further, region=home)
        self.regions = {region: self._add_region(region, providers.get(region)) for region in further}
        self._refuse_unrecorded_iam(home)
        self.topic, self.log_bucket = self.home.topic, self.home.log_bucket
        for region in config.former_regions:
            AwsProvider.for_region(self, region)
            RegionBaseline.let_go_of_records(self, region)
        if not config.records:
            SecureTrail.let_go_of_records(self, "trail")
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

    def _refuse_unrecorded_iam(self, home: str | None) -> None:
        recorders = [region.recorder for region in (self.home, *self.regions.values()) if region.recorder]
        if recorders and not any(recorder.records_global_resources for recorder in recorders):
            raise ConfigError(
                f"{self.path}: no region records IAM: AWS Config records users, roles, groups and policies only in regions that "
                f"it supported before February 2022, and {home!r} is a later one. Add one of those to regions, e.g. 'us-east-1'."
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
