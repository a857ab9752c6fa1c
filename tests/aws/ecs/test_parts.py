"""ServiceParts: what a service exposes to everything around it."""

from secureinfra.aws.ecs.service import EcsService
from secureinfra.aws.ecs.service_config import EcsServiceConfig
from secureinfra.testing import test_stack

IMAGE = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/api:1.4.2"


def test_references() -> None:
    config = EcsServiceConfig(image=IMAGE, vpc_id="${var.vpc}", subnet_ids=("${var.a}", "${var.b}"))
    service = EcsService(test_stack(), "shop", config)
    assert service.arn == "${aws_ecs_service.shop_service.id}"
    assert service.name == "${aws_ecs_service.shop_service.name}"
    assert service.family == "${aws_ecs_task_definition.shop_task_definition.family}"
    assert service.family_arn.endswith(f":task-definition/{service.family}")
    assert service.security_group_id == "${aws_security_group.shop_group_security_group.id}"
    assert service.connections.group is service.security_group
    assert service.endpoints() == config.endpoints()
