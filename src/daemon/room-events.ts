/** What changed in the rooms, told in as few events as say it: what waits while rows are read is put together. */
import type { EventEmitter } from "node:events";
import type { Core, Late } from "../p2p/index.js";
import type { CoreEvent, MessageInfo, MessageState } from "../rpc/methods.js";
import { memberInfos, messageInfo, personInfo } from "./shapes.js";

/** More rows than this are not told but said to be other than they were. */
const MAX_EVENT_ROWS = 100;

interface State {
  readonly id: string;
  readonly state: MessageState;
  readonly reason: string | null;
}

/** What of one room waits to be told; no more than this is kept, however much happens meanwhile. */
interface Waiting {
  timeline: { from: number; total: number } | null;
  readonly places: Set<number>;
  /** The latest state of each own message. */
  readonly states: Map<string, State>;
  /** By writer: how many in all, and the first place. */
  readonly late: Map<string, Late>;
  members: boolean;
  typing: boolean;
}

type Rooms = Pick<Core, "room"> & Pick<EventEmitter, "on" | "emit">;

export class RoomEvents {
  readonly #core: Rooms;
  readonly #tell: (event: CoreEvent) => void;
  readonly #waiting = new Map<string, Waiting>();
  readonly #telling = new Set<string>();

  constructor(core: Rooms, tell: (event: CoreEvent) => void) {
    this.#core = core;
    this.#tell = tell;
    core.on("timeline", (id: string, { from, total }: { from: number; total: number }) =>
      this.#note(id, (waiting) => {
        waiting.timeline = { from: Math.min(from, waiting.timeline?.from ?? from), total };
      }),
    );
    core.on("marks", (id: string, places: readonly number[]) =>
      this.#note(id, (waiting) => {
        for (const place of places) waiting.places.add(place);
      }),
    );
    core.on("states", (id: string, states: readonly State[]) =>
      this.#note(id, (waiting) => {
        for (const state of states) waiting.states.set(state.id, state);
      }),
    );
    core.on("late", (id: string, late: readonly Late[]) =>
      this.#note(id, (waiting) => {
        for (const more of late) waiting.late.set(more.writer, together(waiting.late.get(more.writer), more));
      }),
    );
    core.on("members", (id: string) =>
      this.#note(id, (waiting) => {
        waiting.members = true;
      }),
    );
    core.on("typing", (id: string) =>
      this.#note(id, (waiting) => {
        waiting.typing = true;
      }),
    );
  }

  #note(id: string, add: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id) ?? nothing();
    add(waiting);
    this.#waiting.set(id, waiting);
    if (this.#telling.has(id)) return;
    this.#telling.add(id);
    void this.#tellAll(id);
  }

  /** Rows first: what is told of them afterwards finds them there. */
  async #tellAll(id: string): Promise<void> {
    // One turn later, so that what one change brings about is told together.
    await null;
    for (let next = this.#take(id); next; next = this.#take(id)) {
      const { timeline, places, states, late, members, typing } = next;
      if (timeline) await this.#try(() => this.#timeline(id, timeline));
      if (places.size > 0) await this.#try(() => this.#marks(id, [...places]));
      if (states.size > 0) this.#tell({ type: "states", room: id, states: [...states.values()] });
      if (late.size > 0) await this.#try(() => this.#late(id, [...late.values()]));
      if (members) await this.#try(() => this.#members(id));
      if (typing) await this.#try(() => this.#typing(id));
    }
    this.#telling.delete(id);
  }

  #take(id: string): Waiting | null {
    const waiting = this.#waiting.get(id) ?? null;
    this.#waiting.delete(id);
    return waiting;
  }

  async #try(tell: () => Promise<void>): Promise<void> {
    try {
      await tell();
    } catch (error) {
      this.#core.emit("warning", error);
    }
  }

  async #timeline(id: string, { from, total }: { from: number; total: number }): Promise<void> {
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
      const from = places.reduce((least, place) => Math.min(least, place));
      this.#tell({ type: "timeline", room: id, from, total: member.room.total, messages: null });
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

function together(before: Late | undefined, more: Late): Late {
  if (!before) return more;
  return { ...more, count: before.count + more.count, place: Math.min(before.place, more.place) };
}

function nothing(): Waiting {
  return { timeline: null, places: new Set(), states: new Map(), late: new Map(), members: false, typing: false };
}
