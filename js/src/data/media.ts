/**
 * Which files of runs are one thing at several steps? Images logged under a key, as MLflow 2 and 3 name them, and pictures,
 * tables and pages whose names differ in a number alone.
 */

export interface Still {
  path: string;
  /** null where the name holds no number. */
  step: number | null;
  /** A small copy of the picture, where one was made. */
  small: string | null;
}

export interface Medium {
  name: string;
  /** By run, in order of step. */
  runs: Map<string, Still[]>;
}

const SEEN = /\.(png|jpe?g|gif|webp|bmp|svg|csv|tsv|json|html?)$/i;
const PICTURE = /\.(png|jpe?g|gif|webp|bmp|svg)$/i;
/** images/KEY+step+3+timestamp+1700000000000+UUID.png, and its small copy …+compressed.webp; MLflow 2 has % for +. */
const KEYED = /^images\/(.+?)([+%])step\2(-?\d+)\2timestamp\2(\d+)\2[0-9a-fA-F-]+(\2compressed)?\.\w+$/;
/** A run's own records, and what belongs to a model. */
const OWN = /^(inputs\.json|environment\.json)$|(^|\/)models?\//;

interface Named {
  name: string;
  step: number | null;
  time: number;
  small: boolean;
}

function named(path: string): Named {
  const keyed = KEYED.exec(path);
  if (keyed) return { name: keyed[1].replace(/[~#]/g, "/"), step: Number(keyed[3]), time: Number(keyed[4]), small: keyed[5] !== undefined };
  const slash = path.lastIndexOf("/") + 1;
  const dot = path.lastIndexOf(".");
  const [folder, stem, ending] = [path.slice(0, slash), path.slice(slash, dot), path.slice(dot)];
  const whole = { name: path, step: null, time: 0, small: false };
  // The last number of the name, else the last one among its folders.
  const inName = /^(.*?)(\d+)(\D*)$/s.exec(stem);
  if (inName) return { ...whole, name: `${folder}${inName[1]}#${inName[3]}${ending}`, step: Number(inName[2]) };
  const inFolder = /^(.*?)(\d+)(\D*)$/s.exec(folder);
  return inFolder ? { ...whole, name: `${inFolder[1]}#${inFolder[3]}${stem}${ending}`, step: Number(inFolder[2]) } : whole;
}

/** Images that were logged under a key, by key, each with the paths of its files. */
export function keyedMedia(trees: ReadonlyMap<string, readonly string[]>, sizeOf: SizeOf): { medium: Medium; files: string[] }[] {
  const own = new Map([...trees].map(([run, paths]) => [run, paths.filter((path) => KEYED.test(path))]));
  const files = (key: string) => [...own.values()].flat().filter((path) => named(path).name === key);
  return mediaOf(Object.fromEntries(own), sizeOf).map((medium) => ({ medium, files: files(medium.name) }));
}

/** Pictures up to this size are shown themselves: a small copy loses detail and saves nothing. */
const SMALL_BYTES = 200_000;
type SizeOf = (run: string, path: string) => number | null;

/** By name: what has several steps first, pictures before other things, then what most runs have. */
export function mediaOf(trees: Readonly<Record<string, readonly string[]>>, sizeOf: SizeOf = () => null): Medium[] {
  const found = new Map<string, Map<string, Map<number, Still & { time: number }>>>();
  for (const [run, paths] of Object.entries(trees)) {
    for (const path of paths) {
      if (!SEEN.test(path) || OWN.test(path)) continue;
      const { name, step, time, small } = named(path);
      const runs = entry(found, name, () => new Map<string, Map<number, Still & { time: number }>>());
      const stills = entry(runs, run, () => new Map<number, Still & { time: number }>());
      const at = step ?? -Infinity;
      const there = stills.get(at);
      // Of several at one step the latest counts; its small copy has the same time.
      if (there && there.time > time) continue;
      const same = there?.time === time ? there : { path: "", step, small: null, time };
      stills.set(at, small ? { ...same, small: path } : { ...same, path });
    }
  }
  const media = [...found].map(([name, runs]) => ({ name, runs: new Map([...runs].map(([run, stills]) => [run, inOrder(stills, (path) => sizeOf(run, path))])) }));
  const most = ({ runs }: Medium) => Math.max(...[...runs.values()].map((stills) => stills.length));
  const picture = ({ runs }: Medium) => +PICTURE.test([...runs.values()][0][0].path);
  return media.sort((a, b) => +(most(b) > 1) - +(most(a) > 1) || picture(b) - picture(a) || b.runs.size - a.runs.size || (a.name < b.name ? -1 : 1));
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

function inOrder(stills: Map<number, Still & { time: number }>, sizeOf: (path: string) => number | null): Still[] {
  const needsCopy = (path: string) => (sizeOf(path) ?? Infinity) > SMALL_BYTES;
  return [...stills]
    .sort(([a], [b]) => a - b)
    .map(([, { path, step, small }]) => ({ path: path || small!, step, small: path === "" || needsCopy(path) ? small : null }));
}

/** Every step that a run has something at, ascending. */
export function stepsOf({ runs }: Medium): number[] {
  const steps = new Set<number>();
  for (const stills of runs.values()) for (const { step } of stills) if (step !== null) steps.add(step);
  return [...steps].sort((a, b) => a - b);
}

/** What a run shows at a step: its last one up to there, before its first one nothing. */
export function stillAt(stills: readonly Still[], step: number | null): Still | null {
  if (step === null) return stills[0] ?? null;
  return stills.findLast((still) => still.step === null || still.step <= step) ?? null;
}
