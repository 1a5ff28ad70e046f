// Builds nbtrack/dashboard/static/: widget.js, the front end as one ES module, packed beside it as outputs carry it, and
// loader.js, which brings it onto a page once.
import { build, transform } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

// Styles are text to the bundler, which leaves text as it is.
const minifiedStyles = {
  name: "minified-styles",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: options.minify, target: options.target });
      return { contents: code, loader: "text" };
    });
  },
};
const options = {
  bundle: true,
  minify: !process.argv.includes("--debug"),
  target: "es2022",
  logLevel: "info",
};
await build({
  ...options,
  entryPoints: ["src/index.tsx"],
  outfile: "../nbtrack/dashboard/static/widget.js",
  format: "esm",
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [minifiedStyles],
  legalComments: "linked",
});
const widget = "../nbtrack/dashboard/static/widget.js";
writeFileSync(`${widget}.gz`, gzipSync(readFileSync(widget), { level: 9 }));
await build({
  ...options,
  entryPoints: ["src/loader.ts"],
  outfile: "../nbtrack/dashboard/static/loader.js",
  format: "iife",
  globalName: "nbtrackLoader",
});
