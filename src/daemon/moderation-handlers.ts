/** Running a room: names, roles, rights, who is in; and what this person alone decides about rooms and people. */
import { KeetError } from "../errors.js";
import { type Core, checkedName, checkedTopic, ROLES, type Role } from "../p2p/index.js";
import type { Handlers } from "../rpc/backend.js";
import type { MemberInfo, PersonInfo, RightLevel } from "../rpc/methods.js";
import { findMember, findRoom, memberOf } from "./find.js";
import { memberInfos, roomInfo, Shapes } from "./shapes.js";

type Names =
  | "room.set"
  | "room.role"
  | "room.remove"
  | "room.renew"
  | "room.repair"
  | "room.prefs"
  | "direct.open"
  | "direct.accept"
  | "person.block"
  | "person.blocked";

const LEVEL: { readonly [L in RightLevel]: Role } = { anyone: "member", moderators: "moderator", owners: "owner" };

function levelOf(level: RightLevel | undefined): number | null {
  return level ? ROLES.indexOf(LEVEL[level]) + 1 : null;
}

export function moderationHandlers(core: Core): Pick<Handlers, Names> {
  const infoOf = async (room: string, identity: Uint8Array): Promise<MemberInfo> => {
    const id = Shapes.hex(identity);
    const info = memberInfos(await memberOf(findRoom(core, room)).members()).find((one) => one.id === id);
    if (!info) throw new KeetError("user", "NO_SUCH_MEMBER", "They are not in this room now.");
    return info;
  };
  return {
    "room.set": async ({ room, name, topic, post, invite, share, call }) => {
      const open = findRoom(core, room);
      const member = memberOf(open);
      const rights = { post: levelOf(post), invite: levelOf(invite), share: levelOf(share), call: levelOf(call) };
      // Each by itself, so that each is told by itself.
      if (name !== undefined) await member.write({ type: "set-room", name: checkedName(name, "A room's name") });
      if (topic !== undefined) {
        await member.write({ type: "set-room", topic: checkedTopic(topic) || null, clearTopic: topic === "" });
      }
      if (Object.values(rights).some((one) => one !== null)) await member.write({ type: "set-room", ...rights });
      await member.refresh();
      return roomInfo(core.room(open.id)!);
    },
    "room.role": async ({ room, person, role }) => {
      const member = memberOf(findRoom(core, room));
      const { identity, isIn } = await findPersonOf(core, room, person);
      await member.write({ type: "set-role", identity, role: ROLES.indexOf(role) + 1 });
      if (isIn) return infoOf(room, identity);
      const name = await member.room.nameOf(identity);
      const id = Shapes.hex(identity);
      return { id, name, role, here: false, mine: false, devices: 0, tag: null, seenAt: null, blocked: false };
    },
    "room.remove": async ({ room, person }) => {
      const member = memberOf(findRoom(core, room));
      const { identity, mine } = await findMember(member, person);
      if (mine) {
        throw new KeetError("user", "BAD_ARGUMENT", "That is you.", { hint: "To go: /leave." });
      }
      await member.write({ type: "remove-member", identity });
      return null;
    },
    "room.renew": async ({ room }) => roomInfo(await core.renewRoom(findRoom(core, room).id)),
    "room.repair": async ({ room }) => {
      const { id } = findRoom(core, room);
      const done = await core.repairRoom(id);
      return { done, room: roomInfo(core.room(id)!) };
    },
    "room.prefs": async ({ room, muted, mutedMs, archived, favourite, unread }) => {
      const { id } = findRoom(core, room);
      const change = {
        ...(muted === undefined ? {} : { mutedUntil: muted ? ("forever" as const) : null }),
        ...(mutedMs === undefined ? {} : { mutedUntil: mutedMs > 0 ? core.now + mutedMs : null }),
        ...(archived === undefined ? {} : { archived }),
        ...(favourite === undefined ? {} : { favourite }),
        ...(unread === undefined ? {} : { unread }),
      };
      return roomInfo(await core.setPrefs(id, change));
    },
    "direct.open": async ({ person, room }) => {
      const { identity, name } = await findAnybody(core, person, room ?? null);
      return roomInfo(await core.openDirect(identity, name));
    },
    "direct.accept": async ({ room }) => roomInfo(await core.acceptRequest(findRoom(core, room).id)),
    "person.block": async ({ person, room, blocked }) => {
      const who = blocked ? await findAnybody(core, person, room ?? null) : findBlocked(core, person);
      await core.block(who.identity, blocked ? who.name : null);
      return { id: Shapes.hex(who.identity), name: who.name };
    },
    "person.blocked": async () => core.blocked,
  };
}

