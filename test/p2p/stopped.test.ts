import { mkdirSync } from "node:fs";
import t from "tap";
import { openCore } from "../../src/p2p/index.js";

t.test(
  "an undecodable block at the end of one's own log stops that room, quickly and said; the other one lives",
  async (t) => {
    const folder = t.testdir({});
    mkdirSync(`${folder}/ann`, { recursive: true, mode: 0o700 });
    const options = { folder: `${folder}/ann`, bootstrap: [], lan: false };
    const first = await openCore(options);
    await first.createIdentity("ann");
    const tea = await first.createRoom("tea", "", "group");
    const dev = await first.createRoom("dev", "", "group");
    // Straight into the log, past the library's own encoding.
    const raw = first.parts.store.get({ key: tea.member!.room.writerKey, valueEncoding: "binary" });
    await raw.ready();
    await raw.append(Buffer.from([99, 99, 99]));
    await raw.close();
    await first.close();

    const core = await openCore(options);
    t.teardown(() => core.close());
    const startedAt = performance.now();
    // Where the library already meets the block while it opens, the room is never there; else its first words fail.
    const { member, failed } = core.room(tea.id)!;
    if (member) await t.rejects(member.send("hi"), { code: "ROOM_STOPPED" });
    t.ok(performance.now() - startedAt < 5_000);
    t.match(member?.summary().stopReason ?? failed, /log/);
    t.equal((await core.room(dev.id)!.member!.send("hi")).state, "sent");
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const { user, system } = process.cpuUsage(before);
    t.ok((user + system) / 2_000_000 < 0.2, "and burns no processor");
  },
);
