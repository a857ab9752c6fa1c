"""Controls on brokers of Amazon MQ."""

import pytest

from secureinfra.controls import mq
from tests.controls.spec import KEY, OWN, Spec, switch

THIS = {"broker_name": "b", "engine_type": "ActiveMQ"}
OWNED = {"encryption_options": {"use_aws_owned_key": False, "kms_key_id": OWN}}
SPECS = [
    switch(mq.LOGGED, mq.BROKER, "logs.audit", {**THIS, "logs": {"general": True}}, unknown=["engine_type"]),
    switch(
        mq.LOGGED,
        mq.BROKER,
        "logs.general",
        {**THIS, "logs": {"audit": True}},
        also=[{"engine_type": "RabbitMQ", "logs": {"general": True}}],
    ),
    switch(mq.MINOR_UPGRADES, mq.BROKER, "auto_minor_version_upgrade", THIS),
    switch(mq.NOT_PUBLIC, mq.BROKER, "publicly_accessible", THIS, value=False, wrong=[True], optional=True),
    Spec(
        mq.CUSTOMER_KEY,
        mq.BROKER,
        {**THIS, **OWNED},
        beside=KEY,
        fails=[
            ({"encryption_options": None}, "kms_key_id is not set"),
            ({"encryption_options.use_aws_owned_key": None}, "AWS defaults to True"),
            ({"encryption_options.use_aws_owned_key": True}, "use_aws_owned_key = true"),
        ],
        unknown=["encryption_options.kms_key_id", "encryption_options.use_aws_owned_key"],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
