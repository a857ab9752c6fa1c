"""A class is the same but for what it declares."""

from secureinfra.declared.declaration import Declaration, declaration_of
from secureinfra.declared.declares import declares


@declares(module="payments-bucket", page="payments", asks=("name",), yours=("Grants.",))
class Payments: ...


def test_a_class_declares_what_was_said() -> None:
    assert Payments.__name__ == "Payments"
    assert declaration_of(Payments) == Declaration(
        module="payments-bucket", page="payments", asks=("name",), yours=("Grants.",)
    )
