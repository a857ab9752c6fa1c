"""Security policies: versions of TLS, and post-quantum key exchanges."""

import pytest

from secureinfra.controls.lb.listener import TLS_POLICIES
from secureinfra.reports.cbom.algorithms import ALGORITHMS
from secureinfra.reports.cbom.tls import policy_of


@pytest.mark.parametrize(
    ("service", "name", "versions", "post_quantum"),
    [
        ("elb", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "1.2 1.3", "yes"),
        ("elb", "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09", "1.3", "yes"),
        ("elb", "ELBSecurityPolicy-TLS13-1-0-2021-06", "1.0 1.1 1.2 1.3", "no"),
        ("elb", "ELBSecurityPolicy-FS-1-1-2019-08", "1.1 1.2", "no"),
        ("elb", "ELBSecurityPolicy-TLS-1-2-Ext-2018-06", "1.2", "no"),
        ("elb", "ELBSecurityPolicy-2016-08", "1.0 1.1 1.2", "no"),
        ("elb", "ELBSecurityPolicy-RFC9151", "", "unknown"),
        ("cloudfront", "TLSv1.2_2021", "1.2 1.3", "yes"),
        ("cloudfront", "TLSv1.3_2025", "1.3", "yes"),
        ("cloudfront", "SSLv3", "SSL 3.0 1.0 1.1 1.2 1.3", "yes"),
        ("cloudfront", "TLSv9", "", "unknown"),
        ("apigateway", "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", "1.2 1.3", "yes"),
        ("apigateway", "SecurityPolicy_TLS13_1_3_2025_09", "1.3", "no"),
        ("apigateway", "TLS_1_2", "1.2 1.3", "unknown"),
        ("opensearch", "Policy-Min-TLS-1-2-2019-07", "1.2", "no"),
        ("opensearch", "Policy-Min-TLS-1-2-PFS-2023-10", "1.2 1.3", "unknown"),
        ("transfer", "TransferSecurityPolicy-2025-03", "", "yes"),
        ("transfer", "TransferSecurityPolicy-FIPS-2024-05", "", "no"),
        ("transfer", "TransferSecurityPolicy-2027-01", "", "unknown"),
    ],
)
def test_policies(service: str, name: str, versions: str, post_quantum: str) -> None:
    found = policy_of(service, name)
    joined = " ".join(found.versions)
    assert (joined, found.post_quantum) == (versions, post_quantum)
    assert set(found.exchanges) <= set(ALGORITHMS)


def test_only_tls_1_3_has_a_post_quantum_key_exchange() -> None:
    found = policy_of("elb", TLS_POLICIES[0])
    assert (found.ready("1.2"), found.ready("1.3")) == ("no", "yes")
    assert policy_of("opensearch", "").ready("") == "unknown"


def test_policies_of_this_library_are_known() -> None:
    assert [name for name in TLS_POLICIES if not policy_of("elb", name).versions] == []
