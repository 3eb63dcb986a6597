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

t.test("a room stopped by its own damaged log goes on after a repair, with all that was said", async (t) => {
  const folder = t.testdir({});
  for (const name of ["ann", "bob"]) mkdirSync(`${folder}/${name}`, { recursive: true, mode: 0o700 });
  const optionsOf = (name: string) => ({ folder: `${folder}/${name}`, bootstrap: [], lan: false });
  const first = await openCore(optionsOf("ann"));
  await first.createIdentity("ann");
  const { id, member: before } = await first.createRoom("tea", "", "group");
  await before!.send("said before the damage");
  const raw = first.parts.store.get({ key: before!.room.writerKey, valueEncoding: "binary" });
  await raw.ready();
  await raw.append(Buffer.from([99, 99, 99]));
  await raw.close();
  await first.close();

  const core = await openCore(optionsOf("ann"));
  t.teardown(() => core.close());
  const damaged = core.room(id)!;
  if (damaged.member) await t.rejects(damaged.member.send("lost?"), { code: "ROOM_STOPPED" });
  const done = await core.repairRoom(id);
  t.match(done.join("\n"), /new one from now on, and the old one is kept/);
  const { member } = core.room(id)!;
  t.equal((await member!.send("said after it")).state, "sent");
  const texts = (await member!.messages(0, 100)).map(({ text }) => text).filter(Boolean);
  t.same(
    texts.filter((text) => text.startsWith("said")),
    ["said before the damage", "said after it"],
  );
  t.equal(member!.summary().role, "owner", "and it is the same person");
  t.equal((await member!.members())[0]!.devices, 2);
});
