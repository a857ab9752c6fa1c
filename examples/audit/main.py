"""A record of every call in the account, and alarms on those that matter."""

from secureinfra import (
    AlarmTuning,
    App,
    AwsProvider,
    AwsProviderConfig,
    DataEvents,
    ObjectLock,
    SecureTrail,
    SecurityAlarms,
    SecurityAlarmsConfig,
    TerraformStack,
    TrailConfig,
)

app = App()
stack = TerraformStack(app, "audit")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="security", environment="production"))

trail = SecureTrail(
    stack,
    "trail",
    TrailConfig(
        object_lock=ObjectLock(days=365),
        data_events=(DataEvents(name="S3 writes", resource_type="AWS::S3::Object", read_only=False),),
    ),
)

alarms = SecurityAlarms(
    stack,
    "alarms",
    SecurityAlarmsConfig(
        subscribers=("security@example.com",),
        tuning={
            "unauthorized-api-calls": AlarmTuning(threshold=20),  # one now and then is normal
            "s3-bucket-policy-changes": AlarmTuning(paged=False),
        },
    ),
    trail=trail,
)
alarms.topic.subscribe("https", "https://pager.example.com/aws")

app.synth()
