/** A home whose core is the stand-in. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Test } from "tap";
import { resolvePaths } from "../../src/config.js";
import { findCore } from "../../src/daemon/ensure.js";
import type { RoomInfo } from "../../src/rpc/methods.js";
import { Home, until } from "../helpers/program.js";

const script = fileURLToPath(new URL("stand-in-core.js", import.meta.url));

export interface StandIn {
  readonly home: Home;
  readonly room: RoomInfo;
  /** The params of the last request of that name. */
  asked(method: string): Record<string, unknown> | null;
  /** Makes of the core what the test needs; see `draft.set` there. */
  wish(wish: { post?: object[]; missing?: number[]; room?: object }): Promise<void>;
}

/** With one room, `tea`, of five people: maya (this one), bob (here), eve, and two who look like dana. */
export async function standIn(t: Test): Promise<StandIn> {
  const dir = t.testdir();
  const home = new Home(t, dir);
  const core = spawn(process.execPath, [script, JSON.stringify({ home: dir })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => core.kill("SIGKILL"));
  let said = "";
  core.stdout.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  await until(() => said.includes("ready\n"));
  const client = await findCore(resolvePaths({ home: dir }));
  if (!client) throw new Error("the core cannot be reached");
  t.teardown(() => client.close());
  const room = await client.request("room.create", { name: "tea" });
  return {
    home,
    room,
    asked(method) {
      const lines = said.split("\n").filter((line) => line.startsWith(`{"method":"${method}"`));
      const last = lines.at(-1);
      return last === undefined ? null : JSON.parse(last).params;
    },
    async wish(wish) {
      await client.request("draft.set", { room: room.id, text: JSON.stringify(wish), cursor: 0 });
    },
  };
}
