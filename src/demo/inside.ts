/**
 * A throw-away profile from inside: one process that is core and, for the friend, who talks. It lives as long as
 * whoever started it holds the other end of its standard input, and takes its folder away when it goes.
 */
import { writeSync } from "node:fs";
import { join } from "node:path";
import type { Paths } from "../config.js";
import { type CoreProcess, startCore } from "../daemon/core.js";
import type { LogLevel } from "../log.js";
import { connect, type RpcClient } from "../rpc/client.js";
import type { WireErrorData } from "../rpc/methods.js";
import { errorData } from "../rpc/server.js";
import { Echo } from "./echo.js";
import { removeHome } from "./home.js";

const FRIEND_ROOM = "demo";
/** The descriptor on which the process says, once, how it went. */
const REPORT_FD = 3;
/** Whoever left the room and tries again comes in by the same invite. */
const INVITE_USES = 100;

export type Report =
  | { readonly ok: true; readonly socket: string; readonly room: string | null; readonly invite: string | null }
  | { readonly ok: false; readonly error: WireErrorData };

export interface InsideOptions {
  readonly paths: Paths;
  readonly bootstrap: readonly string[] | null;
  readonly lan: boolean;
  readonly logLevel: LogLevel | null;
  readonly name: string;
  /** Makes a room and talks there; else only the profile of somebody who will. */
  readonly isFriend: boolean;
}

/** Resolves with the exit code. */
export async function runInside(options: InsideOptions): Promise<number> {
  const { paths } = options;
  let core: CoreProcess | null = null;
  let client: RpcClient | null = null;
  let isAlone = false;
  const onAlone = () => {
    isAlone = true;
    core?.stop("whoever started it has gone");
  };
  process.stdin.on("end", onAlone).on("error", onAlone).on("close", onAlone).resume();
  try {
    core = await startCore({
      paths,
      bootstrap: options.bootstrap ? [...options.bootstrap] : null,
      lan: options.lan,
      stays: true,
      ownsProcess: true,
      ...(options.logLevel ? { logLevel: options.logLevel } : {}),
      openBackend: async (backend) => (await import("../daemon/backend.js")).openBackend(backend),
    });
    if (isAlone) core.stop("whoever started it has gone");
    else {
      const { socket } = core;
      client = await connect(socket);
      const { room, invite } = await settleIn(client, () => connect(socket), options);
      say({ ok: true, socket: core.socket, room, invite });
    }
    return await core.done;
  } catch (error) {
    say({ ok: false, error: errorData(error) });
    core?.stop("it could not start");
    await core?.done;
    throw error;
  } finally {
    client?.close();
    // Else it would keep this process: whoever started it still holds the other end.
    process.stdin.destroy();
    removeHome(paths.home);
  }
}

async function settleIn(
  client: RpcClient,
  connectAgain: () => Promise<RpcClient>,
  { name, isFriend, paths }: InsideOptions,
) {
  await client.request("identity.create", { name });
  await client.request("identity.wordsSeen", {});
  if (!isFriend) return { room: null, invite: null };
  const { id } = await client.request("room.create", { name: FRIEND_ROOM, topic: "you and an echo" });
  const { link } = await client.request("room.invite", { room: id, uses: INVITE_USES });
  await Echo.start({
    client,
    connect: connectAgain,
    room: id,
    folder: join(paths.home ?? paths.data, "echo-files"),
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  });
  return { room: id, invite: link };
}

function say(report: Report): void {
  try {
    writeSync(REPORT_FD, `${JSON.stringify(report)}\n`);
  } catch {
    // Whoever wanted to know has gone; the end of standard input says so too.
  }
}
