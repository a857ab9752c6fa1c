"""The settings of an account with every option on, for the referees that read or apply whole stacks."""

from __future__ import annotations

from secureinfra import (
    AccessAnalyzer,
    AccessAnalyzerConfig,
    AccountPublicAccessBlock,
    AccountPublicAccessBlockConfig,
    AlternateContacts,
    AlternateContactsConfig,
    ArchiveFilter,
    ArchiveRule,
    AwsProvider,
    AwsProviderConfig,
    Contact,
    EbsEncryption,
    EbsEncryptionConfig,
    FindingEvents,
    FindingEventsConfig,
    ImagePublicAccessBlock,
    ImagePublicAccessBlockConfig,
    InstanceMetadataDefaults,
    InstanceMetadataDefaultsConfig,
    PasswordPolicy,
    PasswordPolicyConfig,
    RegionSettings,
    RegionSettingsConfig,
    SecureKey,
    SecureTopic,
    SnapshotPublicAccessBlock,
    SnapshotPublicAccessBlockConfig,
    TerraformStack,
    configure,
)

OTHER = "aws.virginia"
TAGS = {"team": "security"}


def build(stack: TerraformStack) -> None:
    """What is set once, and what is set in each of two regions."""
    AwsProvider(
        stack,
        "aws",
        AwsProviderConfig(region="eu-central-1", owner="tests", environment="sandbox", data_classification="test"),
    )
    AwsProvider(stack, "virginia", AwsProviderConfig(region="us-east-1", alias="virginia"))
    configure(stack, permissions_boundary="arn:aws:iam::aws:policy/ReadOnlyAccess")
    PasswordPolicy(
        stack, "passwords", PasswordPolicyConfig(minimum_password_length=16, max_password_age=60, protect=False)
    )
    AccountPublicAccessBlock(stack, "buckets", AccountPublicAccessBlockConfig(protect=False))
    build_contacts(stack)
    build_region(stack, "here", None)
    build_region(stack, "virginia", OTHER)
    AwsProvider(stack, "ireland", AwsProviderConfig(region="eu-west-1", alias="ireland"))
    key = SecureKey(stack, "data", provider="aws.ireland")
    EbsEncryption(stack, "shared", key=key, provider="aws.ireland")
    build_events(stack)


def build_contacts(stack: TerraformStack) -> None:
    """All three contacts, of a member account."""

    def contact(team: str) -> Contact:
        return Contact(
            name=team, title="On call", email_address=f"{team.lower()}@example.com", phone_number="+49 30 123456"
        )

    AlternateContacts(
        stack,
        "contacts",
        AlternateContactsConfig(
            security=contact("Security"),
            operations=contact("Platform"),
            billing=contact("Finance"),
            account_id="111122223333",
        ),
    )


def build_region(stack: TerraformStack, name: str, provider: str | None) -> None:
    """What is set in each region."""
    EbsEncryption(
        stack,
        f"volumes-{name}",
        EbsEncryptionConfig(service_linked_roles=("autoscaling", "spot", "spotfleet"), protect=False, tags=TAGS),
        provider=provider,
    )
    SnapshotPublicAccessBlock(
        stack, f"snapshots-{name}", SnapshotPublicAccessBlockConfig(protect=False), provider=provider
    )
    ImagePublicAccessBlock(stack, f"images-{name}", ImagePublicAccessBlockConfig(protect=False), provider=provider)
    settings = RegionSettingsConfig(default_security_groups="close", protect=False)
    RegionSettings(stack, f"settings-{name}", settings, provider=provider)
    InstanceMetadataDefaults(
        stack,
        f"metadata-{name}",
        InstanceMetadataDefaultsConfig(http_put_response_hop_limit=2, protect=False),
        provider=provider,
    )
    AccessAnalyzer(
        stack,
        f"access-{name}",
        AccessAnalyzerConfig(
            name=f"organization-{name}",
            type="ORGANIZATION",
            archive_rules={
                "partner": ArchiveRule(
                    filters=(
                        ArchiveFilter(criteria="principal.AWS", eq=("111122223333",)),
                        ArchiveFilter(criteria="resourceType", neq=("AWS::KMS::Key",)),
                        ArchiveFilter(criteria="error", exists=False),
                    )
                ),
                "website": ArchiveRule(filters=(ArchiveFilter(criteria="resource", contains=("acme-website",)),)),
            },
            unused_access_age=45,
            unused_access_exclude_accounts=("444455556666",),
            unused_access_exclude_tags={"purpose": "break-glass"},
            tags=TAGS,
        ),
        provider=provider,
    )


def build_events(stack: TerraformStack) -> None:
    """Findings of two regions to one topic, and those of the second to programs too."""
    config = FindingEventsConfig(
        name="findings",
        subscribers=("security@example.com",),
        guardduty="LOW",
        securityhub="CRITICAL",
        inspector="CRITICAL",
        macie="HIGH",
        health=("issue", "accountNotification", "scheduledChange", "investigation"),
        tags=TAGS,
    )
    events = FindingEvents(stack, "findings", config, topic=SecureTopic(stack, "pages"))
    events.route(
        "certificate",
        "Certificate <arn> ends soon",
        {"source": ["aws.acm"], "detail-type": ["ACM Certificate Approaching Expiration"]},
        lines=("Renew it.",),
        paths={"arn": "$.resources[0]"},
    )
    FindingEvents(stack, "handed-on", home=events, provider=OTHER)
    FindingEvents(stack, "machines", FindingEventsConfig(message="event"), provider=OTHER)
