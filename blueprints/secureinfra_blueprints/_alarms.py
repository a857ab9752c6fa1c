"""The topic that a blueprint's alarms notify."""

from __future__ import annotations

from collections.abc import Mapping

from secureinfra import Construct, SecureKey, SecureTopic, TopicConfig


def alarm_topic(scope: Construct, emails: tuple[str, ...], tags: Mapping[str, str], key: SecureKey) -> SecureTopic:
    """The topic, with a subscription for each address, which confirms first.

    Args:
        scope: the blueprint, or a part of it.
        emails: the addresses.
        tags: of the blueprint.
        key: encrypts its messages.
    """
    topic = SecureTopic(scope, "alarms", TopicConfig(tags=dict(tags)), key=key)
    for address in emails:
        topic.subscribe_email(address)
    return topic
