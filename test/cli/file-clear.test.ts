// Downloads that came to nothing, and the room they take on the disk.
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import crypto from "hypercore-crypto";
import t from "tap";
import { until } from "../helpers/program.js";
import { filePeople, stays } from "./file-people.js";

t.setTimeout(100_000);

const MIB = 2 ** 20;
const parts = (folder: string) =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".part")) : [];

t.test("what failed is cleared, and nothing that may be nowhere else", async (t) => {
  const { maya, bob, room, folder, write } = await filePeople(t);
  const ask = { room: room.id, folder: bob.downloads };
  const share = async (name: string, content: Uint8Array) => {
    await maya.core.request("file.send", { room: "tea", paths: [write(name, content)] });
    const { id, writer } = await bob.knows(name);
    return { id, writer };
  };
  const notes = crypto.randomBytes(MIB);
  await bob.core.request("file.get", { ...ask, ...(await share("notes.txt", notes)) });
  await until(async () => (await bob.transfer("notes.txt"))?.state === "here", 20_000);

  const mine = join(folder, "mine");
  await bob.core.request("file.get", {
    ...ask,
    ...(await share("first.bin", crypto.randomBytes(24 * MIB))),
    folder,
    to: mine,
  });
  writeFileSync(mine, "the person's own");
  await until(async () => (await bob.transfer("first.bin"))?.state === "failed", 20_000);
  t.equal(parts(folder).length, 1, "what came of it is still there");

  const second = await share("second.bin", crypto.randomBytes(64 * MIB));
  await bob.core.request("file.get", { ...ask, ...second });
  await until(async () => ((await bob.transfer("second.bin"))?.bytes ?? 0) > 0, 20_000);
  process.kill(maya.pid, "SIGKILL");
  await bob.run("daemon", "stop");
  const again = await stays(t, bob, "bob");
  await until(async () => (await again.transfer("second.bin"))?.state === "paused", 20_000);

  t.match(await bob.run("file", "clear"), { code: 2, stdout: "", stderr: /first\.bin.*\n.*1 file that is not whole/ });
  t.equal(parts(folder).length, 1, "nobody was asked, so nothing was done");
  const cleared = await bob.run("file", "clear", "tea", "--yes");
  t.match(cleared, {
    code: 0,
    stdout: "",
    stderr: /left alone: second\.bin: .*nobody who has it is here\nGone: 1 file, /,
  });
  t.equal(parts(folder).length, 0, "of one that this run of the core never opened");
  t.equal(readFileSync(mine, "utf8"), "the person's own");
  t.equal(await again.transfer("first.bin"), null);
  t.match(await again.transfer("second.bin"), { state: "paused" });
  t.equal(parts(bob.downloads).length, 1);

  const all = await bob.json("file", "clear", "--all", "--yes");
  t.match(all, { files: [second.id], bytes: Number });
  t.same(readdirSync(bob.downloads), ["notes.txt"]);
  t.ok(readFileSync(join(bob.downloads, "notes.txt")).equals(notes), "what is whole stays");
  t.match(await again.transfer("notes.txt"), { state: "here" });
  appendFileSync(join(bob.downloads, "notes.txt"), "and more");
  t.equal((await bob.run("file", "get", "tea", "notes.txt", "--patience-ms", "2000")).code, 1);
  t.match(await again.transfer("notes.txt"), { state: "failed", path: join(bob.downloads, "notes.txt") });
  t.match(await bob.run("file", "clear", "--all", "--yes"), { code: 0, stderr: "There is nothing to clear.\n" });
  t.equal((await bob.run("file", "cancel", "tea", "notes.txt")).code, 0);
  t.same(
    readFileSync(join(bob.downloads, "notes.txt")),
    Buffer.concat([notes, Buffer.from("and more")]),
    "not even then",
  );
});
