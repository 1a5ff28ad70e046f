// Writes nbtrack/dashboard/_protocol.py from src/protocol.ts. With --check it only says whether the two agree.
import { build } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const target = "../nbtrack/dashboard/_protocol.py";
const bundled = await build({ entryPoints: ["src/protocol.ts"], bundle: true, format: "esm", write: false });
const source = Buffer.from(bundled.outputFiles[0].contents).toString("base64");
const protocol = await import(`data:text/javascript;base64,${source}`);

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

const names = { PROTOCOL: "int" };
for (const name of ["TRAITS", "MESSAGES", "DEFAULT_VIEW", "DEFAULT_STATUS"]) names[name] = "dict[str, Any]";
for (const name of ["FRAMES", "NEEDS", "EDITS"]) names[name] = "list[str]";
const lines = Object.entries(names).map(([name, type]) => `${name}: ${type} = ${python(protocol[name])}`);
const text = `"""What crosses between the kernel and the browser? Written from js/src/protocol.ts by \`npm run protocol\`."""

from typing import Any

${lines.join("\n")}
`;
if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error("_protocol.py is not what protocol.ts says. Run `npm run protocol` in js/ and commit both.");
    process.exit(1);
  }
} else {
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}
