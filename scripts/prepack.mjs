// `npm pack` and `npm publish` run this first, and `--undo` afterwards. The published package.json has no packaged
// Node (a checkout's convenience, 190 MB) and nothing that only a checkout can use. The original lies beside it
// meanwhile, as package.json.orig; where a run was interrupted, the next one puts it back first.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProgram } from "./build.mjs";

/** Scripts that mean something in an installed package; the rest needs files that are not in it. */
const KEPT_SCRIPTS = ["start"];
const CHECKOUT_ONLY = ["devDependencies", "tap", "overrides"];

/** @returns package.json as it is published */
export function published(text) {
  const all = JSON.parse(text);
  for (const field of CHECKOUT_ONLY) delete all[field];
  for (const name of Object.keys(all.optionalDependencies ?? {})) {
    if (/^node-(linux|win|darwin)-/.test(name)) delete all.optionalDependencies[name];
  }
  all.scripts = Object.fromEntries(Object.entries(all.scripts).filter(([name]) => KEPT_SCRIPTS.includes(name)));
  return `${JSON.stringify(all, null, 2)}\n`;
}

/** Each file is whole at every moment: the copy is there before the original changes, and each change is one rename. */
export function strip(root) {
  const [pack, kept] = places(root);
  undo(root);
  const text = readFileSync(pack, "utf8");
  replace(kept, text);
  replace(pack, published(text));
}

/** @throws where somebody edited the stripped file: neither version is thrown away then */
export function undo(root) {
  const [pack, kept] = places(root);
  if (!existsSync(kept)) return;
  const original = readFileSync(kept, "utf8");
  const now = readFileSync(pack, "utf8");
  // Interrupted before it was stripped.
  if (now === original) rmSync(kept);
  else if (now === published(original)) renameSync(kept, pack);
  else
    throw new Error("package.json was edited while it was stripped: merge package.json.orig into it, and remove that");
}

function places(root) {
  return [join(root, "package.json"), join(root, "package.json.orig")];
}

function replace(path, text) {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = resolve(fileURLToPath(import.meta.url), "../..");
  if (process.argv.includes("--undo")) undo(root);
  else {
    // npm reads package.json again after this, and finds no script in it that would build.
    if (!(await buildProgram())) throw new Error("esbuild is not installed, so there would be nothing to publish");
    strip(root);
  }
}
