// One life of a sender or a getter, ended by being killed. argv: folder, room id, path to share or "-", share id or "-",
// and how long its disk takes for a block that somebody asks for, in ms.
// Says of each block of a file when it came over the wire: standard output is a pipe, so what was said has left.
import { setTimeout } from "node:timers/promises";
import Hypercore from "hypercore";
import { BLOCK_BYTES } from "../../src/p2p/files/layout.js";
import { SourceFiles } from "../../src/p2p/files/source.js";
import { hex } from "../../src/p2p/hex.js";
import { openCore } from "../../src/p2p/index.js";
import { until } from "./rooms.js";

const [folder, roomId, path, share, slowMs] = process.argv.slice(2) as [string, string, string, string, string];
const say = (line: string) => process.stdout.write(`${line}\n`);

const seen = new WeakSet<Hypercore>();
const { replicate } = Hypercore.prototype;
Hypercore.prototype.replicate = function (this: Hypercore, ...args: Parameters<typeof replicate>) {
  if (!seen.has(this)) {
    this.on("download", (index: number, bytes: number) => void (bytes >= BLOCK_BYTES && say(`block ${index}`)));
  }
  seen.add(this);
  return replicate.apply(this, args);
};

let disk = Promise.resolve();
const { read } = SourceFiles.prototype;
SourceFiles.prototype.read = async function (this: SourceFiles, block: number, pad: number) {
  // What is read in to be shared has no room for a nonce before it.
  if (pad > 0 && Number(slowMs) > 0) disk = disk.then(() => setTimeout(Number(slowMs)));
  await disk;
  return read.call(this, block, pad);
};

const core = await openCore({ folder, bootstrap: [], lan: true });
const member = core.room(roomId)!.member!;
say("open");
if (path !== "-") {
  const { message } = await core.files.share(member, [path]);
  await until(() => core.files.transfer(hex(message.id))?.state === "shared", 30_000);
  say(`shared ${hex(message.id)}`);
}
if (share !== "-") {
  const id = Buffer.from(share, "hex");
  await until(async () => (await member.message(id)).some(({ file }) => file !== null), 30_000);
  const row = (await member.message(id)).find(({ file }) => file !== null)!;
  await core.files.get(member, row, { folder: `${folder}/downloads`, to: null });
  await until(() => core.files.transfer(share)?.state === "here", 60_000);
  say(`here ${core.files.transfer(share)!.path}`);
}
setInterval(() => {}, 60_000);
