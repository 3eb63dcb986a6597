/** Rooms as Tab offers them: of the core that runs, and none where it does not answer at once. */
import { resolvePaths } from "../config.js";
import { findCore } from "../daemon/ensure.js";
import type { RpcClient } from "../rpc/client.js";
import type { RoomInfo } from "../rpc/methods.js";
import { safeName } from "../safe-text.js";

/** Whoever presses Tab waits no longer than this for a core. */
const LIMIT_MS = 300;
const ID_CHARS = 12;

/** Which profile, as far as the line says. */
export interface Where {
  readonly home: string | null;
  readonly profile: string | null;
}

/** Never starts a core, never throws, and ends in time: a connection that is still being made ends with this process. */
export async function knownRooms(where: Where, limitMs = LIMIT_MS): Promise<readonly string[]> {
  const late = Promise.withResolvers<readonly string[]>();
  const timer = setTimeout(() => late.resolve([]), limitMs);
  try {
    return await Promise.race([roomsOf(where), late.promise]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}

async function roomsOf(where: Where): Promise<readonly string[]> {
  const client: RpcClient | null = await findCore(resolvePaths(where));
  if (!client) return [];
  try {
    return wordsFor(await client.request("room.list", {}));
  } finally {
    client.close();
  }
}

/** The name where it names that room alone and is what it looks like; else the beginning of the id, which does too. */
export function wordsFor(rooms: readonly Pick<RoomInfo, "id" | "name">[]): readonly string[] {
  return rooms.map(({ id, name }) => {
    const isAlone = rooms.every((other) => other.id === id || other.name !== name);
    // A name comes from others: what would be changed to be shown is not put on anybody's command line.
    const isPlain = name !== "" && safeName(name) === name && !name.startsWith("-");
    return isAlone && isPlain ? name : id.slice(0, ID_CHARS);
  });
}
