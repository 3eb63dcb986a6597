/** One entry for each request of src/rpc/methods.ts that is about people and rooms. */
import { KeetError } from "../errors.js";
import {
  type Core,
  DEFAULT_INVITE_MS,
  fingerprintOf,
  type Invite,
  type MemberRoom,
  type OpenRoom,
  type RoomMessage,
} from "../p2p/index.js";
import type { Handlers } from "../rpc/backend.js";
import type { Draft, InviteInfo, RoomDetail, RoomInfo, VerifyInfo } from "../rpc/methods.js";
import { memberInfos, messageInfo, networkInfo, personInfo, roomInfo, Shapes } from "./shapes.js";

const MIN_ID_CHARS = 8;
const MIN_MESSAGE_ID_CHARS = 4;
const JOIN_WAIT_MS = 24 * 3_600_000;
/** Nobody needs a longer one, and Node turns timers over 24.8 days into none at all. */
const MAX_WAIT_MS = 3_600_000;

export function makeHandlers(core: Core): Handlers {
  return {
    network: async () => networkInfo(core.networkState()),

    "identity.show": async () => (core.identity ? Shapes.identity(core.identity) : null),
    "identity.create": async ({ name }) => Shapes.identity(await core.createIdentity(name)),
    "identity.restore": async ({ words, name }) => Shapes.identity(await core.restoreIdentity(name, words)),
    "identity.words": async () => ({ words: identityOf(core).words() }),
    "identity.wordsSeen": async () => {
      core.wordsSeen();
      return null;
    },
    "identity.rename": async ({ name }) => Shapes.identity(await core.rename(name)),

    "room.create": async ({ name, topic, kind }) => roomInfo(await core.createRoom(name, topic ?? "", kind ?? "group")),
    "room.list": async () => core.rooms().map(roomInfo),
    "room.show": async ({ room }) => roomDetail(findRoom(core, room)),
    "room.leave": async ({ room }) => {
      await core.leaveRoom(findRoom(core, room).id);
      return null;
    },
    "room.join": ({ invite, waitMs }) => join(core, invite, waitMs ?? JOIN_WAIT_MS),
    "room.invite": async ({ room, expiresMs, uses }) => {
      const { id } = findRoom(core, room);
      return inviteInfo(
        core,
        id,
        await core.makeInvite(id, { expiresMs: expiresMs ?? DEFAULT_INVITE_MS, uses: uses ?? 1 }),
      );
    },
    "room.invites": async ({ room }) => {
      const { id } = findRoom(core, room);
      return Promise.all((await core.invites(id)).map((invite) => inviteInfo(core, id, invite)));
    },
    "room.revoke": async ({ room, invite }) => {
      const { id } = findRoom(core, room);
      return inviteInfo(core, id, await core.revokeInvite(id, invite));
    },
    "room.members": async ({ room }) => memberInfos(await memberOf(findRoom(core, room)).members()),
    "room.read": async ({ room }) => {
      await findRoom(core, room).member?.markRead();
      return null;
    },
    "room.typing": async ({ room }) => {
      findRoom(core, room).member?.peers.typing();
      return null;
    },

    "message.send": async ({ room, text, id, action }) => {
      const found = findRoom(core, room);
      const options = { action: action ?? false, ...(id ? { id: Buffer.from(id, "hex") } : {}) };
      return messageInfo(found.id, await memberOf(found).send(text, options));
    },
    "message.wait": async ({ room, id, state, waitMs }) => {
      const found = findRoom(core, room);
      return messageInfo(found.id, await waitForState(core, found, id, state, Math.min(waitMs, MAX_WAIT_MS)));
    },
    "message.list": async ({ room, limit, before, from }) => {
      const found = findRoom(core, room);
      const { member } = found;
      if (!member) return { messages: [], total: 0, incomplete: false };
      const { total } = member.room;
      const first = from ?? Math.max(0, Math.min(before ?? total, total) - limit);
      const last = from === undefined ? Math.min(before ?? total, total) : Math.min(from + limit, total);
      try {
        const messages = await member.messages(first, last);
        const shown = messages.map((message) => messageInfo(found.id, message));
        const isLastPage = last >= total;
        const waiting = isLastPage
          ? member.arriving.filter((message) => !messages.some((other) => isSame(message, other)))
          : [];
        return {
          messages: [...shown, ...waiting.map((message) => messageInfo(found.id, message))],
          total,
          incomplete: messages.length < last - first,
        };
      } catch (error) {
        if (!(error instanceof KeetError) || error.code !== "NOT_HERE") throw error;
        return { messages: [], total, incomplete: true };
      }
    },
    "message.verify": ({ room, id, writer }) => verify(findRoom(core, room), id, writer ?? null),

    "room.set": notYet,
    "room.role": notYet,
    "room.remove": notYet,
    "room.renew": notYet,
    "room.repair": notYet,
    "room.prefs": notYet,
    "direct.open": notYet,
    "direct.accept": notYet,
    "person.block": notYet,
    "person.blocked": async () => [],
    "message.edit": notYet,
    "message.delete": notYet,
    "message.react": notYet,
    "message.pin": notYet,
    "message.pins": async () => [],
    "message.get": notYet,
    "message.search": notYet,

    "draft.get": ({ room }) => core.draft<Draft>(findRoom(core, room).id),
    "draft.set": async ({ room, text, cursor }) => {
      await core.keepDraft(findRoom(core, room).id, text === "" ? null : { text, cursor });
      return null;
    },
  };
}

