"""Names of AWS's own endpoint services, which in China and the European Sovereign Cloud do not all begin alike."""

from __future__ import annotations

__all__ = ["endpoint_service", "is_whole_name"]

# What `aws ec2 describe-vpc-endpoint-services` lists there, as collected in aws-cdk (aws-ec2/lib/vpc-endpoint.ts, 2.275).
_IN_CHINA = frozenset(
    (
        "application-autoscaling appmesh-envoy-management athena autoscaling awsconnector backup batch cassandra cloudcontrolapi "
        "cloudformation codedeploy-commands-secure databrew dms ebs ec2 ecr.api ecr.dkr eks elasticache elasticbeanstalk "
        "elasticfilesystem elasticfilesystem-fips emr-containers execute-api fsx imagebuilder iot.data kinesis-streams lambda "
        "license-manager monitoring rds redshift redshift-data s3 sagemaker.api sagemaker.featurestore-runtime sagemaker.runtime "
        "securityhub servicecatalog sms sqs states sts sync-states synthetics transcribe transcribestreaming transfer xray"
    ).split()
)
_PREFIXED: dict[str, tuple[str, frozenset[str]]] = {
    "cn-north-1": ("cn.com.amazonaws", _IN_CHINA | {"iotsitewise.api", "iotsitewise.data"}),
    "cn-northwest-1": ("cn.com.amazonaws", _IN_CHINA | {"account", "polly", "workspaces"}),
    "eusc-de-east-1": ("eu.amazonaws", frozenset(("ecr.api", "ecr.dkr", "execute-api", "securityhub"))),
}
_BEGINNINGS = ("com.", "cn.com.", "eu.amazonaws.", "aws.", "api.aws.")


def is_whole_name(service: str) -> bool:
    """Whether a name is a service's whole one, e.g. `com.amazonaws.vpce.eu-central-1.vpce-svc-...`.

    Args:
        service: a name as it is given.
    """
    return service.startswith(_BEGINNINGS)


def endpoint_service(service: str, region: str, known: str | None) -> str:
    """The name of the endpoint service of an AWS service.

    Args:
        service: e.g. `ecr.api`.
        region: as it is written into the name, e.g. a reference.
        known: the region, if it is known.
    """
    prefix, services = _PREFIXED.get(known or "", ("com.amazonaws", frozenset[str]()))
    # docs.amazonaws.cn: the only one that also ends in another way.
    end = ".cn" if service == "transcribe" and prefix.startswith("cn.") else ""
    return f"{prefix if service in services else 'com.amazonaws'}.{region}.{service}{end}"
