// The WebAssembly is found by the built program, where only what npm installs lies beside it.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import t from "tap";
import { program } from "../../src/config.js";

const { root } = program();
const PACKAGES = ["libopus-wasm", "@echogarden/rnnoise-wasm"];

/** In place of the program: a word through every WebAssembly there is. */
const SOUND_ONLY = `
import { openDecoder, openEncoder } from "../media/opus.js";
import { openSuppressor } from "../media/suppress.js";
const step = (await openSuppressor()).suppress(new Int16Array(480).fill(1000));
const frame = (await openEncoder()).encode(new Int16Array(960).fill(1000));
console.log(JSON.stringify([step.length, (await openDecoder()).decode(frame).length]));`;

const IN_PLACE: Plugin = {
  name: "sound-only",
  setup(builder) {
    builder.onLoad({ filter: /src[\\/]cli[\\/]main\.ts$/ }, () => ({ contents: SOUND_ONLY, loader: "ts" }));
  },
};

t.test("Opus and RNNoise run in the built program as it is installed", async (t) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "keet-tui-sound-")));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const name of PACKAGES) {
    t.ok(name in dependencies, `${name} is installed with the program`);
    cpSync(join(root, "node_modules", name), join(folder, "node_modules", name), { recursive: true });
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const { buildProgram } = (await import(pathToFileURL(join(root, "scripts/build.mjs")).href)) as {
    buildProgram(options: { folder: string; plugins: readonly Plugin[] }): Promise<boolean>;
  };
  await buildProgram({ folder: join(folder, "dist"), plugins: [IN_PLACE] });
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, "dist/keet-tui.js")], { encoding: "utf8" });
  t.equal(stdout, "[480,960]\n", stderr);
});
