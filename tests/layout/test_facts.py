"""A fact stands once: what both wings know is written in `secureinfra/facts` and nowhere else."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("secureinfra", "blueprints") for path in (ROOT / folder).rglob("*.py")]

# How a copy would be written, and the one file that may.
HOMES = {
    r"172\.16\.0\.0/12\"": "secureinfra/facts/networks.py",
    r"64:ff9b::/96": "secureinfra/facts/networks.py",
    r"\"secretsmanager:GetSecretValue\"": "secureinfra/facts/iam_reads.py",
    r"\"iam:CreateLoginProfile\"": "secureinfra/facts/iam_reads.py",
    r"\b1096\b": "secureinfra/facts/retention.py",
    r">= 5\.92": "secureinfra/facts/provider.py",
    r"\"hashicorp/aws\"": "secureinfra/facts/provider.py",
    r"= \"us-east-1\"": "secureinfra/facts/edge_region.py",
    r"server-certificate/": "secureinfra/facts/arns.py",
    r"arn:aws\[a-z-\]\*:(?!organizations)": "secureinfra/facts/arns.py",
    r"INSTANCE, CLUSTER.* =": "secureinfra/controls/rds/engine.py",
    r"state_of\([^)]*\)\.shared": "secureinfra/engine/construct.py",
    r"\"availability_zone\", \"availability_zone_id\"": "secureinfra/controls/shared/zones.py",
    "get_close_matches": "secureinfra/suggest.py",
    r"4: 8, 6: 32|4: 24, 6: 48": "secureinfra/facts/networks.py",
}


@pytest.mark.parametrize(("written", "home"), HOMES.items())
def test_a_fact_stands_once(written: str, home: str) -> None:
    found = {str(path.relative_to(ROOT)) for path in SOURCES if re.search(written, path.read_text(encoding="utf-8"))}
    assert found == {home}
