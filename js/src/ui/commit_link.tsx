/** A commit: a link where the hosting service of its repository is known. */

import type { ComponentChildren } from "preact";
import { commitPage, comparisonPage, type Origin } from "../data/commit_links";
import { text, type Frame } from "../data/frame";

/** What the tags of a run say about its commit. */
export function originOf(frame: Frame, id: string): Origin {
  const row = frame.rowOf.get(id);
  const tag = (name: string) => (row === undefined ? null : text(frame, `tags.mlflow.source.git.${name}`, row));
  return { remote: tag("repoURL"), commit: tag("commit") };
}

export function CommitLink({ commit, remote }: { commit: string; remote: string | null }) {
  const name = (
    <code class="nbt-mono" title={commit}>
      {commit.slice(0, 10)}
    </code>
  );
  return <Page page={commitPage(remote, commit)}>{name}</Page>;
}

/** The comparison on the hosting service; nothing where it has none. */
export function ComparisonLink({ old, now }: { old: Origin; now: Origin }) {
  const page = comparisonPage(old, now);
  return page === null ? null : <Page page={page}>compare the commits on {new URL(page).host}</Page>;
}

function Page({ page, children }: { page: string | null; children: ComponentChildren }) {
  if (page === null) return <>{children}</>;
  return (
    <a class="nbt-textlink" href={page} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}
