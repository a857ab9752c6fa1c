"""What an account sets once, what it sets in each region, and who hears of findings."""

from secureinfra import (
    AccessAnalyzer,
    AccessAnalyzerConfig,
    AccountPublicAccessBlock,
    AlternateContacts,
    AlternateContactsConfig,
    App,
    ArchiveFilter,
    ArchiveRule,
    AwsProvider,
    AwsProviderConfig,
    Contact,
    EbsEncryption,
    FindingEvents,
    FindingEventsConfig,
    ImagePublicAccessBlock,
    InstanceMetadataDefaults,
    PasswordPolicy,
    RegionSettings,
    SnapshotPublicAccessBlock,
    TerraformStack,
)

app = App()
stack = TerraformStack(app, "account")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="security", environment="production"))
virginia = AwsProvider(
    stack,
    "virginia",
    AwsProviderConfig(region="us-east-1", alias="virginia", owner="security", environment="production"),
)

# Once for the account.
PasswordPolicy(stack, "passwords")
AccountPublicAccessBlock(stack, "buckets")
security = Contact(
    name="Security team", title="On call", email_address="security@example.com", phone_number="+49 30 123456"
)
AlternateContacts(stack, "contacts", AlternateContactsConfig(security=security))

# In each region. Unused access is the same in all of them, so one region looks for it.
partner = ArchiveRule(filters=(ArchiveFilter(criteria="principal.AWS", eq=("111122223333",)),))
AccessAnalyzer(stack, "access", AccessAnalyzerConfig(unused_access_age=90, archive_rules={"partner": partner}))
AccessAnalyzer(stack, "access-virginia", AccessAnalyzerConfig(archive_rules={"partner": partner}), provider=virginia)
for name, provider in (("home", None), ("virginia", virginia)):
    EbsEncryption(stack, f"volumes-{name}", provider=provider)
    SnapshotPublicAccessBlock(stack, f"snapshots-{name}", provider=provider)
    ImagePublicAccessBlock(stack, f"images-{name}", provider=provider)
    RegionSettings(stack, f"settings-{name}", provider=provider)
    InstanceMetadataDefaults(stack, f"metadata-{name}", provider=provider)

# Findings of both regions reach one topic.
findings = FindingEvents(stack, "findings", FindingEventsConfig(subscribers=("security@example.com",)))
findings.route(
    "certificate",
    "Certificate <certificate> ends soon",
    {"source": ["aws.acm"], "detail-type": ["ACM Certificate Approaching Expiration"]},
    paths={"certificate": "$.resources[0]"},
)
FindingEvents(stack, "findings-virginia", home=findings, provider=virginia)

app.synth()
