"""Blueprints: ready stacks that a platform team hands to its product teams."""
