"""What a class says of itself is its own, and not what its bases say."""

from secureinfra.declared.declaration import Declaration, declaration_of
from secureinfra.declared.declares import declares


@declares(module="payments-bucket")
class Payments: ...


@declares(apart="a special case")
class Refunds(Payments): ...


class Fees(Payments): ...


def test_what_extends_a_class_declares_nothing_by_that() -> None:
    assert declaration_of(Fees) == Declaration()
    assert declaration_of(Refunds) == Declaration(apart="a special case")
