"""The table of managed rules, held against AWS Config's own list as the emulator carries it, and against the catalogue."""

import gzip
import json
from importlib import resources
from typing import Any

import pytest

from secureinfra.aws.detection.config_managed_rules import RULES, ManagedRule, rules_of
from secureinfra.controls import catalogue


def known_to_aws() -> dict[str, Any]:
    packed = (resources.files("moto") / "config" / "resources" / "aws_managed_rules.json.gz").read_bytes()
    rules: dict[str, Any] = json.loads(gzip.decompress(packed))["ManagedRules"]
    return rules


KNOWN = known_to_aws()
BY_NAME = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@BY_NAME
def test_rule_is_aws_s(rule: ManagedRule) -> None:
    assert rule.identifier in KNOWN


@BY_NAME
def test_parameters_are_the_rule_s(rule: ManagedRule) -> None:
    known = {parameter["Name"] for parameter in KNOWN[rule.identifier]["Parameters"]}
    assert set(rule.parameters) <= known
    demanded = {item["Name"] for item in KNOWN[rule.identifier]["Parameters"] if item["Optional"] is False}
    assert demanded <= set(rule.parameters)


@BY_NAME
def test_rules_on_iam_are_the_account_s(rule: ManagedRule) -> None:
    kinds = KNOWN[rule.identifier].get("Resource Types") or ""
    if "AWS::IAM::" in kinds:
        assert rule.of_account
    if rule.of_account:
        assert (
            "AWS::IAM::" in kinds or kinds == "AWS::::Account" or rule.name.startswith(("iam-", "root-", "security-"))
        )


def test_each_rule_once() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))


# docs.aws.amazon.com/securityhub/latest/userguide/cis-aws-foundations-benchmark.html
PUBLISHED_IN_BOTH = frozenset(
    "Account.1 CloudTrail.1 CloudTrail.2 CloudTrail.4 CloudTrail.7 Config.1 EC2.2 EC2.6 EC2.7 EC2.8 EC2.21 EC2.53 EC2.54 EFS.1 "
    "IAM.2 IAM.3 IAM.4 IAM.5 IAM.6 IAM.9 IAM.15 IAM.16 IAM.18 IAM.22 IAM.26 IAM.27 IAM.28 KMS.4 RDS.2 RDS.3 RDS.13 S3.1 S3.5 "
    "S3.8 S3.20 S3.22 S3.23".split()
)
# Security Hub checks these two without a rule of AWS Config's.
WITHOUT_RULE = {"CloudTrail.7", "Config.1"}
# Controls of AWS's best practices that share a rule with one of the benchmark's.
SHARED = {"IAM.7", "IAM.8"}


@pytest.mark.parametrize(
    ("pack", "published"), [("cis-v3", PUBLISHED_IN_BOTH), ("cis-v5", PUBLISHED_IN_BOTH | {"EFS.8", "RDS.5", "RDS.15"})]
)
def test_benchmark_is_complete(pack: str, published: frozenset[str]) -> None:
    answered = {control for rule in rules_of([pack]) for control in rule.controls}
    assert answered - SHARED == published - WITHOUT_RULE


def test_best_practices_are_the_catalogue_s() -> None:
    theirs = {
        control: row["in_fsbp"] == "yes" or control in row["in_fsbp"]
        for row in catalogue.rows().values()
        for control in row["fsbp_id"].split(";")
        if row["in_fsbp"]
    }
    met = {rule.name: [theirs[c] for c in rule.controls if c in theirs] for rule in rules_of(["fsbp"])}
    assert {name for name, said in met.items() if said and not any(said)} == set()
    assert sum(bool(said) for said in met.values()) > 50


def test_versions_of_the_benchmark_differ_as_published() -> None:
    third = {rule.name for rule in rules_of(["cis-v3"])}
    fifth = {rule.name for rule in rules_of(["cis-v5"])}
    assert fifth - third == {"efs-filesystem-ct-encrypted", "rds-multi-az-support", "rds-cluster-multi-az-enabled"}
    assert third < fifth


def test_packs_overlap_without_doubling() -> None:
    together = rules_of(["cis-v5", "fsbp"])
    assert len(together) == len({rule.name for rule in together}) == len(RULES)
    assert rules_of([]) == ()
