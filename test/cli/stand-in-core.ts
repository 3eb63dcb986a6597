/**
 * A core in a process of its own whose rooms are a list in memory, for what the command line asks and prints.
 * What a core does with it is tested with the real one. Each request is a line on standard output:
 * {"method","params"}.
 *   node stand-in-core.js '{"home":"…"}'
 */
import { randomBytes } from "node:crypto";
import { resolvePaths } from "../../src/config.js";
import { startCore } from "../../src/daemon/core.js";
import { KeetError } from "../../src/errors.js";
import type { Backend, Handlers } from "../../src/rpc/backend.js";
import type { CoreEvent, MemberInfo, MessageInfo, PersonInfo, RoomInfo } from "../../src/rpc/methods.js";
import { plainMessage, plainRoom } from "../helpers/wire.js";

const { home } = JSON.parse(process.argv[2] ?? "{}");
process.umask(0o077);

const hexOf = (bytes: number) => randomBytes(bytes).toString("hex");
const ME: PersonInfo = { id: "aa".repeat(32), name: "maya" };
const people: MemberInfo[] = [
  { ...ME, role: "owner", mine: true, here: true },
  { id: `b0b1${"00".repeat(30)}`, name: "bob", role: "member", mine: false, here: true },
  { id: `e7e7${"00".repeat(30)}`, name: "eve", role: "member", mine: false, here: false },
  // The second has a Cyrillic a.
  { id: `d1d1${"00".repeat(30)}`, name: "dana", role: "member", mine: false, here: false, tag: "d1d1" },
  { id: `d2d2${"00".repeat(30)}`, name: "dan\u0430", role: "member", mine: false, here: false, tag: "d2d2" },
].map((one) => ({ devices: 1, seenAt: null, blocked: false, tag: null, ...one }) as MemberInfo);
const rooms: RoomInfo[] = [];
const rows = new Map<string, MessageInfo[]>();
/** Places that are not here. */
const missing = new Set<number>();
const listeners = new Set<(event: CoreEvent) => void>();
const tell = (event: CoreEvent) => {
  for (const listener of listeners) listener(event);
};

function makeRoom(name: string, more: Partial<RoomInfo> = {}): RoomInfo {
  const room = plainRoom(hexOf(32), name, { members: people.length, peers: 1, ...more });
  rooms.push(room);
  rows.set(room.id, []);
  return room;
}

const roomOf = (id: string): RoomInfo => {
  const room = rooms.find((one) => one.id === id);
  if (!room) throw new KeetError("user", "NO_SUCH_ROOM", "There is no such room");
  return room;
};

function change(id: string, more: Partial<RoomInfo>): RoomInfo {
  const room = { ...roomOf(id), ...more };
  rooms[rooms.findIndex((one) => one.id === id)] = room;
  return room;
}

function personOf(said: string): MemberInfo {
  const found = people.find(({ id, name }) => name === said || (said.length >= 4 && id.startsWith(said)));
  if (!found) throw new KeetError("user", "NO_SUCH_MEMBER", "Nobody is called so", { hint: "/who lists who is here." });
  return found;
}

function post(room: string, text: string, more: Partial<MessageInfo> = {}): MessageInfo {
  const list = rows.get(room)!;
  const at = new Date().toISOString();
  const message = plainMessage(
    { id: hexOf(16), room, author: ME, sentAt: at, text, writer: "11".repeat(32) },
    { receivedAt: at, state: "sent", mine: true, position: list.length, ...more },
  );
  list.push(message);
  tell({ type: "timeline", room, from: list.length - 1, total: list.length, messages: [message] });
  return message;
}

function messageOf({ room, id, writer }: { room: string; id: string; writer?: string | undefined }): MessageInfo {
  const found = rows.get(room)!.filter((one) => one.id.startsWith(id) && (!writer || one.writer === writer));
  if (found.length === 1 && found[0]) return found[0];
  if (found.length > 1) throw new KeetError("user", "AMBIGUOUS_MESSAGE", "Two messages begin like that");
  throw new KeetError("user", "NO_SUCH_MESSAGE", "There is no such message");
}

function alter(
  asked: { room: string; id: string; writer?: string | undefined },
  more: Partial<MessageInfo>,
): MessageInfo {
  const old = messageOf(asked);
  const message = { ...old, ...more };
  rows.get(asked.room)![old.position!] = message;
  tell({ type: "changed", room: asked.room, messages: [message] });
  return message;
}

