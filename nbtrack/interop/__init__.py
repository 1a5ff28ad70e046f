"""How do neighbours reach nbtrack? Each bridge is loaded by the neighbour itself."""
