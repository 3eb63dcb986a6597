// Draws docs/picture.svg: the real screen of a real core, in a room with others that are as real.
//   node scripts/picture.mjs [columns]x[rows] [path]
// Or every page of the program in all sizes and colours into a folder, to look at:
//   node scripts/picture.mjs pages <folder> [page…]
import { spawnSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { buildProgram } from "./build.mjs";
import { svgOfTerminal } from "./screenshot.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const SIZES = [
  [80, 24],
  [120, 40],
  [40, 20],
];
const isAll = process.argv[2] === "pages";
const [size = "100x26", path = "docs/picture.svg"] = process.argv.slice(2);
const [columns, rows] = size.split("x").map(Number);

// What it starts needs a newer Node than some have.
if (Number(process.versions.node.split(".")[0]) < 22) {
  const packaged = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`);
  const node = join(dirname(packaged), "bin/node");
  process.exit(spawnSync(node, process.argv.slice(1), { stdio: "inherit" }).status ?? 1);
}

await buildProgram();
const folder = join(root, "node_modules/.cache/keet-tui", `picture-${process.pid}`);
try {
  await build({
    absWorkingDir: root,
    entryPoints: ["bench/picture.mjs"],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node22",
    logLevel: "warning",
  });
  const { draw, drawAll } = await import(pathToFileURL(join(folder, "picture.mjs")).href);
  if (isAll) {
    await mkdir(path, { recursive: true });
    await drawAll({
      sizes: SIZES,
      themes: ["dark", "light", "none"],
      only: process.argv.length > 4 ? process.argv.slice(4) : null,
      show: ({ name, theme, cursor, buffer, ...size }) =>
        writeFile(
          join(path, `${size.columns}x${size.rows}-${theme}-${name}.svg`),
          svgOfTerminal(buffer, { title: name, cursor, theme: theme === "light" ? "light" : "dark" }),
        ),
    });
    process.exit(0);
  }
  const title = "keet-tui in a terminal: rooms on the left, the room tea with four people talking, three lines unread";
  await draw({
    columns,
    rows,
    show: (buffer) => writeFile(resolve(root, path), svgOfTerminal(buffer, { title, cursor: true })),
  });
  console.log(`wrote ${path}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
