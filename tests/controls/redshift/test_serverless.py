"""Controls on Redshift Serverless."""

import pytest

from secureinfra.controls.redshift import serverless
from tests.controls.spec import Spec, own_key, switch

WORKGROUP, NAMESPACE = serverless.WORKGROUP, serverless.NAMESPACE
GROUP = {"workgroup_name": "w", "namespace_name": "n"}
NAME = {"namespace_name": "n"}
SPECS = [
    switch(serverless.VPC_ROUTING, WORKGROUP, "enhanced_vpc_routing", GROUP),
    Spec(
        serverless.TLS,
        WORKGROUP,
        {**GROUP, "config_parameter": [{"parameter_key": "require_ssl", "parameter_value": "true"}]},
        fails=[
            ({"config_parameter": None}, "no config_parameter require_ssl"),
            ({"config_parameter.0.parameter_value": "false"}, "no config_parameter require_ssl"),
            ({"config_parameter.0.parameter_key": "datestyle"}, "no config_parameter require_ssl"),
        ],
        unknown=["config_parameter.0.parameter_value"],
    ),
    switch(serverless.NOT_PUBLIC, WORKGROUP, "publicly_accessible", GROUP, value=False, wrong=[True], optional=True),
    own_key(serverless.CUSTOMER_KEY, NAMESPACE, "kms_key_id", NAME),
    Spec(
        serverless.CUSTOM_ADMINISTRATOR,
        NAMESPACE,
        {**NAME, "admin_username": "steward"},
        fails=[({"admin_username": "admin"}, 'admin_username = "admin"')],
        unknown=["admin_username"],
        unsure=[{"admin_username": None}],
    ),
    switch(
        serverless.LOGGED,
        NAMESPACE,
        "log_exports",
        NAME,
        value=["connectionlog", "userlog"],
        wrong=[["connectionlog"], ["userlog"], []],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
