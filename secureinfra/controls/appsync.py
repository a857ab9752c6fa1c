"""Controls on AppSync APIs."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, is_true, not_one_of, one_of

API = "aws_appsync_graphql_api"
_WAY = "authentication_type"
_OTHER = f"additional_authentication_provider[].{_WAY}"

FIELDS_LOGGED = Control(
    id="appsync-graphql-api-logged",
    title="AppSync APIs log the errors of their fields",
    why="you could not find out why a query failed, or what it read",
    row="appsync-field-logging",
    fix='Write log_config with field_log_level = "ERROR" and cloudwatch_logs_role_arn.',
)
FIELDS_LOGGED.check(API)(
    argument("log_config.field_log_level", one_of("ERROR", "ALL", "INFO", "DEBUG"), 'field_log_level = "ERROR"')
)

NO_API_KEY = Control(
    id="appsync-graphql-api-no-api-key",
    title="AppSync APIs do not accept API keys",
    why="a key is in every copy of the application, and anyone who has it could call the API",
    row="appsync-no-api-key",
    fix='Set authentication_type to "AWS_IAM", "AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT" or "AWS_LAMBDA".',
)
NO_API_KEY.check(API)(
    all_hold(
        argument(_WAY, not_one_of("API_KEY", None), f'{_WAY} = "AWS_IAM"'),
        argument(_OTHER, not_one_of("API_KEY"), f'{_WAY} = "AWS_IAM"'),
    )
)

CACHE_ENCRYPTED = Control(
    id="appsync-api-cache-encrypted",
    title="AppSync caches are encrypted at rest and in transit",
    why="answers to other callers could be read in a copy of the cache, or on the network",
    row="appsync-cache-encrypted",
    fix="Set at_rest_encryption_enabled = true and transit_encryption_enabled = true.",
)
CACHE_ENCRYPTED.check("aws_appsync_api_cache")(
    all_hold(
        *(
            argument(f"{where}_encryption_enabled", is_true, f"{where}_encryption_enabled = true", absent=False)
            for where in ("at_rest", "transit")
        )
    )
)
