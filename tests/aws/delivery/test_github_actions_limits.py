"""What roles of GitHub Actions must never do, proved on their policies, those of AWS included: reach states of others."""

import json
import re
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from secureinfra.aws.delivery.github_actions_limits import (
    NEEDED_THOUGH_SECRET,
    NOT_FOR_PLANS,
    PLAN_READS,
    PLAN_READS_OF_SETTINGS,
)
from secureinfra.aws.delivery.github_actions_roles import GitHubActionsRoles, GitHubActionsRolesConfig
from secureinfra.aws.delivery.github_actions_trust import GitHubRepository
from secureinfra.aws.delivery.state_backend import STATE_PREFIX_TAG, StateBackend, StateBackendConfig
from secureinfra.config.waiver import Waiver
from secureinfra.facts.iam_actions import is_unscopable, named_by
from secureinfra.policy import Statement
from secureinfra.proofs.decision import Layers
from secureinfra.proofs.questions import may, world_of
from secureinfra.proofs.requests import Caller
from secureinfra.proofs.statements import Statement as Held
from secureinfra.proofs.statements import read_policy
from secureinfra.testing import synthesize, test_stack

ACCOUNT = "111122223333"
STATES = "arn:aws:s3:::acme-state"
SITE, NETWORK, OWN = (f"{STATES}/{key}" for key in ("acme/site/x.tfstate", "network.tfstate", "acme/shop/x.tfstate"))
AWS_OWN = json.loads(aws_managed_policies_data)
# What a reference stands for once everything is made.
REFERENCES = {
    r"data\.aws_partition\.current\.partition": "aws",
    r"data\.aws_partition\.current\.dns_suffix": "amazonaws.com",
    r"data\.aws_region\.current\.id": "eu-central-1",
    r"data\.aws_caller_identity\.current\.account_id": ACCOUNT,
    r"aws_s3_bucket\.state_bucket\.(arn|id)": STATES,
    r"aws_kms_key\.state_key\.arn": f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/state",
    r"aws_iam_role\.(\w+)_role\.arn": rf"arn:aws:iam::{ACCOUNT}:role/\1",
}
WIDE = Statement(actions=("s3:GetObject", "s3:PutObject", "s3:DeleteObject"), resources=("arn:aws:s3:::acme-*/*",))
NAMED = Statement(actions=("s3:GetObject",), resources=(SITE, NETWORK, "arn:aws:s3:::acme-*/*"))
FULL = Waiver(control="iam-role-no-full-access-policy", reason="test", owner="tests", until="2099-12-31")


def built(*, site: bool = True) -> dict[str, Any]:
    """Two deliveries, of which the first was given as much as it could ask for."""
    stack = test_stack()
    state = StateBackend(
        stack, "state", StateBackendConfig(bucket="acme-state", region="eu-central-1", account_id=ACCOUNT)
    )
    config = GitHubActionsRolesConfig(
        repositories=(GitHubRepository(name="acme/shop"),),
        plan_statements=(NAMED,),
        apply_statements=(WIDE,),
        apply_managed_policy_arns=("arn:aws:iam::aws:policy/AmazonS3FullAccess",),
        waivers=(FULL,),
    )
    GitHubActionsRoles(stack, "shop", config, state=state)
    if site:
        other = GitHubActionsRolesConfig(repositories=(GitHubRepository(name="acme/site"),))
        GitHubActionsRoles(stack, "site", other, state=state)
    resources: dict[str, Any] = synthesize(stack)["resource"]
    return resources


def read(document: str) -> list[Held]:
    for reference, value in REFERENCES.items():
        document = re.sub(rf"(?<!\$)\$\{{{reference}\}}", value, document)
    document = document.replace("$${", "${")
    assert not re.search(r"\$\{(data|aws_\w+)\.", document)
    return read_policy(json.loads(document))


def layers(resources: dict[str, Any], role: str) -> Layers:
    """The role's own policies with those of AWS that are attached to it, and the bucket's policy."""
    identity = read(resources["aws_iam_role_policy"][f"{role}_permissions"]["policy"])
    for name, attached in resources["aws_iam_role_policy_attachment"].items():
        if name.startswith(f"{role}_"):
            identity += read_policy(AWS_OWN[attached["policy_arn"].rpartition("/")[2]]["Document"])
    bucket = read(resources["aws_s3_bucket_policy"]["state_bucket_policy"]["policy"])
    return Layers(ACCOUNT, identity=identity, resource=bucket)


