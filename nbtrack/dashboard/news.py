"""Which of the announced changes concern a store, or one of several stores?"""

from __future__ import annotations

from nbtrack.stores.base import Store
from nbtrack.stores.several import SeveralStores
from nbtrack.tracking.events import News, Point


def news_of(store: Store, news: News) -> tuple[list[str], list[Point]]:
    """The runs that changed and the new points, by the ids that the store has for them."""
    if not isinstance(store, SeveralStores):
        runs = [run for uri, run in news.runs if uri == store.uri]
        return runs, [point for point in news.points if point.store_uri == store.uri]
    ids: dict[tuple[str, str], str | None] = {}

    def shown(uri: str, run: str) -> str | None:
        if (uri, run) not in ids:
            ids[uri, run] = run if uri == store.uri else store.id_of(uri, run)
        return ids[uri, run]

    changed = [run for uri, own in news.runs if (run := shown(uri, own)) is not None]
    points = [
        point._replace(run_id=run) for point in news.points if (run := shown(point.store_uri, point.run_id)) is not None
    ]
    return changed, points
