// npm run bench [name…]: figures, each beside a floor measured in the same run. Nothing passes or fails here: compare
// ratios, and compare figures only within one run on one quiet machine.
//   npm run bench                      all of them, a few minutes
//   npm run bench -- latency screen    some
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, loadavg } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));

// The program starts itself again on an older Node; what is measured is the program.
if (Number(process.versions.node.split(".")[0]) < 22) {
  const packaged = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`);
  const node = join(dirname(packaged), "bin/node");
  if (!existsSync(node)) throw new Error("the benchmarks need Node 22 or newer");
  const { status } = spawnSync(node, process.argv.slice(1), { stdio: "inherit" });
  process.exit(status ?? 1);
}

const all = (await readdir(join(root, "bench")))
  .filter((file) => file.endsWith(".bench.mjs"))
  .map((file) => file.replace(".bench.mjs", ""));
const unknown = words.filter((word) => !all.includes(word));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(", ")}. There are: ${all.join(", ")}`);
  process.exit(2);
}

if (!process.argv.includes("--no-build")) {
  const { buildProgram } = await import("./build.mjs");
  await buildProgram();
}
const { build } = await import("esbuild");
const folder = join(root, "node_modules/.cache/keet-tui", `bench-${process.pid}`);
try {
  await build({
    absWorkingDir: root,
    entryPoints: all.map((name) => join("bench", `${name}.bench.mjs`)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node22",
    logLevel: "warning",
  });
  const load = loadavg()[0].toFixed(1);
  console.log(
    `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} cores, load ${load}`,
  );
  for (const name of words.length > 0 ? words : all) {
    const { title, run } = await import(pathToFileURL(join(folder, `${name}.bench.mjs`)).href);
    console.log(`\n${name}: ${title}`);
    await run();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
