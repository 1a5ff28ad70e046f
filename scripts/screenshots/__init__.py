"""Pictures of what people see, by `make screenshots`: docs/ for the README, build/screenshots/ to be looked at."""
