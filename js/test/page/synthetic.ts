/** Runs made up for pages that show one view without a kernel. The same numbers at every call. */

import { frameOf, type Column, type MetricColumn, type TextColumn } from "../../src/data/frame";
import { DEFAULT_STATUS, DEFAULT_VIEW, type FrameKind } from "../../src/protocol";
import { createState, type State } from "../../src/state/state";

export interface Wish {
  runs: number;
  points: number;
  kind?: FrameKind;
  /** Extra metrics noise/0 … to fill the page. */
  extra?: number;
  live?: boolean;
}

const MODELS = ["forest", "boosting", "logistic", "svm", "mlp"];

export function syntheticState({ runs, points, kind = "dashboard", extra = 0, live = true }: Wish): State {
  const state = createState(kind);
  const random = randomFrom(7);
  const rows = Array.from({ length: runs }, (_, i) => runAt(i, random, points, extra));
  const columns = new Map<string, Column>();
  const names = (of: (row: Made) => Record<string, unknown>) => [...new Set(rows.flatMap((row) => Object.keys(of(row))))];
  for (const name of names((row) => row.text)) columns.set(name, textOf(rows.map((row) => row.text[name] ?? null)));
  for (const name of names((row) => row.numbers)) {
    const values = Float64Array.from(rows, (row) => row.numbers[name] ?? NaN);
    columns.set(name, { kind: "number", values, missing: Uint8Array.from(rows, (row) => +(row.numbers[name] == null)) });
  }
  for (const name of names((row) => row.metrics)) columns.set(`metrics.${name}`, metricOf(rows.map((row) => row.metrics[name])));
  state.received.value = frameOf(runs, columns);
  for (const row of rows) {
    const id = row.text.run_id!;
    for (const [key, points] of Object.entries(row.metrics)) if (points && points.length > 1) addPoints(state, id, key, points);
  }
  state.seriesRev.value++;
  state.life.value = live ? "live" : "snapshot";
  state.status.value = {
    ...DEFAULT_STATUS,
    loaded: true,
    experiments: [{ id: "1", name: "digits", stage: "active", runs, created: START }],
    running: live && runs ? [rows[rows.length - 1].text.run_id!] : [],
  };
  state.view.value = structuredClone(DEFAULT_VIEW);
  return state;
}

export type Point = [step: number, time: number, value: number];

export function addPoints(state: State, run: string, key: string, points: Point[], from = 0): void {
  const column = (at: 0 | 1 | 2) => Float64Array.from(points, (point) => point[at]);
  const total = from + points.length;
  state.book.add({
    header: { chunks: [{ run, key, from, n: points.length, total, whole: from === 0 }] },
    arrays: [column(0), column(1), column(2)],
  });
}

const START = Date.UTC(2026, 2, 1, 9);

interface Made {
  text: Record<string, string | null>;
  numbers: Record<string, number | null>;
  metrics: Record<string, Point[] | undefined>;
}

function runAt(i: number, random: () => number, points: number, extra: number): Made {
  const model = MODELS[i % MODELS.length];
  const rate = [0.3, 0.1, 0.03, 0.01][i % 4];
  const start = START + i * 3_600_000;
  const noise = 0.02 + 0.05 * random();
  const every = 1 + (i % 3);
  const line = (at: (t: number) => number, n = points): Point[] =>
    Array.from({ length: Math.max(1, Math.floor(n / every)) }, (_, k) => {
      const step = k * every;
      return [step, start + 1000 + step * 400 * (1 + (i % 5) / 5), at(step / points)];
    });
  const jitter = (size: number) => size * (random() + random() - 1);
  const speed = 2 + 6 * random();
  const floor = 0.05 + 0.2 * random();
  const loss = line((t) => floor + Math.exp(-speed * t) * 2 + jitter(noise));
  const validation = line((t) => floor * 1.3 + Math.exp(-speed * t) * 2.1 + t * t * 0.2 * random() + jitter(noise * 2));
  if (i === 2) for (let k = loss.length >> 1; k < loss.length * 0.6; k++) loss[k][2] = NaN;
  const metrics: Made["metrics"] = {
    "loss": loss,
    "val_loss": validation,
    "accuracy": line((t) => 1 - floor - Math.exp(-speed * t) * 0.8 + jitter(noise / 3)),
    "lr": line((t) => rate * (0.5 + 0.5 * Math.cos(Math.PI * t)) + 1e-6),
    "train/grad_norm": line((t) => 10 ** (1 - 2 * t) + Math.abs(jitter(1))),
    "train/throughput": line(() => 1200 + jitter(300)),
    "test_accuracy": [[0, start + 60_000, 1 - floor - 0.02 * random()]],
    "test_f1": i % 3 ? [[0, start + 60_000, 0.9 - floor * random()]] : undefined,
    "system/cpu_utilization_percentage": line((t) => 40 + 30 * Math.sin(9 * t + i) + jitter(10)),
    "system/memory_usage_megabytes": line((t) => 2000 + 900 * t + jitter(50)),
  };
  for (let k = 0; k < extra; k++) metrics[`noise/${k}`] = line((t) => Math.sin(t * (k + 3) + i) + jitter(0.3));
  const running = i % 7 === 6;
  const text: Made["text"] = {
    "run_id": `${(0xabc0 + i * 7919).toString(16)}${"0123456789abcdef".repeat(2)}`.slice(0, 32),
    "experiment_id": "1",
    "run_name": `${model}-${i}`,
    "status": running ? "RUNNING" : i % 11 === 5 ? "FAILED" : "FINISHED",
    "user_id": i % 2 ? "ada" : "grace",
    "artifact_uri": "",
    "lifecycle_stage": "active",
    "params.model": model,
    "params.learning_rate": String(rate),
    "params.batch_size": String(32 * (1 + (i % 3))),
    "params.seed": "0",
    "params.layers": model === "mlp" ? "[64, 64]" : null,
    "params.note": i % 4 ? null : "a long value ".repeat(30),
    "tags.dataset": "digits",
    "tags.stage": i % 2 ? "trial" : "final",
    "tags.mlflow.user": "ada",
    "tags.mlflow.source.name": "01-start.ipynb",
    "tags.mlflow.note.content": i % 2 ? null : `# Run ${i}\nTried with **${model}**, <b>not markup</b>.`,
  };
  const end = running ? null : start + points * 400;
  return { text, numbers: { start_time: start, end_time: end }, metrics };
}

function textOf(values: (string | null)[]): TextColumn {
  const words = [...new Set(values.filter((value) => value !== null))];
  return { kind: "text", words, codes: Int32Array.from(values, (value) => (value === null ? -1 : words.indexOf(value))) };
}

function metricOf(histories: (Point[] | undefined)[]): MetricColumn {
  const of = (pick: (points: Point[]) => number) => Float64Array.from(histories, (points) => (points ? pick(points) : NaN));
  const finite = (points: Point[]) => points.map((point) => point[2]).filter((value) => !Number.isNaN(value));
  return {
    kind: "metric",
    missing: Uint8Array.from(histories, (points) => +!points),
    values: of((points) => points[points.length - 1][2]),
    step: of((points) => points[points.length - 1][0]),
    min: of((points) => Math.min(...finite(points))),
    max: of((points) => Math.max(...finite(points))),
    first: of((points) => points[0][2]),
    count: of((points) => points.length),
  };
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
