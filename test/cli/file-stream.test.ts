// Bytes to standard output while the file is still on its way, from a sender whose disk is slow.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import crypto from "hypercore-crypto";
import createTestnet from "hyperdht/testnet.js";
import t from "tap";
import { BLOCK_BYTES } from "../../src/p2p/files/layout.js";
import { hex } from "../../src/p2p/hex.js";
import { openCore } from "../../src/p2p/index.js";
import { gate, holdBack, sha } from "../helpers/file-mates.js";
import { Home, until } from "../helpers/program.js";
import { stays } from "./file-people.js";

t.setTimeout(58_000);

const BLOCKS = 160;

t.test("the first bytes come before half of it is fetched, and all of them in order", async (t) => {
  const dir = t.testdir({ ann: {}, bob: {} });
  const net = await createTestnet(3, { host: "127.0.0.1" });
  t.teardown(() => net.destroy());
  mkdirSync(join(dir, "ann/profile"), { mode: 0o700 });
  const ann = await openCore({ folder: join(dir, "ann/profile"), bootstrap: net.bootstrap, lan: false });
  t.teardown(() => ann.close());
  await ann.createIdentity("ann");
  const home = new Home(t, join(dir, "bob"));
  const { host, port } = net.bootstrap[0]!;
  const options = { globals: ["--home", home.dir, "--no-lan", "--bootstrap", `${host}:${port}`] };
  const run = (...args: string[]) => home.run(args, options);
  const json = (...args: string[]) => home.json(args, options);
  const bob = await stays(t, { home, options, run, json }, "bob");
  const { id } = await ann.createRoom("tea", "", "group");
  await bob.core.request("room.join", { invite: (await ann.makeInvite(id, { uses: 1 })).link! });

  const content = crypto.randomBytes(BLOCKS * BLOCK_BYTES);
  const path = join(dir, "film.bin");
  writeFileSync(path, content);
  const member = ann.room(id)!.member!;
  const { message } = await ann.files.share(member, [path]);
  await bob.knows("film.bin");
  const { pass, open } = gate();
  const given: number[] = [];
  holdBack(await ann.files.cores(member, hex(message.id)), path, async (block) => {
    if (given.length >= BLOCKS / 2) await pass();
    given.push(block);
  });
  const { child, done } = home.start(["file", "get", "tea", "film.bin", "-"], options);
  const chunks: Buffer[] = [];
  child.stdout!.removeAllListeners("data").setEncoding("latin1");
  child.stdout!.on("data", (text: string) => chunks.push(Buffer.from(text, "latin1")));
  await until(() => chunks.length > 0, 30_000);
  t.ok((await bob.transfer("film.bin"))!.bytes <= content.byteLength / 2, "no more than half of it is here");
  open();
  t.match(await done, { code: 0, stderr: "" });
  t.equal(sha(Buffer.concat(chunks)), sha(content));
  t.not(String(given), String([...given].sort((a, b) => a - b)), "though blocks came in another order");
});
