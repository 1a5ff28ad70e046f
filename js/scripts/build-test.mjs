// Builds test/mount.tsx into the file named on the command line, for the browser tests of the parts.
import { build } from "esbuild";

await build({
  entryPoints: ["test/mount.tsx"],
  outfile: process.argv[2],
  bundle: true,
  format: "iife",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".css": "text" },
  logLevel: "warning",
});
