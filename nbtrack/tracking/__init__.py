"""How does code say what it wants kept?"""

from nbtrack.tracking.client import MlflowClient
from nbtrack.tracking.settings import get_tracking_uri, is_tracking_uri_set, set_tracking_uri

__all__ = ["MlflowClient", "get_tracking_uri", "is_tracking_uri_set", "set_tracking_uri"]
