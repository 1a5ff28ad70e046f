"""Kinds of errors that code written for MLflow imports from here."""
