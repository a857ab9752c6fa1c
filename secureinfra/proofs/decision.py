"""AWS's decision: whether a request is allowed, by all the policies that have a say.

docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and its pages on a single account, on
several accounts and on the difference between implicit and explicit denials.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from secureinfra.proofs.requests import Caller, Request
from secureinfra.proofs.statements import Statement
from secureinfra.proofs.text import HOLE, Truth, all3, any3, matches, negated

__all__ = ["Layers", "Policy", "allowed", "decide", "given_to", "is_left_to_resource"]

Policy = Sequence[Statement]


@dataclass(frozen=True)
class Layers:
    """The policies that have a say in a request; `None` where a layer has none, which then denies nothing.

    Args:
        account: of the resource.
        identity: what the caller's own policies say together.
        resource: the resource's policy; the trust policy for `sts:AssumeRole`, the key policy for KMS.
        boundary: the caller's permissions boundary.
        session: the policy that was given with the caller's session.
        service_control: the service control policies of each level above the caller's account.
        resource_control: the resource control policies of each level above the resource's account.
        endpoint: the policy of the VPC endpoint through which the request comes.
        grants: further statements that allow, such as a KMS key's grants.
    """

    account: str
    identity: Policy = ()
    resource: Policy | None = None
    boundary: Policy | None = None
    session: Policy | None = None
    service_control: tuple[Policy, ...] = ()
    resource_control: tuple[Policy, ...] = ()
    endpoint: Policy | None = None
    grants: Policy = ()

    @property
    def all_statements(self) -> Iterable[Statement]:
        """Every statement of every layer."""
        for policy in (self.identity, self.resource, self.boundary, self.session, self.endpoint):
            yield from policy or ()
        for level in (*self.service_control, *self.resource_control):
            yield from level


# Service control policies say nothing to the calls of services, and none of them to service-linked roles:
# docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html ("Tasks and entities not restricted").
# Nor do resource control policies to service-linked roles; they apply to these services' resources alone:
# docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
_UNDER_RESOURCE_CONTROL = frozenset(
    "s3 sts kms sqs secretsmanager cognito-idp logs dynamodb ecr aoss".split()
)  # as of the page's list
_SERVICE_LINKED = ":role/aws-service-role/"
# KMS asks the key policy first: an identity policy counts only where the key policy gives its account the say.
# docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
_BY_KEY_POLICY = "kms:"
_BY_TRUST = frozenset({"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession"})


def allowed(policy: Policy, request: Request) -> Truth:
    """Whether some statement of a policy allows a request, leaving its Denies aside."""
    return any3(
        all3((held.applies(request), True if held.effect == "Allow" else None)) for held in policy if held.may_allow
    )


def denied(policy: Iterable[Statement], request: Request, *, bounded: bool = False) -> Truth:
    """Whether some statement denies a request.

    Args:
        policy: statements.
        request: what is asked.
        bounded: whether the caller has a permissions boundary: a Deny with NotPrincipal then denies it always.
            docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """

    def denies(held: Statement) -> Truth:
        if bounded and held.not_principals is not None:
            held = dataclasses.replace(held, not_principals=())
        return all3((held.applies(request), True if held.effect == "Deny" else None))

    return any3(denies(held) for held in policy if held.may_deny)


def decide(request: Request, layers: Layers) -> Truth:
    """Whether AWS allows a request; `None` where it depends on what is not known."""
    return all3(
        (
            negated(denied(_that_bind(request, layers), request, bounded=layers.boundary is not None)),
            _organization_allows(request, layers),
            True if layers.endpoint is None else allowed(layers.endpoint, request),
            _granted(request, layers),
        )
    )


def _that_bind(request: Request, layers: Layers) -> Iterable[Statement]:
    for policy in (layers.identity, layers.resource, layers.boundary, layers.session, layers.endpoint):
        yield from policy or ()
    for level in _levels(request, layers):
        yield from level


def _levels(request: Request, layers: Layers) -> Iterable[Policy]:
    if _SERVICE_LINKED in request.caller.arn:
        return
    if request.caller.kind == "signed":
        yield from layers.service_control
    if request.action.partition(":")[0].lower() in _UNDER_RESOURCE_CONTROL:
        yield from layers.resource_control


def _organization_allows(request: Request, layers: Layers) -> Truth:
    return all3(allowed(level, request) for level in _levels(request, layers))


def _granted(request: Request, layers: Layers) -> Truth:
    if request.caller.kind != "signed":
        return allowed(layers.resource or (), request)
    same = layers.account == request.caller.account
    by_identity = True if request.caller.is_root else allowed(layers.identity, request)
    limited = all3(allowed(policy, request) for policy in (layers.boundary, layers.session) if policy is not None)
    by_resource = allowed((*(layers.resource or ()), *layers.grants), request)
    if not same:
        return all3((by_identity, limited, by_resource))
    to_itself = _given_directly(request, layers)
    if is_left_to_resource(request.action):
        delegated = all3((by_resource, by_identity, limited))
        return any3((delegated, *to_itself, all3((allowed(layers.grants, request), limited))))
    return any3((all3((by_identity, limited)), *to_itself))


def is_left_to_resource(action: str) -> bool:
    """Whether the caller's own policies count only where the resource's policy says so: for keys and for roles."""
    return action.lower().startswith(_BY_KEY_POLICY) or action.lower() in _BY_TRUST


def _given_directly(request: Request, layers: Layers) -> Iterable[Truth]:
    """What a resource policy gives a caller of the same account by name, whatever its own policies say.

    To a user or a role's session neither boundary nor session policy is a limit; to a role both are; to every principal, as to
    the role. A statement for the account leaves it to the account's own policies.
    """
    policies = [policy for policy in (layers.boundary, layers.session) if policy is not None]
    limited = all3(allowed(policy, request) for policy in policies)
    for held in layers.resource or ():
        if not held.may_allow or (answer := held.applies(request)) is False:
            continue
        sure = answer if held.effect == "Allow" else None
        beyond, within, to_all = given_to(held, request.caller)
        yield any3((all3((beyond, sure)), all3((within, sure, limited)), all3((to_all, sure, _of_all(limited)))))


def _of_all(limited: Truth) -> Truth:
    """What limits a caller that is allowed by a statement for all principals.

    AWS's pages say that nothing limits a user or a session that a statement names, or describes by `aws:PrincipalArn`, and are
    silent on whether `*` alone names it: docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    return None if limited is False else limited


def given_to(held: Statement, caller: Caller) -> tuple[Truth, Truth, Truth]:
    """What a statement of a resource policy gives a caller of the same account by itself.

    Returns:
        Whether it gives beyond the caller's boundary and session policy, within them, and as one of all principals.
    """
    by_arn = any(condition.key.lower() == "aws:principalarn" for condition in held.conditions)
    ids = [(kind, id) for kind, id in held.principals or () if kind in ("*", "aws") or HOLE in kind]
    to_all = any3(None if HOLE in kind or id == HOLE else True for kind, id in ids if id in ("*", HOLE) or HOLE in kind)
    if held.not_principals is not None:
        to_all = None
    by_name = any3(matches(id, caller.arn, wild=False) for _, id in ids)
    is_user = ":user/" in caller.arn
    of_session = any3(matches(id, caller.session, wild=False) for _, id in ids) if caller.session else False
    beyond = any3((by_name if is_user else of_session, to_all if by_arn else False))
    return beyond, False if is_user else by_name, False if by_arn else to_all
