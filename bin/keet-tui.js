#!/usr/bin/env node
// Starts the built program. On a Node too old for it, starts it again with the Node that the checkout carries.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
// As a whole: a name that Node 20 lacks would end it before it can say so.
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

const major = Number(process.versions.node.split(".")[0]);
const program = new URL("../dist/keet-tui.js", import.meta.url);

if (major < 22) {
  const node = packagedNode();
  if (!node) {
    console.error(`keet-tui needs Node 22 or newer; this is ${process.version}. Install it from https://nodejs.org.`);
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // The terminal sends its signals to both; what others send comes to this process alone.
  for (const name of ["SIGTERM", "SIGHUP", "SIGINT"]) process.on(name, () => name !== "SIGINT" && child.kill(name));
  const [status, signal] = await new Promise((done) => child.on("exit", (...how) => done(how)));
  process.exit(signal ? 1 : (status ?? 1));
}

nodeModule.enableCompileCache?.();
if (!existsSync(program)) await build();
const { main } = await import(program.href);
process.exit(await main(process.argv.slice(2)));

function packagedNode() {
  const require = nodeModule.createRequire(import.meta.url);
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  try {
    const path = require
      .resolve(`${name}/package.json`)
      .replace(/package\.json$/, process.platform === "win32" ? "bin/node.exe" : "bin/node");
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

/** A checkout whose install scripts were off has no dist yet. */
async function build() {
  const script = new URL("../scripts/build.mjs", import.meta.url);
  let built = false;
  if (existsSync(script)) {
    console.error("keet-tui: building once, a few seconds…");
    built = await (await import(script.href)).buildProgram().catch((error) => console.error(error.message));
  }
  if (!built) {
    console.error("keet-tui is not built here. Run: npm install && npm run build");
    process.exit(1);
  }
}
