"""Controls on hosted zones of Route 53."""

import pytest

from secureinfra.controls import route53
from tests.controls.spec import Spec

ID = "${aws_route53_zone.this.zone_id}"
LOG, SIGNED = "aws_route53_query_log", route53.SIGNED
PRIVATE = {"vpc": {"vpc_id": "${aws_vpc.v.id}"}}
SPECS = [
    Spec(
        route53.QUERIES_LOGGED,
        route53.ZONE,
        {"name": "example.com"},
        beside={LOG: {"l": {"zone_id": ID, "cloudwatch_log_group_arn": "g"}}},
        fails=[({LOG: {}}, f"no {LOG} for it"), ({f"{LOG}.l.zone_id": "Z1"}, f"no {LOG} for it")],
        unknown=[f"{LOG}.l.zone_id", f"{LOG}.l.count", "vpc"],
        spared=[{LOG: {}, **PRIVATE}],
    ),
    Spec(
        route53.DNSSEC,
        route53.ZONE,
        {"name": "example.com"},
        beside={SIGNED: {"d": {"hosted_zone_id": ID}}},
        also=[{f"{SIGNED}.d.signing_status": "SIGNING"}],
        fails=[({SIGNED: {}}, f"no {SIGNED}"), ({f"{SIGNED}.d.signing_status": "NOT_SIGNING"}, f"no {SIGNED}")],
        unknown=[f"{SIGNED}.d.signing_status", f"{SIGNED}.d.hosted_zone_id"],
        spared=[{SIGNED: {}, **PRIVATE}],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
