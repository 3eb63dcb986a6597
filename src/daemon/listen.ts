/** The socket a core listens at: in a private folder, never in the place of anything that is no socket of ours. */
import { lstatSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { privateFolder, tightenMode } from "../config.js";
import { KeetError } from "../errors.js";
import { dial } from "../rpc/transport.js";

const DIAL_MS = 2_000;

export interface Listening {
  readonly path: string;
  /** The socket can still be found at its path. */
  isThere(): boolean;
  /** Hangs up on nobody: accepted connections live on. */
  close(): void;
}

/**
 * Call it under the store's lock: a socket that refuses there belongs to nobody.
 * @throws SOCKET_PATH_TAKEN, SOCKET_IN_USE, FOLDER_NOT_PRIVATE
 */
export async function listen(path: string, onSocket: (socket: Socket) => void): Promise<Listening> {
  const isPipe = process.platform === "win32";
  if (!isPipe) {
    privateFolder(dirname(path), { link: false });
    await clear(path);
  }
  const server = createServer({ pauseOnConnect: false }, onSocket);
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen({ path, readableAll: false, writableAll: false }, () => {
      server.off("error", failed);
      done();
    });
  });
  server.on("error", () => {});
  if (!isPipe) tightenMode(path);
  const made = isPipe ? null : lstatSync(path).ino;
  return {
    path,
    isThere: () => isPipe || (made !== null && lstatSync(path, { throwIfNoEntry: false })?.ino === made),
    close: () => closeKeepingOthers(server, path, made),
  };
}

async function clear(path: string): Promise<void> {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (!there) return;
  if (!there.isSocket()) {
    throw new KeetError("user", "SOCKET_PATH_TAKEN", `${path} is in the way: it is no socket`, {
      hint: "It was left alone. Move it away and start again.",
      data: { path },
    });
  }
  try {
    (await dial(path, DIAL_MS)).destroy();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return;
    if (code === "ECONNREFUSED") {
      rmSync(path, { force: true });
      return;
    }
    throw inUse(path, error);
  }
  throw inUse(path, null);
}

function inUse(path: string, cause: unknown): KeetError {
  return new KeetError("storage", "SOCKET_IN_USE", `Another program listens at ${path}`, {
    hint: "It was left alone. Use another --profile, or end that program.",
    data: { path },
    ...(cause ? { cause } : {}),
  });
}

/** Node removes the file at the path when a server closes, whoever's it is by now. */
function closeKeepingOthers(server: Server, path: string, made: number | null): void {
  const there = made === null ? undefined : lstatSync(path, { throwIfNoEntry: false });
  if (there && there.ino !== made) server.unref();
  else server.close();
}
