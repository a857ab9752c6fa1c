"""Controls on the Database Migration Service."""

import json
from typing import Any

import pytest

from secureinfra.controls import dms
from tests.controls.spec import Spec, own_key, switch

INSTANCE, ENDPOINT = dms.INSTANCE, dms.ENDPOINT
THIS = {"replication_instance_id": "i", "replication_instance_class": "dms.t3.medium"}
SOURCE = {"endpoint_id": "e", "endpoint_type": "source", "engine_name": "postgres"}
MONGODB = {**SOURCE, "engine_name": "mongodb"}
REDIS = {**SOURCE, "engine_name": "redis", "endpoint_type": "target"}
ALL = dict.fromkeys(dms._COMPONENTS, "LOGGER_SEVERITY_DEFAULT")


def settings(enabled: Any = True, **severities: str) -> str:
    components = [{"Id": name, "Severity": severity} for name, severity in {**ALL, **severities}.items()]
    return json.dumps({"Logging": {"EnableLogging": enabled, "LogComponents": components}})


SPECS = [
    switch(dms.NOT_PUBLIC, INSTANCE, "publicly_accessible", THIS, value=False, wrong=[True]),
    switch(dms.MINOR_UPGRADES, INSTANCE, "auto_minor_version_upgrade", THIS),
    switch(dms.MULTI_AZ, INSTANCE, "multi_az", THIS),
    own_key(dms.CUSTOMER_KEY, INSTANCE, "kms_key_arn", THIS),
    own_key(dms.CUSTOMER_KEY, ENDPOINT, "kms_key_arn", SOURCE),
    Spec(
        dms.TASK_LOGGED,
        dms.TASK,
        {"replication_task_id": "t", "migration_type": "cdc", "replication_task_settings": settings()},
        also=[{"replication_task_settings": settings(SOURCE_CAPTURE="LOGGER_SEVERITY_DEBUG")}],
        fails=[
            ({"replication_task_settings": None}, "EnableLogging is None"),
            ({"replication_task_settings": settings(enabled=False)}, "EnableLogging is False"),
            (
                {"replication_task_settings": settings(SOURCE_UNLOAD="LOGGER_SEVERITY_ERROR")},
                "SOURCE_UNLOAD is not logged",
            ),
            ({"replication_task_settings": settings(TARGET_LOAD="LOGGER_SEVERITY_INFO")}, "TARGET_LOAD is not logged"),
            ({"replication_task_settings": '{"Logging": {"EnableLogging": true}}'}, "TARGET_APPLY is not logged"),
        ],
        unknown=["replication_task_settings"],
        unsure=[{"replication_task_settings": settings(TARGET_APPLY="${var.x}")}],
    ),
    switch(
        dms.ENDPOINT_TLS,
        ENDPOINT,
        "ssl_mode",
        SOURCE,
        value="verify-full",
        wrong=["none"],
        unknown=["engine_name"],
        spared=[{"engine_name": "kinesis", "ssl_mode": None}],
    ),
    Spec(
        dms.MONGODB_AUTHENTICATED,
        ENDPOINT,
        {**MONGODB, "mongodb_settings": {"auth_type": "password"}},
        also=[{"engine_name": "docdb"}, {"mongodb_settings.auth_type": None}],
        fails=[
            ({"mongodb_settings": None}, "no mongodb_settings block"),
            ({"mongodb_settings.auth_type": "no"}, 'auth_type = "no"'),
        ],
        unknown=["mongodb_settings.auth_type", "engine_name"],
        spared=[{"engine_name": "postgres"}],
    ),
    switch(
        dms.REDIS_TLS,
        ENDPOINT,
        "redis_settings.ssl_security_protocol",
        REDIS,
        value="ssl-encryption",
        wrong=["plaintext"],
        optional=True,
        spared=[{"engine_name": "postgres"}],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
