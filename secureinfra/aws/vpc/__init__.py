"""Networks: address plan, routes, network ACLs, endpoints, flow logs."""
