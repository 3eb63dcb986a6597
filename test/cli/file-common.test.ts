import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { openPlace } from "../../src/cli/file-common.js";
import type { RpcClient } from "../../src/rpc/client.js";

const WHAT = { room: "tea", id: "00".repeat(16), writer: "00".repeat(32), offset: 0 };

/** A core that answers with these paths, one after the other, and then with the last. */
function coreAt(paths: readonly string[]): { core: RpcClient; asked: () => number } {
  let asked = 0;
  const request = async () => {
    const path = paths[Math.min(asked, paths.length - 1)]!;
    asked += 1;
    return { path, bytes: 3 };
  };
  return { core: { request } as unknown as RpcClient, asked: () => asked };
}

t.test("a file that was put in its place between the answer and the opening is asked for again", async (t) => {
  const folder = t.testdir({});
  const [part, whole] = [join(folder, ".ab.part"), join(folder, "tea.txt")];
  writeFileSync(whole, "tea");
  const { core, asked } = coreAt([part, part, whole]);
  const { handle, bytes } = await openPlace(core, WHAT, null);
  t.equal(bytes, 3);
  t.equal((await handle.readFile()).toString(), "tea");
  await handle.close();
  t.equal(asked(), 3);
});

t.test("one that is nowhere is told, and not asked for without end", async (t) => {
  const { core, asked } = coreAt([join(t.testdir({}), "deleted")]);
  await t.rejects(openPlace(core, WHAT, null), { code: "CANNOT_READ", hint: /^Get it anew/ });
  t.equal(asked(), 10);
});
