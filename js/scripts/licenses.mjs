// Writes nbtrack/dashboard/static/LICENSES.txt: the licence of every library that ends up in the bundle.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
const shipped = Object.entries(packages).filter(([path, { dev, optional }]) => path && !dev && existsSync(path) && !optional);

const notices = shipped.map(([path, { version, license }]) => {
  const file = readdirSync(path).find((name) => /^licen[cs]e/i.test(name));
  if (!file) throw new Error(`${path} has no licence file. Find its text and keep it beside this script.`);
  const name = path.split("node_modules/").pop();
  return `${name} ${version} (${license})\n\n${readFileSync(join(path, file), "utf8").trim()}\n`;
});

mkdirSync("../nbtrack/dashboard/static", { recursive: true });
writeFileSync("../nbtrack/dashboard/static/LICENSES.txt", notices.join(`\n${"-".repeat(80)}\n\n`));
