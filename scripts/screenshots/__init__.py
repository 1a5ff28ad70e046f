"""Pictures of what people see, made anew by `make screenshots`: docs/ for the README, build/screenshots/ to be looked at."""
