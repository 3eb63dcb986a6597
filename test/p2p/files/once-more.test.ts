// A transfer that was cancelled and is asked for again: what came the first time is gone, and is known to be.

import { readFileSync } from "node:fs";
import crypto from "hypercore-crypto";
import t from "tap";
import { BLOCK_BYTES } from "../../../src/p2p/files/layout.js";
import { TargetFiles } from "../../../src/p2p/files/target.js";
import { hex } from "../../../src/p2p/hex.js";
import { gate, type Person, people, sha } from "../../helpers/file-mates.js";
import { until } from "../../helpers/rooms.js";

const BLOCKS = 8;
const PASSED = 5;

t.test("nothing of the first file is looked for in the second", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const bytes = crypto.randomBytes(BLOCKS * BLOCK_BYTES);
  const path = ann.write("tea", bytes);
  const { message } = await ann.files.share(ann.mate.member, [path]);
  await until(() => ann.state(message.id)?.state === "shared");
  const { pass, open } = gate(PASSED);
  await ann.holdBack(message.id, path, pass);
  await bob.get(message.id);
  await until(() => (bob.state(message.id)?.bytes ?? 0) >= PASSED * BLOCK_BYTES, 60_000);
  await bob.files.drop(hex(message.id));
  t.equal(bob.state(message.id), null);

  const { read } = TargetFiles.prototype;
  let looks = 0;
  TargetFiles.prototype.read = function (...args) {
    looks += 1;
    return read.apply(this, args);
  };
  t.teardown(() => {
    TargetFiles.prototype.read = read;
  });
  await bob.get(message.id);
  open();
  await bob.here(message.id);
  t.equal(looks, 0, "not a block of it is read to see whether it is there");
  t.equal(sha(readFileSync(bob.state(message.id)!.path!)), sha(bytes));
});
