"""SecureBucket: private, encrypted, versioned, logged; grants on both sides."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.s3.bucket import BucketConfig, SecureBucket
from secureinfra.aws.s3.lifecycle import Transition
from secureinfra.aws.s3.private_bucket import ObjectLock
from secureinfra.aws.s3.replication import Replication
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.policy.grammar import problems
from secureinfra.testing import addresses, synthesize, test_stack

READER = "arn:aws:iam::111122223333:role/reader"
BUCKET = "${aws_s3_bucket.uploads_bucket.arn}"


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="test", owner="tests", until="2099-12-31")


def resources_of(config: BucketConfig | None = None, **keywords: Any) -> dict[str, Any]:
    stack = test_stack()
    SecureBucket(stack, "uploads", config or BucketConfig(), **keywords)
    resources: dict[str, Any] = synthesize(stack)["resource"]
    return resources


def one(resources: dict[str, Any], type: str, name: str) -> dict[str, Any]:
    return dict(resources[type][f"uploads_{name}"])


def statements(resources: dict[str, Any]) -> list[dict[str, Any]]:
    policy = json.loads(one(resources, "aws_s3_bucket_policy", "policy")["policy"])
    assert problems(policy) == []
    found: list[dict[str, Any]] = policy["Statement"]
    return found


def by_sid(resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in statements(resources) if "Sid" in statement}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    SecureBucket(stack, "uploads")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = BucketConfig(
        name="acme-uploads",
        object_lock=ObjectLock(mode="COMPLIANCE", days=30),
        noncurrent_days=30,
        abort_incomplete_uploads_days=1,
        expiration_days=730,
        transitions=(Transition(storage_class="STANDARD_IA", days=30), Transition(storage_class="GLACIER", days=90)),
        key_required=True,
        vpc_endpoint_ids=("vpce-0a1b2c3d4e5f60718",),
        event_notifications=True,
        replicate_to=Replication(
            bucket_arn="arn:aws:s3:::acme-replica",
            kms_key_arn="arn:aws:kms:eu-west-1:111122223333:key/1",
            region="eu-west-1",
            account_id="111122223333",
        ),
        tags={"team": "web"},
    )
    SecureBucket(stack, "uploads", config)
    matches_snapshot(stack)


def test_not_public() -> None:
    block = one(resources_of(), "aws_s3_bucket_public_access_block", "public_access_block")
    for flag in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"):
        assert block[flag] is True


@pytest.mark.parametrize(
    ("sid", "condition"),
    [
        ("DenyWithoutTls", {"Bool": {"aws:SecureTransport": ["false"]}}),
        ("DenyOldTls", {"NumericLessThan": {"s3:TlsVersion": ["1.2"]}}),
    ],
)
def test_tls_only(sid: str, condition: dict[str, Any]) -> None:
    statement = by_sid(resources_of())[sid]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", ["s3:*"])
    assert statement["Resource"] == [BUCKET, f"{BUCKET}/*"]
    assert statement["Condition"] == condition


def test_encrypted() -> None:
    (rule,) = one(resources_of(), "aws_s3_bucket_server_side_encryption_configuration", "encryption")["rule"]
    default = rule["apply_server_side_encryption_by_default"]
    assert default == {"sse_algorithm": "aws:kms", "kms_master_key_id": "${aws_kms_key.uploads_key.arn}"}
    assert rule["bucket_key_enabled"] is True


def test_encrypted_with_a_given_key() -> None:
    stack = test_stack()
    key = SecureKey(stack, "data")
    SecureBucket(stack, "uploads", key=key)
    resources = synthesize(stack)["resource"]
    assert set(resources["aws_kms_key"]) == {"data_key"}
    assert "${aws_kms_key.data_key.arn}" in json.dumps(
        one(resources, "aws_s3_bucket_server_side_encryption_configuration", "encryption")
    )


def test_versioned() -> None:
    versioning = one(resources_of(), "aws_s3_bucket_versioning", "versioning")
    assert versioning["versioning_configuration"] == {"status": "Enabled"}


def test_logged() -> None:
    logging = one(resources_of(), "aws_s3_bucket_logging", "access_logging")
    assert logging["target_bucket"] == "${aws_s3_bucket.access_logs_bucket.id}"
    assert logging["target_prefix"] == "test/uploads/"
    assert logging["depends_on"] == ["aws_s3_bucket_policy.access_logs_policy"]


def test_acls_disabled() -> None:
    resources = resources_of()
    assert one(resources, "aws_s3_bucket_ownership_controls", "ownership")["rule"] == {
        "object_ownership": "BucketOwnerEnforced"
    }
    assert "aws_s3_bucket_acl" not in resources


def test_lifecycle() -> None:
    rules = one(resources_of(), "aws_s3_bucket_lifecycle_configuration", "lifecycle")["rule"]
    (noncurrent,) = [rule for rule in rules if "noncurrent_version_expiration" in rule]
    assert noncurrent["noncurrent_version_expiration"] == [{"noncurrent_days": 90}]
    (markers,) = [rule for rule in rules if "expiration" in rule]
    assert markers["expiration"] == [{"expired_object_delete_marker": True}]


def test_objects_that_expire_take_their_delete_markers_along() -> None:
    rules = one(resources_of(BucketConfig(expiration_days=30)), "aws_s3_bucket_lifecycle_configuration", "lifecycle")[
        "rule"
    ]
    assert [rule["expiration"] for rule in rules if "expiration" in rule] == [[{"days": 30}]]


def test_uploads_aborted() -> None:
    rules = one(resources_of(), "aws_s3_bucket_lifecycle_configuration", "lifecycle")["rule"]
    (abort,) = [rule for rule in rules if "abort_incomplete_multipart_upload" in rule]
    assert abort["abort_incomplete_multipart_upload"] == [{"days_after_initiation": 7}]
    assert abort["status"] == "Enabled"


def test_policy_not_public() -> None:
    resources = resources_of(BucketConfig(key_required=True, vpc_endpoint_ids=("vpce-0a1b2c3d4e5f60718",)))
    for statement in statements(resources):
        assert statement["Effect"] == "Deny" or statement["Principal"] != "*"


def test_no_customer_keys() -> None:
    statement = by_sid(resources_of())["DenyCustomerKeys"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": ["false"]}}


def test_settings_are_made_one_after_the_other() -> None:
    resources = resources_of(BucketConfig(object_lock=ObjectLock(days=1)))
    assert one(resources, "aws_s3_bucket_policy", "policy")["depends_on"] == [
        "aws_s3_bucket_public_access_block.uploads_public_access_block"
    ]
    assert one(resources, "aws_s3_bucket_ownership_controls", "ownership")["depends_on"] == [
        "aws_s3_bucket_policy.uploads_policy"
    ]
    for type, name in (("lifecycle_configuration", "lifecycle"), ("object_lock_configuration", "object_lock")):
        assert one(resources, f"aws_s3_bucket_{type}", name)["depends_on"] == [
            "aws_s3_bucket_versioning.uploads_versioning"
        ]


def test_required_key_lets_requests_without_a_header_pass() -> None:
    found = by_sid(resources_of(BucketConfig(key_required=True)))
    header = "s3:x-amz-server-side-encryption"
    assert found["DenyOtherKeys"]["Condition"] == {
        "Null": {f"{header}-aws-kms-key-id": ["false"]},
        "StringNotEquals": {f"{header}-aws-kms-key-id": ["${aws_kms_key.uploads_key.arn}"]},
    }
    assert found["DenyOtherEncryption"]["Condition"] == {
        "Null": {header: ["false"]},
        "StringNotEquals": {header: ["aws:kms"]},
    }


def test_endpoints_cut_off_objects_but_not_administration_or_services() -> None:
    statement = by_sid(resources_of(BucketConfig(vpc_endpoint_ids=("vpce-0a1b2c3d4e5f60718",))))["DenyOutsideEndpoints"]
    assert statement["Resource"] == [f"{BUCKET}/*"]
    assert not [action for action in statement["Action"] if "Bucket" in action]
    assert {"aws:ViaAWSService", "aws:PrincipalIsAWSService"} == set(statement["Condition"]["BoolIfExists"])


def test_object_lock() -> None:
    resources = resources_of(BucketConfig(object_lock=ObjectLock(days=30)))
    # An argument of the bucket would replace one that exists.
    assert "object_lock_enabled" not in one(resources, "aws_s3_bucket", "bucket")
    lock = one(resources, "aws_s3_bucket_object_lock_configuration", "object_lock")
    assert lock["rule"] == {"default_retention": {"mode": "GOVERNANCE", "days": 30}}


def test_event_notifications() -> None:
    assert one(resources_of(BucketConfig(event_notifications=True)), "aws_s3_bucket_notification", "notification")[
        "eventbridge"
    ]


def test_protected_unless_sandbox() -> None:
    stack, sandbox = test_stack("test"), test_stack("test", environment="sandbox")
    for each in (stack, sandbox):
        SecureBucket(each, "uploads")
    guarded, free = synthesize(stack)["resource"], synthesize(sandbox)["resource"]
    assert guarded["aws_s3_bucket"]["uploads_bucket"]["lifecycle"] == {"prevent_destroy": True}
    for blocks in guarded.values():
        for block in blocks.values():
            block.get("lifecycle", {}).pop("prevent_destroy", None)
            if block.get("lifecycle") == {}:
                del block["lifecycle"]
    for bucket in free["aws_s3_bucket"].values():
        assert bucket.pop("force_destroy") is True
    assert guarded == free


def test_many_buckets_share_one_access_log() -> None:
    stack = test_stack()
    for number in range(100):
        SecureBucket(stack, f"b{number}")
    resources = synthesize(stack)["resource"]
    assert len(resources["aws_s3_bucket"]) == 101
    few = json.loads(resources_of()["aws_s3_bucket_policy"]["access_logs_policy"]["policy"])
    assert json.loads(resources["aws_s3_bucket_policy"]["access_logs_policy"]["policy"]) == few


@pytest.mark.parametrize(
    ("grant", "objects", "key"),
    [
        ("grant_read", {"s3:GetObject", "s3:GetObjectVersion"}, {"kms:Decrypt"}),
        (
            "grant_write",
            {"s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"},
            {"kms:GenerateDataKey", "kms:Decrypt"},
        ),
        ("grant_delete", {"s3:DeleteObject"}, set()),
    ],
)
def test_grant_gives_exactly_what_is_needed(grant: str, objects: set[str], key: set[str]) -> None:
    stack = test_stack()
    bucket = SecureBucket(stack, "uploads")
    role = SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    getattr(bucket, grant)(role, prefix="in/")
    policy = json.loads(synthesize(stack)["resource"]["aws_iam_role_policy"]["service_permissions"]["policy"])
    on: dict[str, set[str]] = {}
    for statement in policy["Statement"]:
        for resource in statement["Resource"]:
            on.setdefault(resource, set()).update(statement["Action"])
    assert on[f"{BUCKET}/in/*"] == objects
    assert on.get("${aws_kms_key.uploads_key.arn}", set()) == key
    assert on.get(BUCKET, set()) == ({"s3:ListBucket"} if grant == "grant_read" else set())


def test_listing_is_limited_to_the_prefix() -> None:
    stack = test_stack()
    bucket = SecureBucket(stack, "uploads")
    role = SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    bucket.grant_read(role, prefix="in/")
    policy = json.loads(synthesize(stack)["resource"]["aws_iam_role_policy"]["service_permissions"]["policy"])
    (listing,) = [statement for statement in policy["Statement"] if statement["Action"] == ["s3:ListBucket"]]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["in/*"]}}


def test_grant_to_an_arn_is_written_in_the_bucket_and_the_key() -> None:
    stack = test_stack()
    SecureBucket(stack, "uploads").grant_read(READER)
    resources = synthesize(stack)["resource"]
    allowed = [statement for statement in statements(resources) if statement["Effect"] == "Allow"]
    assert {action for statement in allowed for action in statement["Action"]} == {
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:ListBucket",
    }
    assert all(statement["Principal"] == {"AWS": [READER]} for statement in allowed)
    key = json.loads(resources["aws_kms_key"]["uploads_key"]["policy"])["Statement"]
    assert [statement["Action"] for statement in key if statement["Principal"] == {"AWS": [READER]}] == [
        ["kms:Decrypt"]
    ]


def test_grant_read_write_is_both_and_no_more() -> None:
    both, apart = test_stack(), test_stack()
    for stack in (both, apart):
        bucket = SecureBucket(stack, "uploads")
        role = SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
        if stack is both:
            bucket.grant_read_write(role, prefix="work/")
        else:
            bucket.grant_read(role, prefix="work/")
            bucket.grant_write(role, prefix="work/")
    assert synthesize(both) == synthesize(apart)


def test_grant_with_a_strict_key_is_written_on_both_sides() -> None:
    stack = test_stack()
    bucket = SecureBucket(stack, "uploads", key=SecureKey(stack, "data", KeyConfig(strict=True)))
    role = SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    bucket.grant_write(role)
    resources = synthesize(stack)["resource"]
    assert "${aws_iam_role.service_role.arn}" in resources["aws_kms_key"]["data_key"]["policy"]
    assert "${aws_kms_key.data_key.arn}" in resources["aws_iam_role_policy"]["service_permissions"]["policy"]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (BucketConfig(versioned=False), "versioned=False breaks control s3-bucket-versioned"),
        (BucketConfig(logged=False), "logged=False breaks control s3-bucket-logged"),
        (BucketConfig(abort_incomplete_uploads_days=30), "=30 breaks control s3-bucket-uploads-aborted"),
    ],
)
def test_refuses_weakening(config: BucketConfig, words: str) -> None:
    with pytest.raises(ControlError, match=f"test/uploads: BucketConfig .*{words}") as error:
        resources_of(config)
    assert "add Waiver(control=" in str(error.value)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (BucketConfig(name="My.Bucket"), "is not a usable bucket name"),
        (BucketConfig(versoned=True), "has no field 'versoned'. Did you mean 'versioned'"),  # type: ignore[call-arg]
        (BucketConfig(noncurrent_days=0), "must be between 1 and 36500 days"),
        (BucketConfig(vpc_endpoint_ids=("vpc-1",)), "is not a VPC endpoint id"),
        (
            BucketConfig(versioned=False, object_lock=ObjectLock(days=1), waivers=(waiver("s3-bucket-versioned"),)),
            "object_lock needs versioned=True",
        ),
        (
            BucketConfig(
                versioned=False,
                replicate_to=Replication(
                    bucket_arn="arn:aws:s3:::acme-replica",
                    kms_key_arn="arn:aws:kms:eu-west-1:111122223333:key/1",
                    region="eu-west-1",
                ),
                waivers=(waiver("s3-bucket-versioned"),),
            ),
            "replicate_to needs versioned=True: S3 refuses it without versions. Remove versioned=False",
        ),
        (BucketConfig(object_lock=ObjectLock(mode="HARD", days=1)), "mode='HARD' .*Write 'GOVERNANCE' or 'COMPLIANCE'"),
        (
            BucketConfig(transitions=(Transition(storage_class="STANDARD_IA", days=7),)),
            "storage_class='STANDARD_IA' days=7 is too early: .* Use 30 or more, or INTELLIGENT_TIERING",
        ),
    ],
)
def test_refuses(config: BucketConfig, words: str) -> None:
    with pytest.raises(ConfigError, match=f"test/uploads: BucketConfig .*{words}"):
        resources_of(config)


@pytest.mark.parametrize(
    ("prefix", "advice"),
    [
        ("/in", "Write 'in/'"),
        ("in/*", "Write 'in/'"),
        ("in/?x/y", "Write 'in/'"),
        ("?", "Leave it out for every object, or name a folder"),
        ("/", "Leave it out for every object, or name a folder"),
        ("*", "Leave it out for every object, or name a folder"),
    ],
)
def test_refuses_prefix(prefix: str, advice: str) -> None:
    with pytest.raises(ConfigError, match=f"test/uploads: prefix=.* is not a prefix: .* {advice}"):
        SecureBucket(test_stack(), "uploads").grant_read(READER, prefix=prefix)


@pytest.mark.parametrize("grantee", ["*", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/ann"])
@pytest.mark.parametrize("grant", ["grant_read", "grant_write", "grant_read_write", "grant_delete"])
def test_refuses_grant_to_what_is_no_role(grant: str, grantee: str) -> None:
    bucket = SecureBucket(test_stack(), "uploads")
    with pytest.raises(
        ConfigError, match=r"test/uploads: grantee .* is not a role: .* Pass a SecureRole, or the ARN of"
    ):
        getattr(bucket, grant)(grantee)


@pytest.mark.parametrize("control", ["s3-bucket-not-public", "s3-bucket-tls-only", "s3-bucket-policy-not-public"])
def test_waiver_for_the_floor_is_never_accepted(control: str) -> None:
    with pytest.raises(ConfigError, match=rf"Waiver\(control='{control}'\) is never accepted"):
        resources_of(BucketConfig(waivers=(waiver(control),)))


def test_waiver_that_ran_out_is_refused() -> None:
    old = Waiver(control="s3-bucket-versioned", reason="test", owner="tests", until="2020-01-01")
    with pytest.raises(ConfigError, match="test/uploads: .*expired on 2020-01-01"):
        resources_of(BucketConfig(versioned=False, waivers=(old,)))


def test_waiver_for_no_versions_is_written_beside_the_bucket() -> None:
    resources = resources_of(BucketConfig(versioned=False, waivers=(waiver("s3-bucket-versioned"),)))
    assert one(resources, "aws_s3_bucket_versioning", "versioning")["versioning_configuration"] == {
        "status": "Suspended"
    }
    assert one(resources, "aws_s3_bucket", "bucket")["//"]["waivers"] == [
        waiver("s3-bucket-versioned").to_json("test/uploads")
    ]


def test_waiver_for_no_access_log() -> None:
    assert "aws_s3_bucket_logging" not in resources_of(
        BucketConfig(logged=False, waivers=(waiver("s3-bucket-logged"),))
    )


def test_addresses(snapshot: Any) -> None:
    stack = test_stack()
    SecureBucket(stack, "uploads", BucketConfig(object_lock=ObjectLock(days=1), event_notifications=True))
    assert addresses(synthesize(stack)) == snapshot