def verdict(action: str, resource: str, role: str, *, tagged: bool = True, prefix: str | None = None) -> str:
    context = {} if prefix is None else {"s3:prefix": prefix}
    resources = built()
    made = resources["aws_iam_role"][f"{role}_role"]
    if tagged:
        context[f"aws:PrincipalTag/{STATE_PREFIX_TAG}"] = made["tags"][STATE_PREFIX_TAG]
    caller = Caller("signed", f"arn:aws:iam::{ACCOUNT}:role/{role}", ACCOUNT)
    return may(action, resource, world_of(caller, context), layers(resources, role)).answer


@pytest.mark.parametrize("role", ["shop_plan", "shop_apply", "site_plan", "site_apply"])
def test_every_delivery_reads_its_own_states(role: str) -> None:
    own = f"{STATES}/acme/{role.partition('_')[0]}/x.tfstate"
    assert verdict("s3:GetObject", own, role) == "BROKEN", "a request that is allowed"


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"])
@pytest.mark.parametrize("role", ["shop_plan", "shop_apply"])
@pytest.mark.parametrize("state", [SITE, NETWORK])
def test_no_statement_and_no_policy_leads_to_states_of_others(action: str, role: str, state: str) -> None:
    assert verdict(action, state, role) == "PROVED"


@pytest.mark.parametrize("role", ["shop_plan", "shop_apply"])
def test_states_of_other_deliveries_are_denied_by_name_too(role: str) -> None:
    assert verdict("s3:GetObject", SITE, role, tagged=False) == "PROVED"


@pytest.mark.parametrize("role", ["shop_plan", "shop_apply"])
@pytest.mark.parametrize("action", ["s3:ListBucket", "s3:ListBucketVersions"])
def test_names_of_other_states_are_not_listed(action: str, role: str) -> None:
    for prefix in ("acme/site/", "acme/", ""):
        assert verdict(action, STATES, role, prefix=prefix) == "PROVED"
    if action == "s3:ListBucket":
        assert verdict(action, STATES, role, prefix="acme/shop/") == "BROKEN"


def test_roles_for_one_prefix_share_it() -> None:
    """Two environments of one repository, say, or a prefix within the other: neither is shut out of what both name."""
    stack = test_stack()
    state = StateBackend(
        stack, "state", StateBackendConfig(bucket="acme-state", region="eu-central-1", account_id=ACCOUNT)
    )
    for id, prefix in (("live", "acme/"), ("test", "acme/"), ("within", "acme/site/"), ("unknown", "${var.prefix}")):
        config = GitHubActionsRolesConfig(repositories=(GitHubRepository(name="acme/shop"),), state_prefix=prefix)
        GitHubActionsRoles(stack, id, config, state=state)
    assert "DenyOtherStates" not in json.dumps(synthesize(stack)["resource"]["aws_iam_role_policy"])


def test_reads_are_ones_that_aws_knows_and_its_policies_leave_out_or_allow() -> None:
    allowed = [
        pattern.lower()
        for name in ("SecurityAudit", "ViewOnlyAccess")
        for statement in AWS_OWN[name]["Document"]["Statement"]
        if statement["Resource"] == "*"
        for pattern in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    ]

    def by_aws(action: str) -> bool:
        return any(re.fullmatch(pattern.replace("*", ".*"), action.lower()) for pattern in allowed)

    added = [*PLAN_READS_OF_SETTINGS, *(action for _, actions in PLAN_READS for action in actions)]
    assert [action for action in (*added, *NOT_FOR_PLANS) if list(named_by(action)) != [action]] == []
    assert [action for action in added if by_aws(action)] == [], "AWS's policies allow them by now"
    assert [action for action in (*NOT_FOR_PLANS, *NEEDED_THOUGH_SECRET.values()) if not by_aws(action)] == []
    assert all(is_unscopable(action) for action in PLAN_READS_OF_SETTINGS)
