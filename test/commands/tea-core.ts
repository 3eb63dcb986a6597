/** A room with people in it, talk for two, and one who asks; by script. */
import type { RoomInfo } from "../../src/rpc/methods.js";
import { ALICE, BOB, MAYA, member, NOW, room, ScriptedCore } from "../components/scripted-core.js";

export const GREEN = { id: "07".repeat(32), name: "green tea" };
export const ZOE = { id: "5a0e".repeat(16), name: "zoe" };

/** Keeps what it is told, as the real one would. */
export function teaCore(): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [
    room("tea", { topic: "leaves" }),
    room("d1", { kind: "direct", name: "", with: ALICE, members: 2 }),
    room("r1", { kind: "direct", name: "", with: ZOE, state: "request", canWrite: false }),
  ];
  core.members = [
    member(MAYA, { role: "owner" }),
    member(ALICE, { role: "moderator" }),
    member(BOB, { here: false, seenAt: "2026-11-23T20:04:00Z", blocked: true }),
    member(GREEN, { here: false }),
  ];
  const change = (id: unknown, to: Partial<RoomInfo>) => {
    core.rooms = core.rooms.map((one) => (one.id === id ? { ...one, ...to } : one));
    return core.rooms.find((one) => one.id === id)!;
  };
  core.answers["room.set"] = ({ room: id, name, topic, ...rights }) => {
    const before = core.rooms.find((one) => one.id === id)!;
    return change(id, {
      name: (name as string) ?? before.name,
      topic: (topic as string) ?? before.topic,
      rights: { ...before.rights, ...(rights as Partial<RoomInfo["rights"]>) },
    });
  };
  core.answers["room.prefs"] = ({ room: id, muted, mutedMs, archived, favourite, unread }) => {
    const until = mutedMs ? new Date(NOW + Number(mutedMs)).toISOString() : muted ? "forever" : null;
    return change(id, {
      ...(muted === undefined ? {} : { mutedUntil: until }),
      ...(archived === undefined ? {} : { archived: Boolean(archived) }),
      ...(favourite === undefined ? {} : { favourite: Boolean(favourite) }),
      ...(unread === undefined ? {} : { markedUnread: Boolean(unread) }),
    });
  };
  core.answers["room.role"] = ({ person, role }) => {
    const who = core.members.find((one) => one.id === person) ?? member({ id: "99".repeat(32), name: String(person) });
    return { ...who, role };
  };
  core.answers["room.remove"] = () => null;
  core.answers["room.renew"] = () => room("tea2", { name: "tea" });
  core.answers["room.repair"] = ({ room: id }) => ({ done: ["The logs were read again."], room: change(id, {}) });
  core.answers["direct.open"] = ({ person }) => {
    const known = core.rooms.find((one) => one.with?.id === person);
    const who = core.members.find((one) => one.id === person) ?? ZOE;
    return known ?? room("d2", { kind: "direct", name: "", with: who, state: "asked", canWrite: true });
  };
  core.answers["direct.accept"] = ({ room: id }) => change(id, { state: "open", canWrite: true });
  core.answers["person.block"] = ({ person }) =>
    [...core.members, ZOE].find((one) => one.id.startsWith(String(person)));
  core.answers["person.blocked"] = () => [BOB, ZOE];
  core.answers["room.show"] = ({ room: id }) => ({
    ...core.rooms.find((one) => one.id === id)!,
    createdAt: "2026-11-20T08:00:00Z",
    signedLength: 40,
    viewLength: 42,
    viewHash: "ab12",
    indexers: 3,
    signers: [
      { person: MAYA, writer: "aa", here: true, seenAt: null },
      { person: BOB, writer: "bb", here: false, seenAt: "2026-11-23T20:04:00Z" },
      { person: ALICE, writer: "cc", here: false, seenAt: null },
    ],
    risk: "All of it is on one device.",
    has: [
      { person: ALICE, blocks: 42, of: 42 },
      { person: BOB, blocks: 12, of: 42 },
    ],
    divergences: [],
    leftOut: { unreadable: 2 },
  });
  return core;
}
