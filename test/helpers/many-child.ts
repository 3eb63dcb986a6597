/**
 * Several people in one process, each with a core of their own.
 *   node many-child.js '{"folder":"…","names":["a","b"],"bootstrap":[…],"link":"keet-tui://join/…"}'
 * Says {joined: count} when all are in, and {heard: text} when a message is with every one of them; does {say, by} and {end}.
 */
import { mkdirSync } from "node:fs";
import { type Core, openCore } from "../../src/p2p/index.js";
import { until } from "./rooms.js";

const LIMIT_MS = 240_000;
const { folder, names, bootstrap, link } = JSON.parse(process.argv[2] ?? "{}");
const cores: Core[] = [];
let room = "";
for (const name of names as string[]) {
  mkdirSync(`${folder}/${name}`, { recursive: true, mode: 0o700 });
  const core = await openCore({ folder: `${folder}/${name}`, bootstrap, lan: false });
  cores.push(core);
  await core.createIdentity(name);
  room = (await core.joinRoom(link)).id;
  await until(() => core.room(room)?.waitsFor === null, LIMIT_MS);
}
const memberOf = (core: Core) => core.room(room)!.member!;

process.on("message", (asked: { say?: string; by?: number; hear?: string; members?: number; end?: true }) => {
  void answer(asked).catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
});

async function answer({
  say,
  by = 0,
  hear,
  members,
  end,
}: {
  say?: string;
  by?: number;
  hear?: string;
  members?: number;
  end?: true;
}) {
  if (members) {
    await until(() => cores.every((core) => memberOf(core).room.writers.size === members), LIMIT_MS);
    process.send!({ members, peers: cores.map((core) => core.networkState().peers) });
  }
  if (say) await memberOf(cores[by]!).send(say);
  if (hear) {
    await until(async () => {
      const pages = await Promise.all(
        cores.map((core) => memberOf(core).messages(memberOf(core).room.total - 20, memberOf(core).room.total)),
      );
      return pages.every((page) => page.some(({ text }) => text === hear));
    }, LIMIT_MS);
    process.send!({ heard: hear });
  }
  if (end) {
    await Promise.all(cores.map((core) => core.close()));
    process.disconnect();
  }
}
process.send!({ joined: cores.length });
