"""IAM policies: typed statements, conditions and documents."""

from secureinfra.policy.conditions import Condition
from secureinfra.policy.document import PolicyDocument, PolicyKind
from secureinfra.policy.statement import Principal, Statement

__all__ = ["Condition", "PolicyDocument", "PolicyKind", "Principal", "Statement"]
