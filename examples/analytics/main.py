"""Sales data in a bucket: a crawler finds its tables, and analysts query two of them in a workgroup of their own."""

from secureinfra import (
    AccountTrust,
    App,
    AwsProvider,
    AwsProviderConfig,
    BucketConfig,
    CatalogDatabase,
    Crawler,
    CrawlerConfig,
    DataCatalogEncryption,
    KeyConfig,
    RoleConfig,
    SecureBucket,
    SecureKey,
    SecureRole,
    SecureTopic,
    TerraformOutput,
    TerraformStack,
    Workgroup,
    WorkgroupConfig,
)

app = App()
stack = TerraformStack(app, "analytics")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="data", environment="production"))

alarms = SecureTopic(stack, "pages")
key = SecureKey(stack, "data", KeyConfig(strict=True, description="Sales data"))
lake = SecureBucket(stack, "lake", BucketConfig(key_required=True), key=key)

DataCatalogEncryption(stack, "catalog")
sales = CatalogDatabase(stack, "sales", bucket=lake, prefix="sales/")
tables = Crawler(stack, "tables", CrawlerConfig(schedule="cron(0 3 * * ? *)"), database=sales, alarms=alarms)

analysts = Workgroup(
    stack,
    "analysts",
    WorkgroupConfig(bytes_scanned_cutoff_per_query=200_000_000_000),
    alarms=alarms,
)
analyst = SecureRole(stack, "analyst", RoleConfig(trust=AccountTrust(account_id="111122223333", mfa=True)))
analysts.grant_query(analyst, databases=(sales,), tables=("orders", "customers"))

TerraformOutput(stack, "workgroup", value=analysts.name)

app.synth()
