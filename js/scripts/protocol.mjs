// Writes the Python side of the files that both languages share. With --check it only says whether the two agree.
import { build } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const FILES = [
  {
    source: "src/protocol.ts",
    target: "../nbtrack/dashboard/_protocol.py",
    title: "What crosses between the kernel and the browser?",
    types: {
      PROTOCOL: "int",
      TRAITS: "dict[str, Any]",
      MESSAGES: "dict[str, Any]",
      DEFAULT_VIEW: "dict[str, Any]",
      DEFAULT_STATUS: "dict[str, Any]",
      FRAMES: "list[str]",
      NEEDS: "list[str]",
      EDITS: "list[str]",
    },
  },
  {
    source: "src/palette.ts",
    target: "../nbtrack/figures/_palette.py",
    title: "The colors, dashes and markers of runs and groups.",
    types: {
      COLORS: "list[str]",
      DASHES: "list[list[int]]",
      MARKERS: "list[str]",
      NEAR_COLORS: "float",
      COLOR_TAG: "str",
    },
  },
];

const python = (value) => {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value)
      .map(([key, inner]) => `${JSON.stringify(key)}: ${python(inner)}`)
      .join(", ")}}`;
  }
  return JSON.stringify(value);
};

async function mirror({ source, target, title, types }) {
  const bundled = await build({ entryPoints: [source], bundle: true, format: "esm", write: false });
  const code = Buffer.from(bundled.outputFiles[0].contents).toString("base64");
  const values = await import(`data:text/javascript;base64,${code}`);
  const lines = Object.entries(types).map(([name, type]) => `${name}: ${type} = ${python(values[name])}`);
  const imports = Object.values(types).some((type) => type.includes("Any")) ? "from typing import Any\n\n" : "";
  const text = `"""${title} Written from js/${source} by \`npm run protocol\`."""\n\n${imports}${lines.join("\n")}\n`;
  if (!process.argv.includes("--check")) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  } else if (readFileSync(target, "utf8") !== text) {
    console.error(`${target} is not what js/${source} says. Run \`npm run protocol\` in js/ and commit both.`);
    process.exitCode = 1;
  }
}

for (const file of FILES) await mirror(file);
