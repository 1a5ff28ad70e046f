"""How does everything in one store get into another?"""

from nbtrack.stores.copying.copier import Copier
from nbtrack.stores.copying.report import Report

__all__ = ["Copier", "Report"]
