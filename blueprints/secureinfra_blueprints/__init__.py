"""Blueprints: ready-made stacks that a platform team provides to its product teams."""
