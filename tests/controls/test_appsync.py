"""Controls on AppSync APIs."""

import pytest

from secureinfra.controls import appsync
from tests.controls.spec import Spec, switch

API = appsync.API
THIS = {"name": "a", "authentication_type": "AWS_IAM"}
OTHER = {"additional_authentication_provider": [{"authentication_type": "AMAZON_COGNITO_USER_POOLS"}]}
CACHE = {"api_id": "a", "type": "SMALL", "ttl": 60, "api_caching_behavior": "FULL_REQUEST_CACHING"}
SPECS = [
    switch(appsync.FIELDS_LOGGED, API, "log_config.field_log_level", THIS, value="ERROR", wrong=["NONE"]),
    Spec(
        appsync.NO_API_KEY,
        API,
        {**THIS, **OTHER},
        fails=[
            ({"authentication_type": "API_KEY"}, 'authentication_type = "API_KEY"'),
            (
                {"additional_authentication_provider.0.authentication_type": "API_KEY"},
                'additional_authentication_provider[0].authentication_type = "API_KEY"',
            ),
        ],
        unknown=["authentication_type", "additional_authentication_provider.0.authentication_type"],
    ),
    *(
        switch(
            appsync.CACHE_ENCRYPTED,
            "aws_appsync_api_cache",
            f"{where}_encryption_enabled",
            {**CACHE, f"{other}_encryption_enabled": True},
        )
        for where, other in (("at_rest", "transit"), ("transit", "at_rest"))
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