interface Found {
  readonly identity: Uint8Array;
  readonly name: string;
}

/** Also somebody who was removed: to let them come back. */
async function findPersonOf(
  core: Core,
  room: string,
  wanted: string,
): Promise<{ identity: Uint8Array; isIn: boolean }> {
  const member = memberOf(findRoom(core, room));
  try {
    return { identity: (await findMember(member, wanted)).identity, isIn: true };
  } catch (error) {
    const removed = (await member.room.persons()).filter(
      ({ key, value }) => value.removed && (value.name === wanted || Shapes.hex(key) === wanted.toLowerCase()),
    );
    if (removed.length === 1) return { identity: removed[0]!.key, isIn: false };
    throw error;
  }
}

/** In one room, or in any where there is just one person who fits. */
async function findAnybody(core: Core, wanted: string, room: string | null): Promise<Found> {
  const rooms = room === null ? core.rooms() : [findRoom(core, room)];
  const found = new Map<string, Found>();
  let firstError: unknown = null;
  for (const { member, isRequest, direct } of rooms) {
    if (isRequest && direct && fitsAsking(direct, wanted)) found.set(Shapes.hex(direct.identity), direct);
    if (!member) continue;
    try {
      const { identity, name, mine } = await findMember(member, wanted);
      if (!mine) found.set(Shapes.hex(identity), { identity, name });
    } catch (error) {
      firstError ??= error;
      if (error instanceof KeetError && error.code === "AMBIGUOUS_MEMBER") throw error;
    }
  }
  const all = [...found.values()];
  if (all.length === 1) return all[0]!;
  if (all.length > 1) {
    throw new KeetError("user", "AMBIGUOUS_MEMBER", `${all.length} people you know are called "${wanted}".`, {
      hint: `Use ${all.map(({ identity, name }) => `${name}#${Shapes.hex(identity).slice(0, 4)}`).join(" or ")}.`,
    });
  }
  throw (
    firstError ??
    new KeetError("user", "NO_SUCH_MEMBER", `You share no room with anybody called "${wanted}".`, {
      hint: "Invite them to one first: /create and /invite.",
    })
  );
}

/** Somebody who asks may share no room with this person any more, so they are found by themselves. */
function fitsAsking({ identity, name }: Found, wanted: string): boolean {
  const id = Shapes.hex(identity);
  return name === wanted || (/^[0-9a-f]{4,64}$/i.test(wanted) && id.startsWith(wanted.toLowerCase()));
}

function findBlocked(core: Core, wanted: string): Found {
  const name = wanted.replace(/^@/, "");
  const fitting = core.blocked.filter(
    (one: PersonInfo) => one.name === name || (name.length >= 4 && one.id.startsWith(name.toLowerCase())),
  );
  if (fitting.length === 1) return { identity: Buffer.from(fitting[0]!.id, "hex"), name: fitting[0]!.name };
  throw new KeetError(
    "user",
    "NO_SUCH_MEMBER",
    fitting.length === 0
      ? `You have not blocked "${wanted}".`
      : `You have blocked ${fitting.length} called "${wanted}".`,
    {
      hint:
        fitting.length === 0
          ? "/block lists them."
          : `Use an id: ${fitting.map(({ id }) => id.slice(0, 8)).join(", ")}.`,
    },
  );
}
