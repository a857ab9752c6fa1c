"""Controls on SNS topics."""

from secureinfra.controls.control import Control

TOPIC_ENCRYPTED = Control(
    id="sns-topic-encrypted",
    title="Topics are encrypted with a customer key",
    why="alarms are lost silently under the AWS-managed key, which CloudWatch may not use",
    row="sns-sse-kms",
)

TOPIC_NOT_PUBLIC = Control(
    id="sns-topic-not-public",
    title="No topic policy lets everyone in",
    why="anybody could read the messages or send false ones",
    row="sns-policy-no-public",
    waivable=False,
)

TOPIC_SAME_ACCOUNT = Control(
    id="sns-topic-same-account",
    title="Only this account publishes and subscribes",
    why="another account could read alarms or send false ones",
    row="sns-no-cross-account",
)

TOPIC_TLS_ONLY = Control(
    id="sns-topic-tls-only",
    title="Publishing without TLS is denied",
    why="plain HTTP exposes the message and the credentials",
)

SUBSCRIPTIONS_ENCRYPTED = Control(
    id="sns-topic-https-subscriptions",
    title="Messages reach web endpoints over HTTPS only",
    why="whoever is on the way could read and change the message",
    row="sns-https-subscriptions",
    waivable=False,
)
