"""Controls on IAM roles and policies."""

from secureinfra.controls.control import Control

NO_ADMINISTRATOR = Control(
    id="iam-policy-no-administrator",
    title="No policy allows every action on everything",
    why="whoever gets hold of the role owns the account",
    row="iam-no-admin-policy",
    waivable=False,
)

NO_ACTION_STAR = Control(
    id="iam-policy-no-action-star",
    title="No statement allows Action '*'",
    why="it allows whatever AWS adds next as well",
    row="iam-no-action-star",
)

NO_SERVICE_WILDCARD = Control(
    id="iam-policy-no-service-wildcard",
    title="No statement allows every action of a service",
    why="it allows deleting, opening and giving away along with reading",
    row="iam-no-service-wildcard",
)

NO_NOT_ACTION = Control(
    id="iam-policy-no-not-action",
    title="No Allow with NotAction or NotResource",
    why="everything that is not listed is allowed, today's and tomorrow's",
)

PASS_ROLE_SCOPED = Control(
    id="iam-policy-pass-role-scoped",
    title="iam:PassRole names roles and the service they are passed to",
    why="passing any role to a service is as good as having that role",
    row="iam-passrole-scoped",
)

RESOURCES_NAMED = Control(
    id="iam-policy-resources-named",
    title="Resource '*' only where AWS knows no narrower one",
    why="the role reaches every resource of the account",
    row="iam-no-resource-star",
)

NO_DECRYPT_EVERYTHING = Control(
    id="iam-policy-no-decrypt-everything",
    title="Decryption is allowed with named keys only",
    why="the role could read whatever any key of the account protects",
    row="iam-no-kms-decrypt-star",
)

NO_ESCALATION = Control(
    id="iam-policy-no-escalation",
    title="No set of allowed actions is a known way to more rights",
    why="the role could make itself administrator",
    row="iam-no-privesc",
)

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
