"""How checks read a configuration: networks, traffic, policies, keys, zones, and what gives a secret away. No controls here."""
