"""Scoring facts of questionnaires: a model, and a registry of YAML files."""
