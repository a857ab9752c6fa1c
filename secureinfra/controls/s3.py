"""Controls on S3 buckets."""

from secureinfra.controls.control import Control

NOT_PUBLIC = Control(
    id="s3-bucket-not-public",
    title="All four public-access blocks are on",
    why="one wrong policy or ACL would open the bucket to everybody",
    row="s3-bpa-bucket",
    waivable=False,
)

TLS_ONLY = Control(
    id="s3-bucket-tls-only",
    title="Requests without TLS 1.2 are denied",
    why="plain HTTP exposes object data and credentials",
    row="s3-tls-only",
    waivable=False,
)

ENCRYPTED = Control(
    id="s3-bucket-encrypted",
    title="Objects are encrypted with a customer key",
    why="only a customer key shows and stops who reads the data",
    row="s3-sse-kms",
)

VERSIONED = Control(
    id="s3-bucket-versioned",
    title="Old versions of objects are kept",
    why="an overwrite or delete could not be undone",
    row="s3-versioning",
)

LOGGED = Control(
    id="s3-bucket-logged",
    title="Access is logged to another bucket",
    why="nobody could tell afterwards who read what",
    row="s3-access-logging",
)

ACLS_DISABLED = Control(
    id="s3-bucket-acls-disabled",
    title="ACLs are off: the bucket's owner owns every object",
    why="an ACL grants access that no policy shows",
    row="s3-acls-disabled",
)

LIFECYCLE = Control(
    id="s3-bucket-lifecycle",
    title="Old versions expire",
    why="old versions pile up, cost money and outlive their purpose",
    row="s3-lifecycle",
)

UPLOADS_ABORTED = Control(
    id="s3-bucket-uploads-aborted",
    title="Incomplete uploads are removed after 7 days",
    why="parts of broken uploads are invisible and cost money for ever",
    row="s3-abort-multipart",
)

POLICY_NOT_PUBLIC = Control(
    id="s3-bucket-policy-not-public",
    title="No bucket policy lets everybody in",
    why="anybody could read or write the data",
    row="s3-policy-no-public",
    waivable=False,
)

LOGS_RETAINED = Control(
    id="s3-log-bucket-retained",
    title="Logs are kept for a year or longer",
    why="an intrusion is often found months later, when shorter logs are gone",
)

NO_CUSTOMER_KEYS = Control(
    id="s3-bucket-no-sse-c",
    title="Objects cannot be encrypted with a key that only the caller has",
    why="whoever steals a writer's credentials could hold the data to ransom",
)
