"""What watches an account in two regions: threats, known vulnerabilities, sensitive data, unsafe settings, and history."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    ConfigRecorder,
    DiscoveryJob,
    GuardDuty,
    Inspector,
    Macie,
    MacieConfig,
    SecurityHub,
    SecurityHubConfig,
    TerraformStack,
)

app = App()
stack = TerraformStack(app, "detection")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="security", environment="production"))
virginia = AwsProvider(
    stack,
    "virginia",
    AwsProviderConfig(region="us-east-1", alias="virginia", owner="security", environment="production"),
)

recorder = ConfigRecorder(stack, "config")
guardduty = GuardDuty(stack, "guardduty")
hub = SecurityHub(stack, "hub", SecurityHubConfig(linking_mode="SPECIFIED_REGIONS", specified_regions=("us-east-1",)))
Inspector(stack, "inspector")
jobs = (DiscoveryJob(name="uploads", buckets=("acme-uploads",), sampling_percentage=20),)
macie = Macie(stack, "macie", MacieConfig(jobs=jobs), log_bucket=guardduty.log_bucket)

# The other region again, less what an account has once; its findings and history go to the same buckets.
ConfigRecorder(stack, "config-virginia", home=recorder, provider=virginia)
GuardDuty(stack, "guardduty-virginia", log_bucket=guardduty.log_bucket, provider=virginia)
SecurityHub(stack, "hub-virginia", provider=virginia)
Inspector(stack, "inspector-virginia", provider=virginia)
Macie(stack, "macie-virginia", log_bucket=guardduty.log_bucket, provider=virginia)

app.synth()
