// Builds the pages of test/page, which show parts of the front end without a kernel, into the folder given.
import { build } from "esbuild";

await build({
  entryPoints: ["test/page/*.tsx"],
  outdir: process.argv[2],
  bundle: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".css": "text" },
});
