/** Which packages did runs have, and of which versions? Lists as pip writes them, `name==version` a line. */

export interface PackageRow {
  name: string;
  /** null where a run has not this package. */
  versions: (string | null)[];
  differs: boolean;
}

/** One row a package, by name. A run without a list (null) has a version of nothing, and makes no difference. */
export function packageRows(lists: readonly (string | null)[]): PackageRow[] {
  const read = lists.map((list) => (list === null ? null : readList(list)));
  const names = [...new Set(read.flatMap((versions) => [...(versions?.keys() ?? [])]))].sort();
  return names.map((name) => {
    const versions = read.map((each) => each?.get(name) ?? null);
    const told = versions.filter((_, place) => read[place] !== null);
    return { name, versions, differs: told.some((version) => version !== told[0]) };
  });
}

function readList(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const plain = line.replace(/\s*[#;].*$/, "").trim();
    const match = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(.*)$/.exec(plain);
    // PEP 503: one package, however its name is written.
    if (match) found.set(match[1].toLowerCase().replace(/[-_.]+/g, "-"), match[2].replace(/^==\s*/, "") || "any");
  }
  return found;
}
