"""What can be known of a cell's run without any code of the person's? `options` switches each item."""

from nbtrack.capture.options import options

__all__ = ["options"]
