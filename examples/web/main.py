"""A site at CloudFront with an API behind it, each behind a web ACL."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    BehaviorConfig,
    Distribution,
    DistributionConfig,
    ErrorPage,
    HttpsOrigin,
    SecureBucket,
    TerraformStack,
    WebAcl,
    WebAclConfig,
)

CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
API_STAGE = "arn:aws:apigateway:eu-central-1::/restapis/a1b2c3d4e5/stages/live"

app = App()
stack = TerraformStack(app, "web")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="web", environment="production"))
# CloudFront, its certificates and its web ACLs are managed from us-east-1.
edge = AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge", owner="web"))

pages = SecureBucket(stack, "pages")
site = Distribution(
    stack,
    "site",
    DistributionConfig(
        aliases=("www.example.com",),
        error_pages=(ErrorPage(error_code=403, response_page_path="/404.html", response_code=404),),
    ),
    origin=pages,
    certificate=CERTIFICATE,
    provider=edge,
)
site.add_behavior("/api/*", HttpsOrigin(domain_name="api.example.com"), BehaviorConfig(allowed_methods="all"))

# The API is reached past the site too, so it has a web ACL of its own. It counts first, until nobody honest is counted.
firewall = WebAcl(stack, "api-firewall", WebAclConfig(mode="count", upload_paths=("/live/uploads/",)))
firewall.associate(API_STAGE, id="api")

app.synth()
