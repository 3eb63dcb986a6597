/** Rooms, people and messages by what somebody typed. Nothing here ever guesses. */
import { KeetError } from "../errors.js";
import type { Core, Member, MemberRoom, OpenRoom, RoomMessage } from "../p2p/index.js";
import { memberInfos, roomInfo, Shapes } from "./shapes.js";

const MIN_ID_CHARS = 8;
const MIN_PERSON_CHARS = 4;
const MIN_MESSAGE_ID_CHARS = 4;
const LATEST_ROWS = 200;

/**
 * The whole id, else an exact name, else at least eight characters of an id. The whole id goes first: a room may be
 * called like the id of another one. Nothing here ever guesses.
 */
export function findRoom(core: Core, wanted: string): OpenRoom {
  const rooms = core.rooms();
  const byId = rooms.filter(({ id }) => id === wanted.toLowerCase());
  const byName = rooms.filter((room) => wanted !== "" && roomInfo(room).name === wanted);
  const byStart = rooms.filter(({ id }) => wanted.length >= MIN_ID_CHARS && id.startsWith(wanted.toLowerCase()));
  const found = [byId, byName, byStart].find((some) => some.length > 0) ?? [];
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    throw new KeetError("user", "AMBIGUOUS_ROOM", `${found.length} rooms are called "${wanted}".`, {
      hint: `Use the id: ${found.map(({ id }) => id.slice(0, 12)).join(", ")}.`,
      data: { rooms: found.map(({ id }) => id) },
    });
  }
  const near = nearNames(rooms.map((room) => roomInfo(room).name).filter(Boolean), wanted);
  throw new KeetError("user", "NO_SUCH_ROOM", `There is no room "${wanted}".`, {
    hint:
      near.length > 0
        ? `Did you mean ${near.map((name) => `"${name}"`).join(" or ")}?`
        : "keet-tui room list shows the rooms you are in.",
    data: { near },
  });
}

function nearNames(names: readonly string[], wanted: string): string[] {
  const lower = wanted.toLowerCase();
  return [...new Set(names)].filter((name) => {
    const other = name.toLowerCase();
    return lower !== "" && (other.includes(lower) || lower.includes(other));
  });
}

export function memberOf(room: OpenRoom): MemberRoom {
  if (room.member) return room.member;
  const why = room.failed ?? room.waitsFor ?? "it is not open";
  throw room.failed
    ? new KeetError("storage", "ROOM_STOPPED", `This room stopped: ${why}.`, { hint: "Other rooms are fine." })
    : new KeetError("peer", "NOT_WRITABLE", `You are not in this room yet: ${why}.`, { hint: "It goes on by itself." });
}

/** @param wanted a name as members see it, `name#tag`, or at least four hex digits of an id */
export async function findMember(member: MemberRoom, wanted: string): Promise<Member> {
  const members = await member.members();
  const infos = memberInfos(members);
  const [name, tag] = splitTag(wanted.replace(/^@/, ""));
  const fits = (test: (info: (typeof infos)[number]) => boolean) => members.filter((_, index) => test(infos[index]!));
  const byName = fits((info) => info.name === name && (tag === null || info.id.startsWith(tag)));
  const lower = wanted.toLowerCase();
  const byId =
    wanted.length >= MIN_PERSON_CHARS && /^[0-9a-f]+$/.test(lower) ? fits((info) => info.id.startsWith(lower)) : [];
  const found = byName.length > 0 ? byName : byId;
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    throw new KeetError("user", "AMBIGUOUS_MEMBER", `${found.length} people here are called "${wanted}".`, {
      hint: `Use ${found.map(({ identity, name: one }) => `${one}#${Shapes.hex(identity).slice(0, 4)}`).join(" or ")}.`,
    });
  }
  const near = nearNames(
    infos.map((info) => info.name),
    name,
  );
  throw new KeetError("user", "NO_SUCH_MEMBER", `There is nobody called "${wanted}" here.`, {
    hint: near.length > 0 ? `Did you mean ${near.map((one) => `"${one}"`).join(" or ")}?` : "/who lists who is here.",
    data: { near },
  });
}

function splitTag(wanted: string): [string, string | null] {
  const match = /^(.+)#([0-9a-f]{4,64})$/.exec(wanted);
  return match ? [match[1]!, match[2]!] : [wanted, null];
}

/**
 * @param id 32 hex digits, or the first few where they fit one message among the latest
 * @param writer where two chose the same id
 */
export async function findMessage(member: MemberRoom, id: string, writer: string | null): Promise<RoomMessage> {
  const wanted = id.toLowerCase();
  const isWhole = /^[0-9a-f]{32}$/.test(wanted);
  const { total } = member.room;
  const fitting = isWhole
    ? await member.message(Buffer.from(wanted, "hex"))
    : wanted.length >= MIN_MESSAGE_ID_CHARS
      ? (await member.messages(total - LATEST_ROWS, total)).filter((one) => Shapes.hex(one.id).startsWith(wanted))
      : [];
  const dropped = isWhole && fitting.length === 0 ? member.dropped(Buffer.from(wanted, "hex")) : null;
  const candidates = (dropped ? [dropped] : fitting).filter(
    (message) => writer === null || Shapes.hex(message.writer) === writer,
  );
  if (candidates.length === 1) return candidates[0]!;
  throw new KeetError(
    "user",
    "NO_SUCH_MESSAGE",
    candidates.length === 0 ? "There is no such message here." : "More than one message fits.",
    {
      hint: !isWhole
        ? "Give more of its id, as tail --json prints it."
        : candidates.length > 1
          ? "Two people chose this id: name its writer too, as tail --json prints it."
          : "keet-tui tail --json prints the ids of those there are.",
    },
  );
}
