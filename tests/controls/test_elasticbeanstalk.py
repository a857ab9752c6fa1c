"""Controls on Elastic Beanstalk environments."""

from typing import Any

import pytest

from secureinfra.controls import elasticbeanstalk
from secureinfra.controls.control import Control
from tests.controls.spec import Spec


def option(namespace: str, name: str, value: str) -> dict[str, str]:
    return {"namespace": f"aws:elasticbeanstalk:{namespace}", "name": name, "value": value}


def spec(control: Control, *options: dict[str, str], wrong: dict[str, str]) -> Spec:
    passes: dict[str, Any] = {"name": "e", "application": "a", "setting": list(options)}
    return Spec(
        control,
        elasticbeanstalk.ENVIRONMENT,
        passes,
        fails=[
            ({"setting": None}, f"{wrong['name']} is not"),
            ({"setting": [wrong, *options[1:]]}, f"{wrong['name']} is not"),
            *(({f"setting.{position}": None}, "is not") for position in range(len(options))),
        ],
        unknown=["setting.0.value", "setting.0.namespace"],
        unsure=[{"setting": None, "template_name": "t"}],
    )


SPECS = [
    spec(
        elasticbeanstalk.ENHANCED_HEALTH,
        option("healthreporting:system", "SystemType", "enhanced"),
        wrong=option("healthreporting:system", "SystemType", "basic"),
    ),
    spec(
        elasticbeanstalk.MANAGED_UPDATES,
        option("managedactions", "ManagedActionsEnabled", "true"),
        option("managedactions:platformupdate", "UpdateLevel", "minor"),
        wrong=option("managedactions", "ManagedActionsEnabled", "false"),
    ),
    spec(
        elasticbeanstalk.LOGS_STREAMED,
        option("cloudwatch:logs", "StreamLogs", "true"),
        wrong=option("cloudwatch:logs", "StreamLogs", "false"),
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