async function notYet(): Promise<never> {
  throw new KeetError("user", "NOT_SUPPORTED_YET", "That comes with the next version.");
}

function identityOf(core: Core) {
  if (core.identity) return core.identity;
  throw new KeetError("user", "NO_IDENTITY", "This profile has no name yet.", {
    hint: "Start keet-tui and choose one.",
  });
}

/**
 * The whole id, else an exact name, else at least eight characters of an id. The whole id goes first: a room may be
 * called like the id of another one. Nothing here ever guesses.
 */
function findRoom(core: Core, wanted: string): OpenRoom {
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

function memberOf(room: OpenRoom): MemberRoom {
  if (room.member) return room.member;
  const why = room.failed ?? room.waitsFor ?? "it is not open";
  throw room.failed
    ? new KeetError("storage", "ROOM_STOPPED", `This room stopped: ${why}.`, { hint: "Other rooms are fine." })
    : new KeetError("peer", "NOT_WRITABLE", `You are not in this room yet: ${why}.`, { hint: "It goes on by itself." });
}

async function join(core: Core, link: string, waitMs: number): Promise<RoomInfo> {
  const { id } = await core.joinRoom(link);
  await new Promise<void>((resolve, reject) => {
    const isIn = () => core.room(id)?.waitsFor === null && core.room(id)?.member !== null;
    if (isIn()) return resolve();
    const onJoined = (joined: string) => joined === id && settle(resolve);
    const onFailed = (failed: string, error: KeetError) => failed === id && settle(() => reject(error));
    const onGone = (gone: string) =>
      gone === id &&
      settle(() => reject(new KeetError("user", "LEFT", "The room was left while it was being joined.")));
    const timer = setTimeout(() => settle(() => reject(tooLate())), Math.min(waitMs, MAX_WAIT_MS));
    const tooLate = () =>
      new KeetError("peer", "TIMED_OUT", `Not in yet: ${core.room(id)?.waitsFor ?? "waiting"}.`, {
        hint: "The joining goes on while the core runs: keet-tui room list shows it.",
        data: { room: id },
      });
    function settle(then: () => void) {
      clearTimeout(timer);
      core.off("joined", onJoined).off("join-failed", onFailed).off("room-gone", onGone);
      then();
    }
    core.on("joined", onJoined).on("join-failed", onFailed).on("room-gone", onGone);
  });
  return roomInfo(findRoom(core, id));
}

async function inviteInfo(core: Core, id: string, invite: Invite): Promise<InviteInfo> {
  const name = (await core.room(id)?.member?.room.nameOf(invite.record.by)) ?? "";
  return Shapes.invite(invite, personInfo(invite.record.by, name));
}

async function roomDetail(room: OpenRoom): Promise<RoomDetail> {
  const info = roomInfo(room);
  const { member } = room;
  const base = member?.room.stopReason === null ? member.room.base : null;
  return {
    ...info,
    createdAt: member?.summary().record ? Shapes.iso(member.summary().record!.createdAt) : null,
    signedLength: base?.signedLength ?? 0,
    viewLength: base?.length ?? 0,
    viewHash: base ? Shapes.hex(await member!.room.viewHash()) : "",
    indexers: base?.system?.indexers.length ?? 0,
    signers: [],
    risk: null,
    has: [],
    divergences: [],
    leftOut: member?.room.leftOut ?? {},
  };
}

function isSame(a: RoomMessage, b: RoomMessage): boolean {
  return Buffer.compare(a.id, b.id) === 0 && Buffer.compare(a.writer, b.writer) === 0;
}

async function waitForState(
  core: Core,
  room: OpenRoom,
  idHex: string,
  state: "sent" | "delivered",
  waitMs: number,
): Promise<RoomMessage> {
  const member = memberOf(room);
  const id = Buffer.from(idHex, "hex");
  const enough = state === "sent" ? ["sent", "delivered"] : ["delivered"];
  const look = async () => (await member.message(id)).find(({ mine }) => mine) ?? null;
  return new Promise((resolve, reject) => {
    const check = () =>
      void look()
        .then((message) => {
          if (!message)
            return settle(() =>
              reject(new KeetError("user", "NO_SUCH_MESSAGE", "You have sent no such message here.")),
            );
          if (message.state === "failed") {
            return settle(() => reject(new KeetError("peer", "NOT_WRITABLE", message.reason ?? "It was not taken.")));
          }
          if (message.state && enough.includes(message.state)) settle(() => resolve(message));
        })
        .catch((error) => settle(() => reject(error)));
    const onChange = (changed: string) => changed === room.id && check();
    const timer = setTimeout(
      () =>
        settle(() =>
          reject(
            new KeetError(
              "peer",
              "TIMED_OUT",
              `Not ${state} within ${Math.round(waitMs / 1000)} s; it stays in the room and goes out when somebody appears.`,
              {
                data: { id: idHex, room: room.id },
              },
            ),
          ),
        ),
      waitMs,
    );
    function settle(then: () => void) {
      clearTimeout(timer);
      core.off("states", onChange).off("timeline", onChange).off("room", onChange);
      then();
    }
    core.on("states", onChange).on("timeline", onChange).on("room", onChange);
    check();
  });
}

/** @param id 32 hex digits, or the first few where they fit one message among the latest */
async function verify(room: OpenRoom, id: string, writer: string | null): Promise<VerifyInfo> {
  const member = memberOf(room);
  const wanted = id.toLowerCase();
  const isWhole = /^[0-9a-f]{32}$/.test(wanted);
  const { total } = member.room;
  const fitting = isWhole
    ? await member.message(Buffer.from(wanted, "hex"))
    : wanted.length >= MIN_MESSAGE_ID_CHARS
      ? (await member.messages(total - 200, total)).filter((message) => Shapes.hex(message.id).startsWith(wanted))
      : [];
  const candidates = fitting.filter((message) => writer === null || Shapes.hex(message.writer) === writer);
  if (candidates.length !== 1) {
    throw new KeetError(
      "user",
      "NO_SUCH_MESSAGE",
      candidates.length === 0 ? "There is no such message here." : "More than one message fits.",
      {
        hint: "Give more of its id, as tail --json prints it.",
      },
    );
  }
  const message = candidates[0]!;
  const author = await member.room.author(message.writer);
  const who = personInfo(author.identity, message.name);
  return {
    id: Shapes.hex(message.id),
    verified: message.verified,
    author: who,
    fingerprint: fingerprintOf(author.identity),
    steps: [
      {
        what: "message",
        ok: message.verified,
        detail: message.verified ? "signed by the device it came from" : "its signature does not hold",
      },
      {
        what: "device",
        ok: author.proven,
        detail: author.device
          ? `device ${Shapes.hex(author.device).slice(0, 8)}, attested for this room`
          : "no valid proof of a device",
      },
      { what: "identity", ok: author.proven, detail: author.proven ? message.name : "not proven" },
    ],
  };
}
