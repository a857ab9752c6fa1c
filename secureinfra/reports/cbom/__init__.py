"""The cryptography of a configuration as a CycloneDX bill of materials: keys, certificates, protocols, algorithms."""
