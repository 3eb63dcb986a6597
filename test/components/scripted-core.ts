/** The wire's other side in this process: it answers what a test wrote and tells what a test says. No rules of its own. */
import { KeetError } from "../../src/errors.js";
import type {
  CallInfo,
  CoreEvent,
  DebugRoom,
  Draft,
  IdentityInfo,
  InviteInfo,
  MemberInfo,
  MessageInfo,
  MethodName,
  NetworkInfo,
  ReplyInfo,
  RoomInfo,
} from "../../src/rpc/methods.js";
import type { CoreLink } from "../../src/state/core-link.js";
import { plainFile, plainMessage, plainRoom, transfer } from "../helpers/wire.js";

export const MAYA = { id: "aa".repeat(32), name: "maya" };
export const ALICE = { id: "01".repeat(32), name: "alice" };
export const BOB = { id: "02".repeat(32), name: "bob" };

export function idOf(number: number): string {
  return number.toString(16).padStart(32, "0");
}

export function message(number: number, change: Partial<MessageInfo> = {}): MessageInfo {
  const author = change.author ?? ALICE;
  const isMine = author.id === MAYA.id;
  const sentAt = new Date(Date.UTC(2026, 10, 24, 9, number)).toISOString();
  return plainMessage(
    { id: idOf(number), room: "tea", author, sentAt, text: `message ${number}`, writer: author.id },
    { state: isMine ? "delivered" : null, mine: isMine, position: number, ...change },
  );
}

export function room(id: string, change: Partial<RoomInfo> = {}): RoomInfo {
  return plainRoom(id, id, { members: 4, peers: 3, ...change });
}

export function member(person: { id: string; name: string }, change: Partial<MemberInfo> = {}): MemberInfo {
  return {
    ...person,
    role: "member",
    here: true,
    mine: person.id === MAYA.id,
    devices: 1,
    seenAt: null,
    blocked: false,
    tag: null,
    ...change,
  };
}

/** The call of a room with these in it, as the core tells it; not this device unless `change` says so. */
export function callIn(
  roomId: string,
  people: readonly { id: string; name: string }[],
  change: Partial<CallInfo> = {},
): CallInfo {
  const others = people.map((person) => ({
    ...person,
    ...{ writer: person.id, muted: false, mine: person.id === MAYA.id, lossPercent: 0, lossRun: 1, rttMs: 20 },
  }));
  const startedAt = new Date(NOW - 2_000).toISOString();
  const none = { here: false, muted: false, declined: false, declinedBy: [] };
  return { room: roomId, id: `call-of-${roomId}`, startedAt, ...none, others, ...change };
}

/** The answer as a core tells it: what it answers, as that is now. */
export function replyTo(
  answered: MessageInfo,
  change: Partial<ReplyInfo> = {},
): Pick<MessageInfo, "replyTo" | "reply"> {
  const { id, writer, author, file, deleted, blocked, position } = answered;
  const text = file ? file.name : answered.text.slice(0, 200);
  const isFile = file !== null;
  const reply = { id, writer, found: true, author, text, isFile, deleted, blocked, position, ...change };
  return { replyTo: id, reply };
}

const DEBUG_ROOM: DebugRoom = {
  ...{ id: "0123abcd", kind: "group", state: "open", role: "owner", members: 4, writers: 5, activeWriters: 4 },
  ...{ indexers: 3, connected: 2, rows: 42, viewLength: 50, signedLength: 48, ownLength: 7, behind: 0, fetched: null },
  ...{ stalled: false, pending: 1, failed: 2, divergences: 0, leftOut: { unreadable: 2 } },
};

type Handler = (params: Record<string, unknown>) => unknown;

/** One core over any number of connections to it. */
export class ScriptedCore {
  identity: IdentityInfo | null = {
    ...MAYA,
    device: "maya-laptop",
    fingerprint: "ab12 cd34 ef56 7890 abcd",
    wordsSeen: true,
  };
  network: NetworkInfo = { state: "online", peers: 3, reason: null, interfaces: [] };
  rooms: RoomInfo[] = [];
  members: MemberInfo[] = [member(MAYA, { role: "owner" }), member(ALICE), member(BOB, { here: false })];
  invites: InviteInfo[] = [];
  readonly calls = new Map<string, CallInfo>();
  readonly messages = new Map<string, MessageInfo[]>();
  readonly drafts = new Map<string, Draft>();
  readonly asked: { readonly method: string; readonly params: Record<string, unknown> }[] = [];
  /** Answers in place of the usual ones; a promise that never settles is a core that does not answer. */
  readonly answers: Partial<Record<MethodName, Handler>> = {};
  /** Sent messages get a place in the order at once; false leaves them `pending`. */
  ordersAtOnce = true;
  #links = new Set<ScriptedLink>();
  #run = 1;
  #seq = 0;

