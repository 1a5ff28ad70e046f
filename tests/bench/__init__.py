"""How fast is nbtrack beside the real MLflow and the bare disk? `make bench` measures; no test asserts a time."""
