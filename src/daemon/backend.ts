/** The core as the wire shows it: keys become hex, moments ISO 8601, rooms are found by name or id. */
import { KeetError } from "../errors.js";
import { type Core, openCore, type TransferInfo as Transfer } from "../p2p/index.js";
import type { Backend } from "../rpc/backend.js";
import type { CoreEvent } from "../rpc/methods.js";
import type { OpenBackend } from "./backend-door.js";
import { callInfo } from "./call-handlers.js";
import { makeHandlers } from "./handlers.js";
import { openWorkOf } from "./open-work.js";
import { RoomEvents } from "./room-events.js";
import { messageInfo, networkInfo, roomInfo, Shapes, transferInfo } from "./shapes.js";

const ROOM_EVENT_MS = 40;
const CALL_EVENT_MS = 50;

export const openBackend: OpenBackend = async ({ profileDir, bootstrap, lan, log }) => {
  const core = await openCore({ folder: profileDir, bootstrap: bootstrap?.map(parseHost) ?? null, lan });
  core.on("warning", (error: unknown) => log.warn(error));
  return new CoreBackend(core);
};

function parseHost(text: string): { host: string; port: number } {
  const match = /^(.+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!match || port < 1 || port > 65_535) {
    throw new KeetError("user", "USAGE", `"${text}" is no host:port.`, {
      hint: "For example --bootstrap 127.0.0.1:49737.",
    });
  }
  return { host: match[1]!, port };
}

class CoreBackend implements Backend {
  readonly handlers;
  readonly #core: Core;
  readonly #listeners = new Set<(event: CoreEvent) => void>();
  readonly #changedRooms = new Set<string>();
  #roomTimer: NodeJS.Timeout | null = null;
  readonly #callTimers = new Map<string, NodeJS.Timeout>();

  constructor(core: Core) {
    this.#core = core;
    this.handlers = makeHandlers(core);
    new RoomEvents(core, (event) => this.#tell(event));
    core.on("room", (id: string) => this.#roomChanged(id));
    core.on("room-gone", (id: string) => this.#tell({ type: "room-gone", room: id }));
    core.on("arriving", (id: string, message) =>
      this.#tell({ type: "arriving", room: id, message: messageInfo(id, message) }),
    );
    core.on("arriving-gone", (id: string, { writer, id: messageId }) =>
      this.#tell({ type: "arriving-gone", room: id, writer: Shapes.hex(writer), id: Shapes.hex(messageId) }),
    );
    core.on("transfer", (info: Transfer) => {
      const { room, writer, share: id } = info;
      this.#tell({ type: "transfers", room, transfers: [{ writer, id, transfer: transferInfo(info) }] });
    });
    core.on("transfer-gone", ({ room, writer, share: id }: Pick<Transfer, "room" | "writer" | "share">) =>
      this.#tell({ type: "transfers", room, transfers: [{ writer, id, transfer: null }] }),
    );
    core.on("call", (room: string) => this.#callChanged(room));
    core.on("network", () => this.#tell({ type: "network", network: networkInfo(core.networkState()) }));
    core.on("identity", () => {
      const { identity } = core;
      if (identity) this.#tell({ type: "identity", identity: Shapes.identity(identity) });
    });
    core.on("notice", (room: string | null, text: string, level: "info" | "warning") =>
      this.#tell({ type: "notice", room, text, level }),
    );
  }

  subscribe(listener: (event: CoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  openWork(): readonly string[] {
    return openWorkOf(this.#core);
  }

  async close(): Promise<void> {
    if (this.#roomTimer) clearTimeout(this.#roomTimer);
    for (const timer of this.#callTimers.values()) clearTimeout(timer);
    await this.#core.close();
  }

  #tell(event: CoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** A member can say something else of themselves a thousand times a second; nobody has to hear of each. */
  #callChanged(id: string): void {
    if (this.#callTimers.has(id)) return;
    const timer = setTimeout(() => {
      this.#callTimers.delete(id);
      void callInfo(this.#core, id)
        .then((call) => this.#tell({ type: "call", room: id, call }))
        .catch(() => {});
    }, CALL_EVENT_MS);
    this.#callTimers.set(id, timer);
  }

  /** Many things change a room's counts at once; one event is enough for all of them. */
  #roomChanged(id: string): void {
    this.#changedRooms.add(id);
    this.#roomTimer ??= setTimeout(() => {
      this.#roomTimer = null;
      for (const changed of this.#changedRooms) {
        const room = this.#core.room(changed);
        if (room) this.#tell({ type: "room", room: roomInfo(room) });
      }
      this.#changedRooms.clear();
    }, ROOM_EVENT_MS);
  }
}
