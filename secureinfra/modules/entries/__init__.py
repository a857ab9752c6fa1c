"""The constructs and blueprints that can be written as modules."""
