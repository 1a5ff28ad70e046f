// Builds the front end into nbtrack/dashboard/static/: widget.js, one ES module that anywidget and saved outputs load.
import { build } from "esbuild";

await build({
  entryPoints: ["src/index.tsx"],
  outfile: "../nbtrack/dashboard/static/widget.js",
  bundle: true,
  format: "esm",
  minify: !process.argv.includes("--debug"),
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".css": "text" },
  legalComments: "linked",
  logLevel: "info",
});
