// A member who says something else of themselves in a call again and again: heard, and not told a thousand times.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import b4a from "b4a";
import t from "tap";
import { openBackend } from "../../src/daemon/backend.js";
import { openLog } from "../../src/log.js";
import { encodeCallState } from "../../src/p2p/calls/call-state.js";
import type { CallInfo } from "../../src/rpc/methods.js";
import { eventually, Town } from "../helpers/cores.js";

const TIMES = 800;

t.test("the last word counts, and most of those before it are told to nobody", async (t) => {
  const town = new Town(t);
  const profileDir = join(town.folder, "ann");
  mkdirSync(profileDir, { mode: 0o700 });
  const log = openLog(join(profileDir, "core.log"));
  const ann = await openBackend({
    profileDir,
    profile: "default",
    bootstrap: [],
    lan: true,
    log,
    version: "0.0.0",
  });
  t.teardown(() => ann.close());
  await ann.handlers["identity.create"]({ name: "ann" });
  const { id } = await ann.handlers["room.create"]({ name: "tea" });
  const { link } = await ann.handlers["room.invite"]({ room: id });
  await town.join("mal", id, link!);
  await eventually(async () => (await ann.handlers["room.members"]({ room: id })).length === 2);

  const calls: (CallInfo | null)[] = [];
  ann.subscribe((event) => {
    if (event.type === "call") calls.push(event.call);
  });
  await eventually(() => town.member("mal", id).peers.hereWriters().size === 1);
  const [toAnn] = town.member("mal", id).peers.hereWriters().values();
  const say = (isMuted: boolean, ageMs: number) =>
    toAnn!.sendCall(
      encodeCallState({
        call: b4a.alloc(16, 1),
        isIn: true,
        isMuted,
        declines: false,
        ageMs,
        loss: { percent: 0, run: 1 },
        ...{ sent: 0, copies: 0, wantsDirect: false, wasLast: false },
      }),
    );
  for (let i = 0; i < TIMES; i++) say(i % 2 === 0, Number.MAX_SAFE_INTEGER);
  await eventually(() => calls.at(-1)?.others[0]?.muted === false);
  t.ok(calls.length < TIMES / 8, `${calls.length} of ${TIMES}`);
  t.ok(Date.parse(calls.at(-1)!.startedAt) > 0, "and since a moment there was");
});
