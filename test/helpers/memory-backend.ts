/**
 * Rooms without a network, kept in one file: for tests of the process around the core (sockets, versions, lifetime).
 * Whatever is about people and rooms is tested with the real one.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BackendOptions } from "../../src/daemon/backend-door.js";
import { KeetError } from "../../src/errors.js";
import type { Backend, Handlers } from "../../src/rpc/backend.js";
import type { CoreEvent, IdentityInfo, MessageInfo, RoomInfo } from "../../src/rpc/methods.js";
import { plainMessage, plainRoom } from "./wire.js";

const WRITER = "00".repeat(32);

interface Kept {
  identity: IdentityInfo | null;
  rooms: RoomInfo[];
  messages: MessageInfo[];
  invites: number;
}

export async function openMemoryBackend(options: BackendOptions): Promise<Backend> {
  const path = join(options.profileDir, "memory.json");
  const kept: Kept = existsSync(path)
    ? JSON.parse(readFileSync(path, "utf8"))
    : { identity: null, rooms: [], messages: [], invites: 0 };
  const listeners = new Set<(event: CoreEvent) => void>();
  const open: string[] = [];
  const save = () => writeFileSync(path, JSON.stringify(kept), { mode: 0o600 });
  const tell = (event: CoreEvent) => {
    for (const listener of listeners) listener(event);
  };
  const rowsOf = (room: string) => kept.messages.filter((message) => message.room === room);
  const roomOf = (id: string) => {
    const room = kept.rooms.find((one) => one.id === id || one.name === id);
    if (!room) throw new KeetError("user", "NO_SUCH_ROOM", "There is no such room");
    return { ...room, length: rowsOf(room.id).length };
  };
  const me = () => ({ id: kept.identity?.id ?? "", name: kept.identity?.name ?? "" });

  const handlers = {
    "identity.show": async () => kept.identity,
    "identity.create": async ({ name }: { name: string }) => {
      if (kept.identity) throw new KeetError("user", "IDENTITY_EXISTS", "There is one");
      kept.identity = {
        id: randomBytes(32).toString("hex"),
        name,
        device: randomBytes(8).toString("hex"),
        fingerprint: "aaaa bbbb cccc dddd eeee",
        wordsSeen: false,
      };
      save();
      return kept.identity;
    },
    "room.create": async ({ name }: { name: string }) => {
      const room = plainRoom(createHash("sha256").update(randomBytes(16)).digest("hex"), name);
      kept.rooms.push(room);
      save();
      return room;
    },
    "room.list": async () => kept.rooms.map((room) => roomOf(room.id)),
    "room.invite": async ({ room }: { room: string }) => {
      open.push(`${roomOf(room).name}: the invite is open for 24 h`);
      return {
        id: "0123456789abcdef",
        link: `keet-tui://join/${"y".repeat(80)}`,
        by: me(),
        uses: 1,
        used: 0,
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
        state: "open" as const,
      };
    },
    "message.send": async ({ room, text, id }: { room: string; text: string; id?: string }) => {
      const target = roomOf(room);
      const known = rowsOf(target.id).find((message) => message.id === id);
      if (known) return known;
      const at = new Date().toISOString();
      const message = plainMessage(
        { id: id ?? randomBytes(16).toString("hex"), room: target.id, author: me(), sentAt: at, text, writer: WRITER },
        { receivedAt: at, state: "sent", mine: true, position: rowsOf(target.id).length },
      );
      kept.messages.push(message);
      save();
      const total = rowsOf(target.id).length;
      tell({ type: "timeline", room: target.id, from: total - 1, total, messages: [message] });
      return message;
    },
    "room.members": async () => [],
    "message.list": async ({ room, limit, from }: { room: string; limit: number; from?: number }) => {
      const rows = rowsOf(roomOf(room).id);
      const start = from ?? Math.max(0, rows.length - limit);
      return { messages: rows.slice(start, start + limit), total: rows.length, incomplete: false };
    },
  };

  return {
    handlers: handlers as unknown as Handlers,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    openWork: () => open,
    async close() {},
  };
}
