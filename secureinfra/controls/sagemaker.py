"""Controls on SageMaker AI: notebooks, models, endpoints, jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, at_least, is_set, is_true, one_of, only_if
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.verdict import Failure, each, written

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

NOTEBOOK, MODEL, ENDPOINT = (
    f"aws_sagemaker_{name}" for name in ("notebook_instance", "model", "endpoint_configuration")
)
QUALITY, SCHEDULE = "aws_sagemaker_data_quality_job_definition", "aws_sagemaker_monitoring_schedule"
_OFFLINE = "offline_store_config"
_JOB = "monitoring_schedule_config.monitoring_job_definition"

NO_INTERNET = Control(
    id="sagemaker-notebook-no-internet",
    title="SageMaker notebooks have no direct access to the internet",
    why="data could leave by a path that no rule of your network covers",
    row="sagemaker-notebook-no-internet",
    fix='Set direct_internet_access = "Disabled", subnet_id and security_groups. This replaces an existing notebook.',
)
NO_INTERNET.check(NOTEBOOK)(
    argument("direct_internet_access", one_of("Disabled"), 'direct_internet_access = "Disabled"', absent="Enabled")
)

IN_VPC = Control(
    id="sagemaker-notebook-in-vpc",
    title="SageMaker notebooks are in a VPC",
    why="no security group would limit what the notebook reaches",
    row="sagemaker-notebook-in-vpc",
    fix="Set subnet_id to a private subnet. This replaces an existing notebook.",
)
IN_VPC.check(NOTEBOOK)(argument("subnet_id", is_set, "subnet_id = a private subnet"))

NO_ROOT = Control(
    id="sagemaker-notebook-no-root",
    title="SageMaker notebooks do not give root access",
    why="code from a notebook could change every setting of the instance",
    row="sagemaker-notebook-no-root",
    fix='Set root_access = "Disabled".',
)
NO_ROOT.check(NOTEBOOK)(argument("root_access", one_of("Disabled"), 'root_access = "Disabled"', absent="Enabled"))

IMDSV2 = Control(
    id="sagemaker-notebook-imdsv2",
    title="SageMaker notebooks require IMDSv2",
    why="a request forged through the notebook could fetch the credentials of its role",
    row="sagemaker-notebook-imdsv2",
    fix='Write instance_metadata_service_configuration { minimum_instance_metadata_service_version = "2" }.',
)
IMDSV2.check(NOTEBOOK)(
    argument(
        "instance_metadata_service_configuration.minimum_instance_metadata_service_version",
        one_of("2", 2),
        'minimum_instance_metadata_service_version = "2"',
    )
)

PLATFORM = Control(
    id="sagemaker-notebook-platform-supported",
    title="SageMaker notebooks run on a supported platform",
    why="vulnerabilities are not fixed in older platforms",
    row="sagemaker-notebook-platform",
    fix='Set platform_identifier = "notebook-al2023-v1".',
)
# docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html#sagemaker-8, as of November 2026
PLATFORM.check(NOTEBOOK)(
    argument("platform_identifier", one_of("notebook-al2023-v1"), 'platform_identifier = "notebook-al2023-v1"')
)

CUSTOMER_KEY = Control(
    id="sagemaker-storage-customer-key",
    title="SageMaker notebooks and domains are encrypted with a customer managed key",
    why="with an AWS managed key, you could not see or limit who decrypts the files",
    row="sagemaker-notebook-cmk",
    fix="Set kms_key_id to the ARN of a customer managed key.",
)
CUSTOMER_KEY.check(NOTEBOOK, "aws_sagemaker_domain")(customer_key("kms_key_id"))

SEVERAL_INSTANCES = Control(
    id="sagemaker-endpoint-several-instances",
    title="SageMaker endpoints have more than one instance",
    why="an outage of one instance or zone would stop every prediction",
    row="sagemaker-endpoint-instances",
    fix="Set initial_instance_count = 2 or more in production_variants.",
)


@SEVERAL_INSTANCES.check(ENDPOINT)
def _several_instances(endpoint: Block, configuration: Configuration) -> Iterator[Failure]:
    def check(variant: Node) -> Iterator[Failure]:
        if variant.has("serverless_config"):
            return
        if not at_least(2)(value := variant.get("initial_instance_count")):
            at = f"{variant.path}.initial_instance_count"
            yield Failure(written(at, value), "initial_instance_count = 2 or more", at=at)

    yield from each(endpoint.blocks("production_variants"), check)


ENDPOINT_KEY = Control(
    id="sagemaker-endpoint-customer-key",
    title="Storage of SageMaker endpoints is encrypted with a customer managed key",
    why="with an AWS managed key, you could not see or limit who decrypts it",
    row="sagemaker-endpoint-cmk",
    fix="Set kms_key_arn to the ARN of a customer managed key.",
)
ENDPOINT_KEY.check(ENDPOINT)(customer_key("kms_key_arn"))

MODEL_ISOLATED = Control(
    id="sagemaker-model-isolated",
    title="SageMaker models run without a network",
    why="the code of a model could send data anywhere",
    row="sagemaker-model-isolation",
    fix="Set enable_network_isolation = true.",
)
MODEL_ISOLATED.check(MODEL)(
    argument("enable_network_isolation", is_true, "enable_network_isolation = true", absent=False)
)

PRIVATE_REGISTRY = Control(
    id="sagemaker-model-private-registry",
    title="SageMaker models come from a registry inside the VPC",
    why="an image from a registry on the internet could be changed by others",
    row="sagemaker-model-private-registry",
    fix='Write image_config { repository_access_mode = "Vpc" } in primary_container.',
)
PRIVATE_REGISTRY.check(MODEL)(
    argument("primary_container.image_config.repository_access_mode", one_of("Vpc"), 'repository_access_mode = "Vpc"')
)

QUALITY_ENCRYPTED = Control(
    id="sagemaker-data-quality-encrypted",
    title="SageMaker data quality jobs encrypt traffic between their containers",
    why="data could be read on the way from container to container",
    row="sagemaker-data-quality-encrypted",
    fix="Set enable_inter_container_traffic_encryption = true in network_config.",
)
QUALITY_ENCRYPTED.check(QUALITY)(
    argument(
        "network_config.enable_inter_container_traffic_encryption",
        is_true,
        "enable_inter_container_traffic_encryption = true",
        absent=False,
    )
)

QUALITY_ISOLATED = Control(
    id="sagemaker-data-quality-isolated",
    title="SageMaker data quality jobs run without a network",
    why="the code of a job could send data anywhere",
    row="sagemaker-data-quality-isolation",
    fix="Set enable_network_isolation = true in network_config.",
)
QUALITY_ISOLATED.check(QUALITY)(
    argument("network_config.enable_network_isolation", is_true, "enable_network_isolation = true", absent=False)
)

MONITORING_ISOLATED = Control(
    id="sagemaker-monitoring-isolated",
    title="SageMaker monitoring jobs run without a network",
    why="the code of a job could send data anywhere",
    row="sagemaker-monitoring-isolation",
    fix="Set enable_network_isolation = true in network_config of monitoring_job_definition (AWS provider 6).",
)
MONITORING_ISOLATED.check(SCHEDULE)(
    only_if(
        lambda schedule: schedule.has(_JOB),
        "its job is defined elsewhere",
        argument(
            f"{_JOB}.network_config.enable_network_isolation",
            is_true,
            "enable_network_isolation = true",
            absent=False,
        ),
    )
)

FEATURES_KEY = Control(
    id="sagemaker-feature-group-customer-key",
    title="Offline stores of SageMaker feature groups are encrypted with a customer managed key",
    why="with an AWS managed key, you could not see or limit who decrypts the features",
    row="sagemaker-feature-group-cmk",
    fix="Set kms_key_id in s3_storage_config.",
)
FEATURES_KEY.check("aws_sagemaker_feature_group")(
    only_if(
        lambda group: group.has(_OFFLINE),
        "it has no offline store",
        customer_key(f"{_OFFLINE}.s3_storage_config.kms_key_id"),
    )
)
