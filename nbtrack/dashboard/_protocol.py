"""What crosses between the kernel and the browser? Written from js/src/protocol.ts by `npm run protocol`."""

from typing import Any

PROTOCOL: int = 1
TRAITS: dict[str, Any] = {"uid": {"type": "string", "owner": "kernel"}, "frame_kind": {"type": "string", "owner": "kernel"}, "packed_runs": {"type": "bytes", "owner": "kernel"}, "packed_series": {"type": "bytes", "owner": "kernel"}, "status": {"type": "status", "owner": "kernel"}, "view": {"type": "view", "owner": "both"}, "selected": {"type": "strings", "owner": "both"}}
MESSAGES: dict[str, Any] = {"rows": {"from": "kernel", "fields": {"rev": "number", "gone": "strings", "status": "status"}, "pack": "frame"}, "points": {"from": "kernel", "fields": {"rev": "number"}, "pack": "series"}, "need": {"from": "browser", "fields": {"id": "number", "what": "string", "runs": "strings", "keys": "strings", "path": "string", "width": "number"}}, "edit": {"from": "browser", "fields": {"id": "number", "what": "string", "runs": "strings", "key": "string", "value": "string", "seen": "any"}}, "answer": {"from": "kernel", "fields": {"id": "number", "error": "string", "body": "any", "more": "boolean"}, "pack": "series"}}
DEFAULT_VIEW: dict[str, Any] = {"experiments": [], "lifecycle": "active", "filter": "", "order": [], "columns": None, "widths": {}, "pinned": [], "hidden": [], "tree": True, "collapsed": [], "group": [], "opened": [], "directions": {}, "heat": [], "tab": "charts", "focus": None, "height": 760, "split": 0.42, "chart": {"x": "step", "smoothing": 0, "smoother": "ema", "log_x": False, "log_y": False, "clip": False, "metrics": None, "formulas": [], "order": [], "sizes": {}, "band": "sd", "search": "", "big": None}, "analyse": {"kind": "parallel", "metric": None, "x": None, "y": None, "color": None, "columns": None, "media": None}, "compare": {"differences": False, "baseline": None, "pick": "last", "step": 0, "file": None}}
DEFAULT_STATUS: dict[str, Any] = {"store": {"label": "", "kind": "file", "read_only": False}, "experiments": [], "running": [], "abandoned": {}, "damages": [], "notes": [], "loaded": False, "made_at": 0, "rev": 0}
FRAMES: list[str] = ["dashboard", "compare", "chart", "show"]
NEEDS: list[str] = ["hello", "resync", "series", "artifacts", "trees", "artifact", "inputs", "commits", "plotly", "views"]
EDITS: list[str] = ["rename", "set_tag", "delete_tag", "delete", "restore", "save_view", "drop_view"]
