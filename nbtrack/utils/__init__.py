"""Names of tags that code written for MLflow imports from here."""
