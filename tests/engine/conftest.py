"""Loaded before the tests of this folder, so that the engine's Node is chosen before they import `constructs`."""

import secureinfra.engine  # noqa: F401
