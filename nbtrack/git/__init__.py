"""What does a git repository say, without running anything that its own configuration names?

A repository may be a stranger's. `command` is the only place that starts git; everything else reads plain files.
"""

from __future__ import annotations
