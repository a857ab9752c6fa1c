"""How much hypothesis tries: little and the same on each change, much and new in the night."""

from hypothesis import settings


def register() -> None:
    """Make both profiles known. `ci` is the default; the other is `pytest --hypothesis-profile=nightly`."""
    settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True, database=None)
    settings.register_profile("nightly", max_examples=1_000, deadline=None, print_blob=True)
    settings.load_profile("ci")


def examples(times: float) -> settings:
    """As many times the examples of the profile: more where one costs little, fewer where one is a whole stack."""
    return settings(max_examples=max(1, int(settings().max_examples * times)))
