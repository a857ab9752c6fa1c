"""Resources of a configuration with the policies that speak of them."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from secureinfra.proofs.model.doors import DOORS
from secureinfra.proofs.model.policies import POLICIES, Document, documents_of, unsure
from secureinfra.proofs.reading import read_text
from secureinfra.proofs.statements import Statement
from secureinfra.terraform.unknown import is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["HOLDERS", "Resource", "arn_of_block", "resource_of", "resources_of"]

HOLDERS = frozenset(
    (
        "aws_backup_vault aws_cloudwatch_event_bus aws_cloudwatch_log_group aws_codeartifact_domain "
        "aws_codeartifact_repository aws_cloudtrail aws_dynamodb_table aws_ebs_snapshot aws_ecr_repository "
        "aws_ecrpublic_repository aws_efs_file_system aws_elasticsearch_domain aws_glacier_vault aws_kinesis_stream "
        "aws_kms_external_key aws_kms_key aws_kms_replica_external_key aws_kms_replica_key aws_lambda_function "
        "aws_lambda_layer_version aws_media_store_container aws_msk_cluster aws_opensearch_domain aws_s3_access_point "
        "aws_s3_bucket aws_s3_directory_bucket aws_s3control_multi_region_access_point aws_s3tables_table "
        "aws_s3tables_table_bucket aws_s3vectors_vector_bucket aws_secretsmanager_secret aws_ses_domain_identity "
        "aws_sesv2_email_identity aws_sns_topic aws_sqs_queue aws_ssm_document aws_vpc_endpoint_service "
        "aws_vpclattice_service "
    ).split()
)
"""Types that hold data, keys, queues, secrets or code, whether or not a policy speaks of them."""

# Arguments in which a policy, a permission or a share names what it is for.
_NAMED_IN = (
    "bucket key_id queue_url arn topic_arn secret_arn resource_arn repository repository_name function_name layer_name "
    "vault_name backup_vault_name file_system_id domain_name domain event_bus_name destination_name stream_arn table_bucket_arn "
    "cluster_arn access_point_arn name rest_api_id container_name sink_identifier registry_name identity email_identity "
    "image_id snapshot_id vpc_endpoint_service_id resource_identifier cluster_name"
).split()


@dataclass
class Resource:
    """One resource.

    Args:
        block: the resource; what holds the policy where the resource is defined elsewhere.
        documents: its policies; each may be the one that counts.
    """

    block: Block
    documents: list[Document] = field(default_factory=list)

    @property
    def statements(self) -> list[Statement]:
        """All statements of all its policies."""
        return [held for document in self.documents for held in document.statements]

    @property
    def unread(self) -> str:
        """What is not known of its policies; empty where all could be read."""
        return next((document.unread for document in self.documents if document.unread), "")


_READ: weakref.WeakKeyDictionary[Configuration, dict[str, Resource]] = weakref.WeakKeyDictionary()


def resources_of(configuration: Configuration) -> dict[str, Resource]:
    """The resources that hold something or have a policy, by address.

    Args:
        configuration: read once; further calls give the same.
    """
    if configuration not in _READ:
        found: dict[str, Resource] = {}
        for block in configuration.blocks:
            if block.section != "resource":
                continue
            if block.type in HOLDERS:
                found.setdefault(block.address, Resource(block))
            if block.type in POLICIES or block.type in DOORS:
                for owner, documents in _by_owner(block, configuration):
                    found.setdefault(owner.address, Resource(owner)).documents.extend(documents)
        _READ[configuration] = found
    return _READ[configuration]


def resource_of(block: Block, configuration: Configuration) -> Resource:
    """A block with its policies; without any where it has none."""
    return resources_of(configuration).get(block.address) or Resource(block)


def _by_owner(block: Block, configuration: Configuration) -> Iterator[tuple[Block, list[Document]]]:
    if not (documents := documents_of(block, configuration)):
        return
    owner = _owner(block, configuration)
    sure = owner is block or block.is_as_sure_as(owner)
    yield (
        owner,
        documents
        if sure
        else [Document(held.block, held.path, tuple(unsure(held.statements)), held.unread) for held in documents],
    )


def _owner(block: Block, configuration: Configuration) -> Block:
    """The resource that a block belongs to: itself, or the one that it names."""
    if block.type in HOLDERS:
        return block
    for name in _NAMED_IN:
        if name not in block.raw:
            continue
        for target in configuration.targets(block, name):
            if target.section == "resource" and target.type in HOLDERS:
                return target
        if (named := _by_name(block, name, configuration)) is not None:
            return named
    return block


def _by_name(block: Block, argument: str, configuration: Configuration) -> Block | None:
    value = block.get(argument)
    if is_unknown(value) or not isinstance(value, str) or not value:
        return None
    begins = block.type.split("_")[1]
    for other in configuration.blocks:
        if other.section == "resource" and other.type in HOLDERS and other.type.split("_")[1] == begins:
            for name in ("bucket", "name", "function_name", "domain_name", "arn", "id"):
                held = other.get(name)
                if not is_unknown(held) and held == value:
                    return other
    return None


def arn_of_block(block: Block, configuration: Configuration) -> str:
    """The ARN of a resource of the configuration, as a text of the proofs."""
    held = block.get("arn")
    if isinstance(held, str):
        return read_text(held, configuration)
    return read_text(f"${{{block.address}.arn}}", configuration)
