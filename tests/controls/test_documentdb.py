"""Controls on DocumentDB clusters."""

import pytest

from secureinfra.controls import documentdb
from tests.controls.spec import Spec, own_key, switch

CLUSTER, PARAMETERS = documentdb.CLUSTER, documentdb.PARAMETERS
THIS = {"cluster_identifier": "c"}
GROUP = {"family": "docdb5.0"}
NAMED = "db_cluster_parameter_group_name"
RIGHT = [{"name": "audit_logs", "value": "enabled"}, {"name": "tls", "value": "tls1.3+"}]
OWN_GROUP = {PARAMETERS: {"g": {**GROUP, "name": "own", "parameter": RIGHT}}}


def parameter(name: str, value: str) -> dict[str, list[dict[str, str]]]:
    return {"parameter": [{"name": "ttl_monitor", "value": "enabled"}, {"name": name, "value": value}]}


SPECS = [
    switch(documentdb.ENCRYPTED, CLUSTER, "storage_encrypted", THIS),
    own_key(documentdb.CUSTOMER_KEY, CLUSTER, "kms_key_id", THIS),
    switch(documentdb.BACKED_UP, CLUSTER, "backup_retention_period", THIS, value=7, wrong=[1, 6]),
    switch(documentdb.DELETION_PROTECTED, CLUSTER, "deletion_protection", THIS),
    switch(
        documentdb.AUDITED,
        CLUSTER,
        "enabled_cloudwatch_logs_exports",
        {**THIS, NAMED: "${aws_docdb_cluster_parameter_group.g.name}"},
        value=["profiler", "audit"],
        wrong=[[], ["profiler"]],
        beside=OWN_GROUP,
        fails=[({NAMED: None}, f"{NAMED} is not set (the default group")],
        unsure=[{NAMED: "elsewhere"}],
    ),
    Spec(
        documentdb.TLS,
        CLUSTER,
        {**THIS, NAMED: "${aws_docdb_cluster_parameter_group.g.name}"},
        beside=OWN_GROUP,
        also=[{NAMED: "own"}],
        fails=[({NAMED: None}, "the default group"), ({NAMED: "default.docdb5.0"}, "the default group")],
        unknown=[NAMED],
        unsure=[{NAMED: "elsewhere"}],
    ),
    Spec(
        documentdb.AUDITED,
        PARAMETERS,
        {**GROUP, **parameter("audit_logs", "enabled")},
        also=[parameter("audit_logs", "ddl,dml_write")],
        fails=[
            ({"parameter": None}, "no parameter audit_logs"),
            (parameter("audit_logs", "disabled"), "no parameter audit_logs"),
            (parameter("audit_logs", "none"), "no parameter audit_logs"),
        ],
        unknown=["parameter.1.value", "parameter.1.name"],
    ),
    Spec(
        documentdb.TLS,
        PARAMETERS,
        {**GROUP, **parameter("tls", "tls1.2+")},
        also=[parameter("tls", "tls1.3+"), parameter("tls", "fips-140-3")],
        fails=[
            ({"parameter": None}, "no parameter tls"),
            (parameter("tls", "enabled"), "no parameter tls"),
            (parameter("tls", "disabled"), "no parameter tls"),
        ],
        unknown=["parameter.1.value"],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
