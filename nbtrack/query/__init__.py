"""The filter language: text to a tree, a tree to a row mask over a frame, and the order of rows."""
