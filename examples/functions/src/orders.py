"""Takes an order; what it cannot process is repeated twice, and then kept in the queue of failures."""

import json
import os
from typing import Any


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Called by Lambda for each event."""
    print(json.dumps({"table": os.environ["TABLE"], "order": event.get("id")}))
    return {"accepted": event.get("id")}
