"""Controls on Transfer Family servers and connectors."""

import pytest

from secureinfra.controls import transfer
from tests.controls.spec import Spec, switch

SERVER = transfer.SERVER
POLICIES = ["TransferSecurityPolicy-2018-11", "TransferSecurityPolicy-2023-05", "TransferSecurityPolicy-FIPS-2020-06"]
SPECS = [
    switch(
        transfer.NO_FTP, SERVER, "protocols", value=["SFTP", "FTPS"], wrong=[["FTP"], ["SFTP", "FTP"]], optional=True
    ),
    switch(
        transfer.CONNECTOR_LOGGED,
        "aws_transfer_connector",
        "logging_role",
        {"url": "https://partner.example.com", "access_role": "r"},
        value="${aws_iam_role.r.arn}",
        wrong=[""],
    ),
    switch(transfer.NOT_PUBLIC, SERVER, "endpoint_type", value="VPC", wrong=["PUBLIC"]),
    switch(
        transfer.SECURITY_POLICY,
        SERVER,
        "security_policy_name",
        value="TransferSecurityPolicy-2024-01",
        wrong=POLICIES,
        also=[{"security_policy_name": "TransferSecurityPolicy-FIPS-2025-03"}],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
