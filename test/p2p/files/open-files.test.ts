import type { EventEmitter } from "node:events";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { OpenFiles } from "../../../src/p2p/files/open-files.js";

const LIMIT = 16;

t.test("one that is being closed counts as open, and nobody loses a file in use", async (t) => {
  const folder = t.testdir(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`f${index}`, `${index}`])));
  let openNow = 0;
  let most = 0;
  const files = new OpenFiles(async (index) => {
    openNow += 1;
    most = Math.max(most, openNow);
    const handle = await open(join(folder, `f${index}`));
    (handle as unknown as EventEmitter).once("close", () => {
      openNow -= 1;
    });
    return handle;
  });
  t.teardown(() => files.close());
  const read = async (handle: FileHandle) => (await handle.readFile({ encoding: "utf8" })).length;
  for (let index = 0; index < LIMIT; index += 1) await files.use(index, read);
  t.equal(openNow, LIMIT);
  // The first of these gives up the oldest; the second comes while that is still being closed.
  await Promise.all([files.use(30, read), files.use(31, read), files.use(32, read)]);
  t.equal(most, LIMIT);

  // All in use: whoever comes waits for the first that is done.
  const ends: (() => void)[] = [];
  const held = Array.from({ length: LIMIT }, (_, index) =>
    files.use(index, () => new Promise<void>((resolve) => ends.push(resolve))),
  );
  while (ends.length < LIMIT) await new Promise((resolve) => setImmediate(resolve));
  const waiting = files.use(39, read);
  ends.shift()!();
  t.equal(await waiting, 2);
  const closing = files.close();
  await t.rejects(files.use(0, read), { code: "FILES_CLOSED" });
  for (const end of ends) end();
  await Promise.all([closing, ...held]);
  t.equal(openNow, 0);
  t.equal(most, LIMIT);
});

t.test("one that cannot be opened is tried again the next time", async (t) => {
  const folder = t.testdir({ f: "text" });
  let tries = 0;
  const files = new OpenFiles(() => open(join(folder, ++tries === 1 ? "none" : "f")));
  t.teardown(() => files.close());
  await t.rejects(
    files.use(0, async () => {}),
    { code: "ENOENT" },
  );
  t.equal(await files.use(0, (handle) => handle.readFile({ encoding: "utf8" })), "text");
});
