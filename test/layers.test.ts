// The borders between layers are import rules of the linter. A checker that inspects nothing reports success, so
// each border gets a forbidden import planted across it, of a type only, and must refuse it.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";

const root = fileURLToPath(new URL("../..", import.meta.url));
const biome = join(root, "node_modules/@biomejs/biome/bin/biome");

const PLANTED: readonly [string, string, string][] = [
  ["components", "the core", 'import type { Core } from "../p2p/index.js";\nexport type Planted = Core;\n'],
  ["components", "a library of the core", 'import type Core from "hypercore";\nexport type Planted = Core;\n'],
  ["components", "the wire", 'import type { RoomInfo } from "../rpc/methods.js";\nexport type Planted = RoomInfo;\n'],
  ["components", "the lines", 'import type { Desk } from "../line/desk.js";\nexport type Planted = Desk;\n'],
  ["line", "the screen", 'import type { Screen } from "../components/screen.js";\nexport type Planted = Screen;\n'],
  ["line", "Ink", 'import type { Instance } from "ink";\nexport type Planted = Instance;\n'],
  ["line", "the core", 'import type { Core } from "../p2p/index.js";\nexport type Planted = Core;\n'],
  ["line", "the wire", 'import type { RoomInfo } from "../rpc/methods.js";\nexport type Planted = RoomInfo;\n'],
  ["state", "the lines", 'import type { Desk } from "../line/desk.js";\nexport type Planted = Desk;\n'],
  ["commands", "the core", 'import type { Core } from "../p2p/index.js";\nexport type Planted = Core;\n'],
  ["hooks", "the daemon", 'import type { X } from "../daemon/core.js";\nexport type Planted = X;\n'],
  ["state", "the screen", 'import type { ReactNode } from "react";\nexport type Planted = ReactNode;\n'],
  ["state", "the server", 'import type { RpcServer } from "../rpc/server.js";\nexport type Planted = RpcServer;\n'],
  ["p2p", "the screen", 'import type { ReactNode } from "react";\nexport type Planted = ReactNode;\n'],
  ["p2p", "the wire", 'import type { RoomInfo } from "../rpc/methods.js";\nexport type Planted = RoomInfo;\n'],
  ["media", "rooms", 'import type { Core } from "../p2p/index.js";\nexport type Planted = Core;\n'],
  ["terminal", "rooms", 'import type { RoomState } from "../state/model.js";\nexport type Planted = RoomState;\n'],
  ["rpc/client.ts", "the core", 'import type { Core } from "../p2p/index.js";\nexport type Planted = Core;\n'],
  ["demo", "the core", 'import type { Core } from "../p2p/index.js";\nexport type Planted = Core;\n'],
];

t.test("every border refuses what may not cross it, type imports too", async (t) => {
  // Beside src, under the same relative names, so that no other run ever sees a planted file.
  const folder = join(root, `.build-layers-${process.pid}`);
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const config = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
  config.vcs.enabled = false;
  mkdirSync(folder);
  writeFileSync(join(folder, "biome.json"), JSON.stringify(config));
  for (const [at, what, content] of PLANTED) {
    const path = at.endsWith(".ts") ? join(folder, "src", at) : join(folder, "src", at, "planted.ts");
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content);
    const { stdout, stderr, status } = spawnSync(process.execPath, [biome, "lint", path], {
      cwd: folder,
      encoding: "utf8",
    });
    t.match(stdout + stderr, /noRestrictedImports/, `${at} may not import ${what}`);
    t.not(status, 0);
    rmSync(path);
  }
  const fine = join(folder, "src/components/fine.ts");
  writeFileSync(fine, 'export { something } from "../state/model.js";\n');
  const { status, stdout, stderr } = spawnSync(process.execPath, [biome, "lint", fine], {
    cwd: folder,
    encoding: "utf8",
  });
  t.equal(status, 0, `and what may cross does${status ? stdout + stderr : ""}`);
});
