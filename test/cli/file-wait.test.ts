// What a person is told while nobody has a file, and when it is changed where it lies.
import { appendFileSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import crypto from "hypercore-crypto";
import t from "tap";
import { until } from "../helpers/program.js";
import { filePeople, stays } from "./file-people.js";

t.setTimeout(58_000);

const MIB = 2 ** 20;
const SOON = ["--patience-ms", "4000"] as const;

t.test("while nobody has it, and when it changes", async (t) => {
  const { maya, bob, write } = await filePeople(t);

  await t.test("C24: what grows while it is read is refused, and nobody gets it", async (t) => {
    const path = write("growing.log", crypto.randomBytes(48 * MIB));
    const growing = setInterval(() => appendFileSync(path, "a line\n"), 20);
    t.teardown(() => clearInterval(growing));
    const sent = await maya.run("file", "send", "tea", path);
    clearInterval(growing);
    t.match(sent, { code: 1, stdout: "", stderr: /growing\.log is not what was shared/ });
    await until(async () => {
      const rows = await bob.core.request("file.list", { room: "tea", limit: 10 });
      return rows.length === 0 || rows.every(({ file }) => file?.unsharedBy);
    });
    t.match(await bob.run("file", "get", "tea", "growing.log"), { code: 1, stdout: "", stderr: /no file/ });
  });

  await t.test("C24: what is replaced after it was shared is given as it was, or not at all", async (t) => {
    const content = crypto.randomBytes(MIB);
    const path = write("plan", content);
    await maya.core.request("file.send", { room: "tea", paths: [path] });
    await bob.knows("plan");
    renameSync(write("other", crypto.randomBytes(MIB)), path);
    const got = await bob.run("file", "get", "tea", "plan", ...SOON);
    if (got.code === 0) t.ok(readFileSync(join(bob.downloads, "plan")).equals(content));
    else t.match(got, { code: 5, stdout: "", stderr: /waits: it was changed where it came from/ });
  });

  await t.test("C21: nobody has it: it says so, ends, and goes on by itself", async (t) => {
    const content = crypto.randomBytes(3 * MIB);
    await maya.core.request("file.send", { room: "tea", paths: [write("notes.txt", content)] });
    await bob.knows("notes.txt");
    await maya.run("daemon", "stop");
    const [bytes, file] = await Promise.all([
      bob.run("file", "get", "tea", "notes.txt", "-", ...SOON),
      bob.run("file", "get", "tea", "notes.txt", ...SOON),
    ]);
    t.match(bytes, { code: 5, stdout: "", stderr: /Nobody who has it is here/ });
    t.match(file, { code: 5, stdout: "", stderr: /^waits: nobody who has it is here\n.*\n.*goes on by itself/ });
    t.match(await bob.transfer("notes.txt"), { state: "paused", bytes: 0 });
    const waiting = bob.home.start(["file", "get", "tea", "notes.txt", "--wait"], bob.options);
    await stays(t, maya, "maya");
    const back = performance.now();
    await until(async () => (await bob.transfer("notes.txt"))?.state === "here", 20_000);
    t.comment(`here ${Math.round(performance.now() - back)} ms after the sender was back`);
    t.match(await waiting.done, { code: 0, stdout: `${join(bob.downloads, "notes.txt")}\n` });
    t.ok(readFileSync(join(bob.downloads, "notes.txt")).equals(content));
    t.same(
      readdirSync(bob.downloads).filter((name) => name.startsWith(".") && !name.includes(".part")),
      [],
    );
  });
});
