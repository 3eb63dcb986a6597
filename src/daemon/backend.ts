/** The core as the wire shows it: keys become hex, moments ISO 8601, rooms are found by name or id. */
import { KeetError } from "../errors.js";
import { type Core, type Late, openCore } from "../p2p/index.js";
import type { Backend } from "../rpc/backend.js";
import type { CoreEvent, MessageInfo } from "../rpc/methods.js";
import type { OpenBackend } from "./backend-door.js";
import { makeHandlers } from "./handlers.js";
import { memberInfos, messageInfo, networkInfo, personInfo, roomInfo, Shapes } from "./shapes.js";

const ROOM_EVENT_MS = 40;
const MAX_EVENT_ROWS = 100;

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
  /** Events that need reads first keep their order, room by room. */
  readonly #lines = new Map<string, Promise<unknown>>();

  constructor(core: Core) {
    this.#core = core;
    this.handlers = makeHandlers(core);
    core.on("room", (id: string) => this.#roomChanged(id));
    core.on("room-gone", (id: string) => this.#tell({ type: "room-gone", room: id }));
    core.on("timeline", (id: string, { from, total }: { from: number; total: number }) =>
      this.#inOrder(id, () => this.#timeline(id, from, total)),
    );
    core.on("marks", (id: string, places: readonly number[]) => this.#inOrder(id, () => this.#marks(id, places)));
    core.on("late", (id: string, late: readonly Late[]) => this.#inOrder(id, () => this.#late(id, late)));
    core.on("arriving", (id: string, message) =>
      this.#tell({ type: "arriving", room: id, message: messageInfo(id, message) }),
    );
    core.on("arriving-gone", (id: string, { writer, id: messageId }) =>
      this.#tell({ type: "arriving-gone", room: id, writer: Shapes.hex(writer), id: Shapes.hex(messageId) }),
    );
    core.on("states", (id: string, states) =>
      this.#inOrder(id, async () => this.#tell({ type: "states", room: id, states })),
    );
    core.on("members", (id: string) => this.#inOrder(id, () => this.#members(id)));
    core.on("typing", (id: string) => this.#inOrder(id, () => this.#typing(id)));
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
    const work: string[] = [];
    for (const room of this.#core.rooms()) {
      const name = room.name || room.id.slice(0, 8);
      if (room.waitsFor) work.push(`${name}: still joining (${room.waitsFor})`);
      if (room.doorUntil !== null) work.push(`${name}: an invite can still be used`);
      if (room.member?.hasUndelivered) work.push(`${name}: something you sent has reached nobody yet`);
    }
    return work;
  }

  async close(): Promise<void> {
    if (this.#roomTimer) clearTimeout(this.#roomTimer);
    await this.#core.close();
  }

  #tell(event: CoreEvent): void {
    for (const listener of this.#listeners) listener(event);
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

  #inOrder(id: string, run: () => Promise<void>): void {
    const next = (this.#lines.get(id) ?? Promise.resolve())
      .then(run)
      .catch((error) => this.#core.emit("warning", error));
    this.#lines.set(id, next);
  }

  async #timeline(id: string, from: number, total: number): Promise<void> {
    const member = this.#core.room(id)?.member;
    if (!member) return;
    const isShort = total - from <= MAX_EVENT_ROWS;
    const messages = isShort ? (await member.messages(from, total)).map((message) => messageInfo(id, message)) : null;
    this.#tell({ type: "timeline", room: id, from, total, messages });
  }

  async #marks(id: string, places: readonly number[]): Promise<void> {
    const member = this.#core.room(id)?.member;
    if (!member) return;
    if (places.length > MAX_EVENT_ROWS) {
      this.#tell({ type: "timeline", room: id, from: places[0]!, total: member.room.total, messages: null });
      return;
    }
    const messages: MessageInfo[] = [];
    for (const place of places) {
      for (const message of await member.messages(place, place + 1)) messages.push(messageInfo(id, message));
    }
    this.#tell({ type: "changed", room: id, messages });
  }

  async #late(id: string, late: readonly Late[]): Promise<void> {
    const member = this.#core.room(id)?.member;
    if (!member) return;
    for (const { writer, count, place } of late) {
      const { identity } = await member.room.author(Buffer.from(writer, "hex"));
      const author = personInfo(identity, await member.room.nameOf(identity));
      this.#tell({ type: "late", room: id, author, count, position: place });
    }
  }

  async #members(id: string): Promise<void> {
    const member = this.#core.room(id)?.member;
    if (member) this.#tell({ type: "members", room: id, members: memberInfos(await member.members()) });
  }

  async #typing(id: string): Promise<void> {
    const member = this.#core.room(id)?.member;
    if (!member) return;
    const who = await Promise.all(
      member.peers.typingOf().map(async (identity) => personInfo(identity, await member.room.nameOf(identity))),
    );
    this.#tell({ type: "typing", room: id, who });
  }
}