const handlers: Partial<Handlers> = {
  "identity.show": async () => ({ ...ME, device: "d", fingerprint: "aaaa bbbb cccc dddd eeee", wordsSeen: true }),
  "room.create": async ({ name, kind, topic }) => makeRoom(name, { kind: kind ?? "group", topic: topic ?? "" }),
  "room.list": async () => rooms.map((room) => ({ ...room, length: rows.get(room.id)!.length })),
  "room.members": async () => people,
  "room.show": async ({ room }) => ({
    ...roomOf(room),
    alarm: "bob's laptop has written two histories",
    createdAt: "2026-11-24T09:00:00.000Z",
    signedLength: 5,
    viewLength: 6,
    signedHash: "",
    viewHash: "ab".repeat(32),
    indexers: 1,
    signers: [{ person: ME, writer: "11".repeat(32), here: true, seenAt: null }],
    risk: "Nobody but you signs here.",
    has: [{ person: people[1]!, blocks: 3, of: 6 }],
    divergences: [
      {
        writer: "22".repeat(32),
        person: people[1]!,
        length: 4,
        here: "aa".repeat(32),
        there: "bb".repeat(32),
        told: people[2]!,
        at: "2026-11-24T09:00:00.000Z",
      },
    ],
    leftOut: { unreadable: 2 },
  }),
  "room.set": async ({ room, name, topic, ...rights }) => {
    const old = roomOf(room);
    return change(room, {
      ...(name === undefined ? {} : { name }),
      ...(topic === undefined ? {} : { topic }),
      rights: { ...old.rights, ...JSON.parse(JSON.stringify(rights)) },
    });
  },
  "room.role": async ({ person, role }) => ({ ...personOf(person), role }),
  "room.remove": async ({ person }) => {
    personOf(person);
    return null;
  },
  "room.renew": async ({ room }) => {
    const next = makeRoom(roomOf(room).name, { continues: room });
    change(room, { continuedBy: next.id, canWrite: false });
    return next;
  },
  "room.repair": async ({ room }) => ({ done: ["The logs of 2 people were read anew."], room: roomOf(room) }),
  "room.prefs": async ({ room, muted, mutedMs, archived, favourite, unread }) => {
    const until = mutedMs ? new Date(Date.now() + mutedMs).toISOString() : muted ? "forever" : null;
    return change(room, {
      ...(muted === undefined && mutedMs === undefined ? {} : { mutedUntil: until }),
      ...(archived === undefined ? {} : { archived }),
      ...(favourite === undefined ? {} : { favourite }),
      ...(unread === undefined ? {} : { markedUnread: unread }),
    });
  },
  "direct.open": async ({ person }) => {
    const other = personOf(person);
    return makeRoom(other.name, { kind: "direct", state: "asked", with: other });
  },
  "direct.accept": async ({ room }) => change(room, { state: "open", with: people[1]! }),
  "person.block": async ({ person, blocked }) => {
    const at = people.indexOf(personOf(person));
    people[at] = { ...people[at]!, blocked };
    return people[at];
  },
  "person.blocked": async () => people.filter(({ blocked }) => blocked),
  "message.send": async ({ room, text, id, replyTo }) => {
    const to = replyTo === undefined ? null : messageOf({ room, id: replyTo });
    return post(room, text, {
      ...(id === undefined ? {} : { id }),
      ...(to === null
        ? {}
        : {
            replyTo: to.id,
            reply: {
              id: to.id,
              writer: to.writer,
              found: true,
              author: to.author,
              text: to.text,
              isFile: false,
              deleted: false,
              blocked: false,
              position: 0,
            },
          }),
    });
  },
  "message.get": async (asked) => messageOf(asked),
  "message.edit": async ({ text, ...asked }) =>
    alter(asked, { text, edited: true, editedAt: new Date().toISOString() }),
  "message.delete": async (asked) => alter(asked, { text: "", deleted: true }),
  "message.react": async ({ emoji, remove, ...asked }) =>
    alter(asked, { reactions: remove ? [] : [{ emoji, by: [ME] }] }),
  "message.pin": async ({ pinned, ...asked }) => alter(asked, { pinned }),
  "message.pins": async ({ room }) => rows.get(room)!.filter(({ pinned }) => pinned),
  "message.search": async ({ text, room, limit, after }) => {
    const all = [...rows.values()].flat().filter((one) => one.text.includes(text) && (!room || one.room === room));
    const start = Number(after ?? 0);
    // A core may give fewer than asked for, and says that there are more.
    const end = Math.min(all.length, start + Math.min(limit, 2));
    const more = end < all.length ? String(end) : null;
    return { messages: all.reverse().slice(start, end), more, incomplete: missing.size > 0 ? [rooms[0]!.id] : [] };
  },
  "message.list": async ({ room, limit, from }) => {
    const list = rows.get(room)!;
    const first = from ?? Math.max(0, list.length - limit);
    const messages = list.slice(first, first + limit);
    const isWhole = !messages.some(({ position }) => missing.has(position!));
    return { messages: isWhole ? messages : [], total: list.length, incomplete: !isWhole };
  },
  // Said by a test to make of this core what it needs.
  "draft.set": async ({ room, text }) => {
    const wish = JSON.parse(text);
    for (const place of wish.missing ?? []) missing.add(place);
    for (const more of wish.post ?? []) post(room, more.text ?? "", more);
    if (wish.room) change(room, wish.room);
    return null;
  },
};

const recorded = Object.fromEntries(
  Object.entries(handlers).map(([method, handler]) => [
    method,
    (params: never) => {
      process.stdout.write(`${JSON.stringify({ method, params })}\n`);
      return (handler as (params: never) => Promise<unknown>)(params);
    },
  ]),
);

const backend: Backend = {
  handlers: recorded as unknown as Handlers,
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  openWork: () => [],
  async close() {},
};

const core = await startCore({
  paths: resolvePaths({ home }),
  bootstrap: null,
  lan: false,
  stays: true,
  openBackend: async () => backend,
});
process.stdout.write("ready\n");
process.exit(await core.done);
