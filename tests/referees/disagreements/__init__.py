"""Where checkov and we disagree, and why ours is right; `Reason` says how to read a line.

No line may cover a mistake of ours: fix it in `secureinfra/controls`.
"""

from tests.referees.disagreements import compute, data, network, platforms, services

REASONS = (*network.REASONS, *compute.REASONS, *data.REASONS, *services.REASONS, *platforms.REASONS)

# Rows on which checkov says nothing on the switched-off quickstart, and why.
SILENT = {
    "s3-object-lock": "CKV_AWS_143 reads the `object_lock_configuration` of aws_s3_bucket, which the provider has replaced",
    "iam-no-privesc": "CKV_AWS_286 gives no verdict on a policy that is a JSON string",
    "sns-policy-no-public": "CKV_AWS_169 reads a policy only where it is an object, which the provider refuses",
    "sns-no-cross-account": "CKV_AWS_385 reads a policy only where it is an object, which the provider refuses",
}

# Checks that are not compared, since checkov gives no verdict on any input that ours judges, and why.
NEVER_COMPARED = {
    "CKV_AWS_32 CKV_AWS_169 CKV_AWS_385": "a policy is read only where it is an object, which the provider refuses",
    "CKV_AWS_286 CKV_AWS_287 CKV_AWS_288 CKV_AWS_289 CKV_AWS_290 CKV_AWS_355": "no verdict on a policy that is a JSON string",
    "CKV_AWS_349 CKV_AWS_350 CKV_AWS_351": "no verdict on a security configuration of EMR that is a JSON string",
    "CKV_AWS_334 CKV_AWS_335": "no verdict on containers that are a JSON string, and of a task's pid_mode",
    "CKV2_AWS_9": "it asks of a volume whether a selection names it, ours of a plan what it holds",
}