  connect = async (): Promise<CoreLink> => {
    const link = new ScriptedLink(this, () => this.#links.delete(link));
    this.#links.add(link);
    return link as unknown as CoreLink;
  };

  get run(): string {
    return `run-${this.#run}`;
  }

  get seq(): number {
    return this.#seq;
  }

  tell(event: CoreEvent): void {
    this.#seq += 1;
    for (const link of this.#links) link.hear(event, { run: this.run, seq: this.#seq });
  }

  /** As by kill -9: connections end, what it told before is forgotten. */
  die(): void {
    this.#run += 1;
    this.#seq = 0;
    for (const link of [...this.#links]) link.end();
  }

  /** A message of somebody comes into a room. */
  say(roomId: string, text: string, change: Partial<MessageInfo> = {}): MessageInfo {
    const rows = this.messages.get(roomId) ?? [];
    const said = message(rows.length, { room: roomId, text, ...change, position: rows.length });
    this.messages.set(roomId, [...rows, said]);
    this.tell({ type: "timeline", room: roomId, from: rows.length, total: rows.length + 1, messages: [said] });
    return said;
  }

  /** A row is other than it was, as an answer and as an event. */
  change(named: Record<string, unknown>, change: Partial<MessageInfo>): MessageInfo {
    const old = this.#find(named);
    const changed = { ...old, ...change };
    const rows = this.messages.get(old.room) ?? [];
    this.messages.set(
      old.room,
      rows.map((row) => (row === old ? changed : row)),
    );
    this.tell({ type: "changed", room: old.room, messages: [changed] });
    return changed;
  }

  #find({ room: id, id: messageId, writer }: Record<string, unknown>): MessageInfo {
    const rows = this.messages.get(String(id)) ?? [];
    const found = rows.find((row) => row.id === messageId && (writer === undefined || row.writer === writer));
    if (!found) throw new KeetError("user", "NO_SUCH_MESSAGE", "That message is not here.");
    return found;
  }

  answer(method: string, params: Record<string, unknown>): unknown {
    this.asked.push({ method, params });
    const special = this.answers[method as MethodName];
    if (special) return special(params);
    const handler = this.#handlers[method];
    if (!handler) throw new KeetError("user", "NOT_SUPPORTED_YET", `${method} is not scripted`);
    return handler(params);
  }

  readonly #handlers: Readonly<Record<string, Handler>> = {
    "identity.show": () => this.identity,
    "identity.create": ({ name }) => {
      this.identity = { ...MAYA, name: String(name), device: "here", fingerprint: "ab12 cd34", wordsSeen: false };
      return this.identity;
    },
    "identity.words": () => ({ words: Array.from({ length: 24 }, (_, index) => `word${index + 1}`) }),
    "identity.wordsSeen": () => null,
    "identity.rename": ({ name }) => {
      this.identity = { ...this.identity!, name: String(name) };
      return this.identity;
    },
    network: () => this.network,
    debug: ({ room: id }) => ({
      ...{ node: "24.0.0", upMs: 7_200_000, rssBytes: 120e6, heapBytes: 20e6, rooms: this.rooms.length },
      ...{ network: this.network.state, peers: this.network.peers },
      room: id === undefined ? null : DEBUG_ROOM,
    }),
    "room.list": () => this.rooms,
    "room.show": ({ room: id }) => ({
      ...this.#room(id),
      createdAt: null,
      signedLength: 1,
      viewLength: 1,
      viewHash: "ab",
      indexers: 1,
      signers: [],
      risk: null,
      has: [],
      divergences: [],
      leftOut: {},
    }),
    "room.create": ({ name }) => {
      const made = room(String(name), { members: 1, peers: 0 });
      this.rooms = [...this.rooms, made];
      this.tell({ type: "room", room: made });
      return made;
    },
    "room.join": () => {
      const joined = room("joined");
      this.rooms = [...this.rooms, joined];
      return joined;
    },
    "room.leave": ({ room: id }) => {
      this.rooms = this.rooms.filter((one) => one.id !== id);
      this.tell({ type: "room-gone", room: String(id) });
      return null;
    },
    "room.members": () => this.members,
    "room.read": () => null,
    "room.typing": () => null,
    "room.invite": ({ uses, expiresMs }) => {
      const made: InviteInfo = {
        id: `invite${this.invites.length}`,
        link: `keet-tui://join/${"yryxtqabcd".repeat(15)}`,
        by: MAYA,
        uses: (uses as number) ?? 1,
        used: 0,
        expiresAt: new Date(NOW + ((expiresMs as number) ?? 86_400_000)).toISOString(),
        state: "open",
      };
      this.invites = [...this.invites, made];
      return made;
    },
    "room.invites": () => this.invites,
    "room.revoke": ({ invite }) => {
      const revoked = { ...this.invites.find((one) => one.id === invite)!, state: "revoked" as const };
      return revoked;
    },
    "message.list": ({ room: id, limit, before, from }) => {
      const rows = this.messages.get(String(id)) ?? [];
      const end = (before as number | undefined) ?? rows.length;
      const start = (from as number | undefined) ?? Math.max(0, end - (limit as number));
      return {
        messages: rows.slice(start, start + Math.min(limit as number, end - start)),
        total: rows.length,
        incomplete: false,
      };
    },
    "message.edit": ({ text, ...named }) =>
      this.change(named, { text: String(text), edited: true, editedAt: new Date(NOW).toISOString() }),
    "message.delete": (named) => this.change(named, { text: "", deleted: true, reactions: [] }),
    "message.retry": ({ room: id, id: messageId }) =>
      (this.messages.get(String(id)) ?? [])
        .filter((row) => row.state === "failed" && (messageId === undefined || row.id === messageId))
        .map((row) => this.change(row as unknown as Record<string, unknown>, { state: "sent", reason: null })),
    "message.react": ({ emoji, remove, ...named }) => {
      const { reactions } = this.#find(named);
      const others = reactions.map((one) =>
        one.emoji === emoji ? { ...one, by: one.by.filter(({ id }) => id !== MAYA.id) } : one,
      );
      const known = others.some((one) => one.emoji === emoji);
      const all = known || remove ? others : [...others, { emoji: String(emoji), by: [] }];
      const given = all.map((one) => (one.emoji === emoji && !remove ? { ...one, by: [...one.by, MAYA] } : one));
      return this.change(named, { reactions: given.filter(({ by }) => by.length > 0) });
    },
    "message.pin": ({ pinned, ...named }) => this.change(named, { pinned: Boolean(pinned) }),
    "message.pins": ({ room: id }) => (this.messages.get(String(id)) ?? []).filter((row) => row.pinned).reverse(),
    "file.list": ({ room: id, limit }) =>
      (this.messages.get(String(id)) ?? [])
        .filter(({ file }) => file)
        .reverse()
        .slice(0, Number(limit)),
    "file.get": ({ folder, to: _to, ...named }) => {
      const { file } = this.#find(named);
      const known = file?.transfer ?? null;
      const began = known ?? transfer({ of: file?.bytes ?? 0, path: null });
      return this.change(named, { file: { ...file!, transfer: began } }).file!.transfer;
    },
    "file.cancel": (named) => {
      const { file } = this.#find(named);
      this.change(named, { file: { ...file!, transfer: null } });
      return null;
    },
    "file.send": ({ room: id, paths }) => {
      const [first] = paths as string[];
      const shared = transfer({ state: "shared", bytes: 3_000, of: 3_000, path: first! });
      const file = plainFile(first!.split("/").at(-1)!, 3_000, { transfer: shared });
      const sent = this.say(String(id), "", { author: MAYA, mine: true, type: "file", file, state: "sent" });
      return { message: sent, leftOut: [] };
    },
    "message.get": (named) => this.#find(named),
    "message.search": ({ text, room: id, limit, after }) => {
      const words = String(text).toLowerCase().split(/\s+/);
      const rooms = id === undefined ? [...this.messages.keys()] : [String(id)];
      const all = rooms
        .flatMap((one) => this.messages.get(one) ?? [])
        .filter((row) => words.every((word) => row.text.toLowerCase().includes(word)))
        .toSorted((a, b) => b.sentAt.localeCompare(a.sentAt));
      const from = Number(after ?? 0);
      const end = from + Number(limit);
      return { messages: all.slice(from, end), more: end < all.length ? String(end) : null, incomplete: [] };
    },
    "message.send": ({ room: id, text, id: messageId, action, replyTo: answered, replyWriter: writer }) => {
      const rows = this.messages.get(String(id)) ?? [];
      const answer = answered ? replyTo(this.#find({ room: id, id: answered, writer })) : {};
      const sent = message(rows.length, {
        room: String(id),
        id: String(messageId),
        author: MAYA,
        text: String(text),
        action: Boolean(action),
        ...answer,
        state: this.ordersAtOnce ? "sent" : "pending",
        sentAt: new Date(NOW).toISOString(),
        position: this.ordersAtOnce ? rows.length : null,
      });
      if (!this.ordersAtOnce) this.tell({ type: "arriving", room: String(id), message: sent });
      else if (!rows.some((row) => row.id === messageId)) {
        this.messages.set(String(id), [...rows, sent]);
        this.tell({ type: "timeline", room: String(id), from: rows.length, total: rows.length + 1, messages: [sent] });
      }
      return sent;
    },
    "draft.get": ({ room: id }) => this.drafts.get(String(id)) ?? null,
    "draft.set": ({ room: id, text, cursor }) => {
      this.drafts.set(String(id), { text: String(text), cursor: Number(cursor) });
      return null;
    },
    stay: () => ({ warning: null }),
    "call.show": ({ room: id }) => this.calls.get(String(id)) ?? null,
    "call.decline": () => null,
  };

  #room(id: unknown): RoomInfo {
    return this.rooms.find((one) => one.id === id) ?? room(String(id));
  }
}

/** The clock of every test: a Tuesday, four minutes past noon. */
export const NOW = Date.UTC(2026, 10, 24, 12, 4);

type Cursor = { readonly run: string; readonly seq: number };

class ScriptedLink {
  cursor: Cursor | null = null;
  #isOpen = true;
  readonly #core: ScriptedCore;
  readonly #forget: () => void;
  readonly #events = new Set<(event: CoreEvent, cursor: Cursor) => void>();
  readonly #closes = new Set<(reason: string | null) => void>();
  readonly #waiting = new Set<(error: Error) => void>();

  constructor(core: ScriptedCore, forget: () => void) {
    this.#core = core;
    this.#forget = forget;
  }

  async request(method: string, params: Record<string, unknown>): Promise<unknown> {
    // As over a socket: never in the same turn, and what cannot be JSON does not get across.
    const answer = (async () => {
      await Promise.resolve();
      return structuredClone(await this.#core.answer(method, JSON.parse(JSON.stringify(params))));
    })();
    answer.catch(() => {});
    if (!this.#isOpen) throw new KeetError("peer", "CORE_GONE", "gone");
    return await new Promise((done, failed) => {
      this.#waiting.add(failed);
      answer.then(done, failed).finally(() => this.#waiting.delete(failed));
    });
  }

  async attach(cursor: Cursor | null): Promise<{ isReset: boolean }> {
    await Promise.resolve();
    const isReset = cursor?.run !== this.#core.run;
    this.cursor = { run: this.#core.run, seq: this.#core.seq };
    return { isReset };
  }

  onEvent(listener: (event: CoreEvent, cursor: Cursor) => void): () => void {
    this.#events.add(listener);
    return () => this.#events.delete(listener);
  }

  onClose(listener: (reason: string | null) => void): () => void {
    this.#closes.add(listener);
    return () => this.#closes.delete(listener);
  }

  hear(event: CoreEvent, cursor: Cursor): void {
    if (!this.#isOpen) return;
    this.cursor = cursor;
    for (const listener of [...this.#events]) listener(structuredClone(event), cursor);
  }

  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#forget();
    for (const failed of [...this.#waiting]) failed(new KeetError("peer", "CORE_GONE", "gone"));
    for (const listener of [...this.#closes]) listener(null);
  }

  close(): void {
    this.end();
  }
}
