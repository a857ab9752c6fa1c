"""An API for orders: customers sign in at a user pool, and a function answers."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    Function,
    FunctionConfig,
    HttpApi,
    HttpApiConfig,
    HttpApiCorsConfig,
    RoleConfig,
    S3Code,
    SecureRole,
    SecureTopic,
    ServiceTrust,
    TerraformOutput,
    TerraformStack,
    UserAttribute,
    UserPool,
    UserPoolClientConfig,
    UserPoolConfig,
)

CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-4123-8123-123456789012"

app = App()
stack = TerraformStack(app, "apis")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="shop", environment="production"))

pages = SecureTopic(stack, "pages")
pages.subscribe_email("ops@example.com")
orders = Function(
    stack,
    "orders",
    FunctionConfig(
        code=S3Code(bucket="acme-builds", key="orders.zip", object_version="3sL4kqtJlcpXroDTDmJ"),
        runtime="python3.13",
        handler="orders.handler",
    ),
    alarms=pages,
)

people = UserPool(
    stack,
    "people",
    UserPoolConfig(domain_prefix="acme-shop", attributes={"tenant": UserAttribute(mutable=False)}),
)
people.add_resource_server("orders", "orders", {"read": "Read orders", "write": "Place orders"})
people.add_client(
    "shop",
    UserPoolClientConfig(
        callback_urls=("https://shop.example.com/signed-in",),
        scopes=("openid", "email", "orders/read", "orders/write"),
    ),
)

api = HttpApi(
    stack,
    "api",
    HttpApiConfig(
        domain_name="api.example.com",
        cors=HttpApiCorsConfig(
            allow_origins=("https://shop.example.com",),
            allow_methods=("GET", "POST"),
            allow_headers=("authorization",),
        ),
    ),
    certificate=CERTIFICATE,
    alarms=pages,
)
customers = api.add_jwt_authorizer("customers", issuer=people.issuer, audience=(people.client_id("shop"),))
api.add_route("GET /orders/{id}", orders, authorizer=customers, scopes=("orders/read",))
api.add_route("POST /orders", orders, authorizer=customers, scopes=("orders/write",))
api.add_route("POST /reports", orders, authorizer=api.iam)
back_office = SecureRole(stack, "back-office", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
api.grant_invoke(back_office, "POST /reports")

TerraformOutput(stack, "alias_target", value=api.domain_target)

app.synth()
