"""Actions that answer with data or credentials are written as AWS writes them, each once."""

import pytest

from secureinfra.facts.iam_actions import is_unscopable, scopable
from secureinfra.facts.iam_reads import CREDENTIALS, DATA_READS, DECRYPTS

# Of the portal of IAM Identity Center, which the Service Authorization Reference leaves out.
UNLISTED = {"sso:GetRoleCredentials"}


@pytest.mark.parametrize("action", sorted({*CREDENTIALS, *DATA_READS} - UNLISTED))
def test_aws_knows_the_action_by_this_name(action: str) -> None:
    # AWS's spelling comes back for an action that its list holds; any other comes back as it was given.
    assert is_unscopable(action) or scopable(action.lower()) == (action,)


def test_listed_once_and_in_order() -> None:
    assert list(DATA_READS) == sorted(set(DATA_READS))
    assert list(CREDENTIALS) == sorted(set(CREDENTIALS))
    assert set(DECRYPTS) < set(DATA_READS)
