// A core that a one-shot started stays for a file that it shares, until somebody else has it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import crypto from "hypercore-crypto";
import t from "tap";
import { shortFolder, until } from "../helpers/program.js";
import { inOneRoom, rows } from "./two-people.js";

t.setTimeout(58_000);

t.test("one command shares a file, another gets it later, and then both cores go", async (t) => {
  const { maya, bob } = await inOneRoom(t);
  const path = join(shortFolder(t), "tea.bin");
  writeFileSync(path, crypto.randomBytes(2 ** 20));
  const sent = await maya.run("file", "send", "tea", path);
  t.match(sent, {
    code: 0,
    stderr:
      /tea: tea\.bin is on no other device yet.*; this core stays up to 10 minutes for it\. To keep it: .*daemon --detach/,
  });
  const [mayas] = maya.home.cores();
  await until(async () => (await rows(bob)).some(({ file }) => file?.name === "tea.bin"), 20_000);
  await until(() => bob.home.cores().length === 0, 20_000);
  t.same(maya.home.cores(), [mayas], "bob's core, which was left later, has gone; maya's is still there");
  const got = await bob.run("file", "get", "tea", "tea.bin");
  t.match(got, { code: 0, stdout: `${join(bob.home.dir, "Downloads", "tea.bin")}\n`, stderr: "" });
  await until(() => [...maya.home.cores(), ...bob.home.cores()].length === 0, 20_000);
});
