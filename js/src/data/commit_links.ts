/**
 * On which page of a hosting service is a commit shown, and the comparison of two?
 *
 * An address is built from host, owner and name alone: what else a remote holds (a user, a password, a port) is left out.
 * nbtrack/git/web.py does the same in Python; golden cases hold the two together.
 */

const HOSTS: ReadonlyMap<string, string> = new Map([
  ...["github.com", "ssh.github.com", "www.github.com"].map((host): [string, string] => [host, "github.com"]),
  ...["gitlab.com", "altssh.gitlab.com", "www.gitlab.com"].map((host): [string, string] => [host, "gitlab.com"]),
  ...["dagshub.com", "www.dagshub.com"].map((host): [string, string] => [host, "dagshub.com"]),
  ...["bitbucket.org", "altssh.bitbucket.org", "www.bitbucket.org"].map((host): [string, string] => [host, "bitbucket.org"]),
]);

interface Pages {
  commit(id: string): string;
  comparison(old: string, now: string): string;
}

const GITHUB: Pages = { commit: (id) => `commit/${id}`, comparison: (old, now) => `compare/${old}...${now}` };
const PAGES: ReadonlyMap<string, Pages> = new Map([
  ["github.com", GITHUB],
  ["dagshub.com", GITHUB],
  ["gitlab.com", { commit: (id) => `-/commit/${id}`, comparison: (old, now) => `-/compare/${old}...${now}` }],
  ["bitbucket.org", { commit: (id) => `commits/${id}`, comparison: (old, now) => `branches/compare/${now}%0D${old}` }],
]);

const COMMIT_ID = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const WITH_SCHEME = /^(?:git\+)?(?:https?|ssh|git):\/\/([^/\n]*)\/([^\n]*)$/i;
const LIKE_SCP = /^([^/:]+):([^:\n]*)$/;
const SEGMENT = /^[A-Za-z0-9_.~-]+$/;

interface Hosted {
  host: string;
  url: string;
}

/** Of `https://`, `ssh://`, `git://` and `git@host:owner/name` addresses; null for any other host or form. */
function hostedRepository(remote: string): Hosted | null {
  const found = WITH_SCHEME.exec(remote.trim()) ?? LIKE_SCP.exec(remote.trim());
  if (found === null) return null;
  const named = found[1].slice(found[1].lastIndexOf("@") + 1).split(":")[0];
  const host = HOSTS.get(named.replace(/\.+$/, "").toLowerCase());
  const segments = found[2].replace(/^\/+|\/+$/g, "").replace(/\.git$/, "").split("/");
  if (host === undefined || segments.length < 2 || (segments.length > 2 && host !== "gitlab.com")) return null;
  if (segments.some((each) => !SEGMENT.test(each) || each === "." || each === "..")) return null;
  return { host, url: `https://${host}/${segments.join("/")}` };
}

/** The page of a commit; null where the service is not known. */
export function commitPage(remote: string | null, commit: string | null): string | null {
  const hosted = remote === null ? null : hostedRepository(remote);
  if (hosted === null || commit === null || !COMMIT_ID.test(commit)) return null;
  return `${hosted.url}/${PAGES.get(hosted.host)!.commit(commit)}`;
}

/** A commit and the remote of its repository, as a run's tags tell them. */
export interface Origin {
  remote: string | null;
  commit: string | null;
}

/** The page of what changed between two commits of one repository; null where there is no such page. */
export function comparisonPage(old: Origin, now: Origin): string | null {
  if (old.remote === null || now.remote === null || old.commit === null || now.commit === null) return null;
  const [before, after] = [hostedRepository(old.remote), hostedRepository(now.remote)];
  if (before === null || after === null || before.url !== after.url || old.commit === now.commit) return null;
  if (!COMMIT_ID.test(old.commit) || !COMMIT_ID.test(now.commit)) return null;
  return `${after.url}/${PAGES.get(after.host)!.comparison(old.commit, now.commit)}`;
}
