// A core that sends as fast as it may, four at a time, and says of each message when it was acknowledged.
// argv: folder, room id, round. Ends by being killed.
import { openCore } from "../../src/p2p/index.js";

const [folder, roomId, round] = process.argv.slice(2) as [string, string, string];
const startedAt = performance.now();
const core = await openCore({ folder, bootstrap: [], lan: false });
const member = core.room(roomId)!.member!;
process.stdout.write(`open ${Math.round(performance.now() - startedAt)}\n`);

let count = 0;
async function sendOn(): Promise<void> {
  for (;;) {
    const text = `${round}.${count++}`;
    const { state } = await member.send(text);
    if (state === "sent") process.stdout.write(`ack ${text}\n`);
  }
}
await Promise.all([sendOn(), sendOn(), sendOn(), sendOn()]);
