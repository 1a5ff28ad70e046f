import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { commitPage, comparisonPage } from "../../src/data/commit_links";

interface Golden {
  old: string;
  new: string;
  cases: { remote: string; commit: string | null; comparison: string | null }[];
  no_commits: string[];
}

const golden = JSON.parse(readFileSync(new URL("../../../tests/golden/commit_links.json", import.meta.url), "utf8")) as Golden;
const { old, new: now } = golden;

describe("pages of commits and comparisons", () => {
  it.each(golden.cases)("of $remote", ({ remote, commit, comparison }) => {
    expect(commitPage(remote, old)).toBe(commit);
    expect(comparisonPage({ remote, commit: old }, { remote, commit: now })).toBe(comparison);
  });

  it("do not exist for what is no commit", () => {
    const remote = "https://github.com/ada/model";
    for (const commit of golden.no_commits) {
      expect(commitPage(remote, commit)).toBeNull();
      expect(comparisonPage({ remote, commit: old }, { remote, commit })).toBeNull();
      expect(comparisonPage({ remote, commit }, { remote, commit: now })).toBeNull();
    }
    expect(commitPage(null, old)).toBeNull();
    expect(commitPage(remote, null)).toBeNull();
  });

  it("compare only commits of one repository", () => {
    const [one, other] = ["https://github.com/ada/model", "https://github.com/eve/model"];
    expect(comparisonPage({ remote: one, commit: old }, { remote: other, commit: now })).toBeNull();
    expect(comparisonPage({ remote: one, commit: old }, { remote: one, commit: old })).toBeNull();
  });
});
