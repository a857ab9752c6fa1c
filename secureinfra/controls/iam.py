"""Controls on IAM: this file says what is attached to whom; the others of IAM are named here too.

Identity policies are in `iam_policies`, trust in `iam_trust`, who may use a resource in `iam_resource_policies`, settings
of the account in `iam_account`.
"""

from secureinfra.controls.control import Control
from secureinfra.controls.iam_policies import (
    NO_ACTION_STAR,
    NO_ADMINISTRATOR,
    NO_DECRYPT_EVERYTHING,
    NO_ESCALATION,
    NO_NOT_ACTION,
    NO_SERVICE_WILDCARD,
    PASS_ROLE_SCOPED,
    RESOURCES_NAMED,
)

__all__ = [
    "NO_ACTION_STAR",
    "NO_ADMINISTRATOR",
    "NO_DECRYPT_EVERYTHING",
    "NO_ESCALATION",
    "NO_NOT_ACTION",
    "NO_SERVICE_WILDCARD",
    "PASS_ROLE_SCOPED",
    "RESOURCES_NAMED",
]

NOT_PUBLIC = Control(
    id="iam-policy-not-public",
    title="No resource policy lets everybody in without a condition on who they are",
    why="anybody with an AWS account, or with none, could use it",
    row="iam-resource-policy-no-star",
    waivable=False,
)

NO_USERS = Control(
    id="iam-policy-no-users",
    title="No policy lets an IAM user in",
    why="a user's access keys work from everywhere until somebody deletes them; people and machines take on roles",
    row="iam-no-users",
    waivable=False,
)

TRUST_NAMES_PRINCIPALS = Control(
    id="iam-role-trust-names-principals",
    title="Trust policies name who may take on the role",
    why="anybody with an AWS account could take on the role",
    row="iam-trust-no-wildcard",
    waivable=False,
)

TRUST_NO_CONFUSED_DEPUTY = Control(
    id="iam-role-trust-no-confused-deputy",
    title="A service takes on the role for this account's resources only",
    why="somebody else's resource could make the service act in this account",
    row="iam-trust-confused-deputy",
)

ACCOUNT_TRUST_CONDITIONED = Control(
    id="iam-role-trust-conditioned",
    title="Trust in an account asks for an external id, MFA or its organisation",
    why="every principal of that account, or one that tricks it, could take on the role",
)

GITHUB_TRUST_PINNED = Control(
    id="iam-role-trust-github-pinned",
    title="Trust in GitHub Actions names repository and branch, tag or environment",
    why="any workflow of anybody's repository could take on the role",
    row="iam-github-oidc-safe",
    waivable=False,
)

GITHUB_REVIEWED = Control(
    id="iam-role-trust-github-reviewed",
    title="Jobs of pull requests cannot take on a role",
    why="whoever may open a pull request could run code of their own with the role",
)

NO_BROAD_MANAGED_POLICY = Control(
    id="iam-role-no-broad-managed-policy",
    title="No AWS-managed policy that amounts to administration is attached",
    why="whoever gets hold of the role owns the account",
    row="iam-no-administratoraccess",
    waivable=False,
)

NO_FULL_ACCESS = Control(
    id="iam-role-no-full-access-policy",
    title="No AWS-managed policy for every action of a service is attached",
    why="it allows deleting, opening and giving away along with reading, on every resource",
    row="iam-no-service-wildcard",
)

SHORT_SESSION = Control(
    id="iam-role-short-session",
    title="Sessions end after an hour",
    why="stolen credentials work until the session ends",
)
