"""Controls on SageMaker AI."""

import pytest

from secureinfra.controls import sagemaker
from tests.controls.spec import Spec, own_key, switch

NOTEBOOK, MODEL, ENDPOINT = sagemaker.NOTEBOOK, sagemaker.MODEL, sagemaker.ENDPOINT
QUALITY, SCHEDULE = sagemaker.QUALITY, sagemaker.SCHEDULE
BOOK = {"name": "n", "role_arn": "r", "instance_type": "ml.t3.medium"}
DOMAIN = {"domain_name": "d", "auth_mode": "IAM", "vpc_id": "v", "subnet_ids": ["s"]}
VARIANT = {"variant_name": "v", "model_name": "m"}
VERSION = "instance_metadata_service_configuration.minimum_instance_metadata_service_version"
ISOLATED = {"enable_network_isolation": True}
ACCESS = "primary_container.image_config.repository_access_mode"
JOB = "monitoring_schedule_config.monitoring_job_definition"
STORE = "offline_store_config.s3_storage_config"
GROUP = {
    "feature_group_name": "f",
    "record_identifier_feature_name": "i",
    "event_time_feature_name": "t",
    "role_arn": "r",
}
SPECS = [
    switch(sagemaker.NO_INTERNET, NOTEBOOK, "direct_internet_access", BOOK, value="Disabled", wrong=["Enabled"]),
    switch(sagemaker.IN_VPC, NOTEBOOK, "subnet_id", BOOK, value="${aws_subnet.s.id}", wrong=[""]),
    switch(sagemaker.NO_ROOT, NOTEBOOK, "root_access", BOOK, value="Disabled", wrong=["Enabled"]),
    switch(sagemaker.IMDSV2, NOTEBOOK, VERSION, BOOK, value="2", wrong=["1"]),
    switch(
        sagemaker.PLATFORM, NOTEBOOK, "platform_identifier", BOOK, value="notebook-al2023-v1", wrong=["notebook-al2-v1"]
    ),
    own_key(sagemaker.CUSTOMER_KEY, NOTEBOOK, "kms_key_id", BOOK),
    own_key(sagemaker.CUSTOMER_KEY, "aws_sagemaker_domain", "kms_key_id", DOMAIN),
    Spec(
        sagemaker.SEVERAL_INSTANCES,
        ENDPOINT,
        {"production_variants": [{**VARIANT, "initial_instance_count": 2}]},
        also=[
            {
                "production_variants": [
                    {**VARIANT, "serverless_config": {"max_concurrency": 5, "memory_size_in_mb": 2048}}
                ]
            }
        ],
        fails=[
            ({"production_variants.0.initial_instance_count": 1}, "initial_instance_count = 1"),
            ({"production_variants.0.initial_instance_count": None}, "initial_instance_count is not set"),
        ],
        unknown=["production_variants.0.initial_instance_count"],
    ),
    own_key(sagemaker.ENDPOINT_KEY, ENDPOINT, "kms_key_arn"),
    switch(sagemaker.MODEL_ISOLATED, MODEL, "enable_network_isolation", {"execution_role_arn": "r"}),
    switch(sagemaker.PRIVATE_REGISTRY, MODEL, ACCESS, {"execution_role_arn": "r"}, value="Vpc", wrong=["Platform"]),
    switch(sagemaker.QUALITY_ENCRYPTED, QUALITY, "network_config.enable_inter_container_traffic_encryption"),
    switch(sagemaker.QUALITY_ISOLATED, QUALITY, "network_config.enable_network_isolation"),
    Spec(
        sagemaker.MONITORING_ISOLATED,
        SCHEDULE,
        {"name": "s", "monitoring_schedule_config": {"monitoring_job_definition": {"network_config": ISOLATED}}},
        fails=[
            ({f"{JOB}.network_config.enable_network_isolation": False}, "enable_network_isolation = false"),
            ({f"{JOB}.network_config": None, f"{JOB}.role_arn": "r"}, "enable_network_isolation is not set"),
        ],
        unknown=[f"{JOB}.network_config.enable_network_isolation", JOB],
        spared=[{"monitoring_schedule_config": {"monitoring_job_definition_name": "j"}}],
    ),
    own_key(
        sagemaker.FEATURES_KEY,
        "aws_sagemaker_feature_group",
        f"{STORE}.kms_key_id",
        {**GROUP, "offline_store_config": {"s3_storage_config": {"s3_uri": "s3://b"}}},
        spared=[{"offline_store_config": None}],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
