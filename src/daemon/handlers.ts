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
  type Signer,
} from "../p2p/index.js";
import type { Handlers } from "../rpc/backend.js";
import type { Draft, InviteInfo, RoomDetail, RoomInfo, VerifyInfo } from "../rpc/methods.js";
import { callHandlers } from "./call-handlers.js";
import { debugInfo } from "./debug-handler.js";
import { fileHandlers } from "./file-handlers.js";
import { findMessage, findRoom, memberOf } from "./find.js";
import { messageHandlers } from "./message-handlers.js";
import { moderationHandlers } from "./moderation-handlers.js";
import { Search } from "./search.js";
import { memberInfos, messageInfo, networkInfo, personInfo, roomInfo, Shapes } from "./shapes.js";

const VIEW_HASH_MS = 1_000;
const JOIN_WAIT_MS = 24 * 3_600_000;
/** Nobody needs a longer one, and Node turns timers over 24.8 days into none at all. */
const MAX_WAIT_MS = 3_600_000;

export function makeHandlers(core: Core): Handlers {
  const search = new Search(core);
  return {
    ...messageHandlers(core, search),
    ...moderationHandlers(core),
    ...fileHandlers(core),
    ...callHandlers(core),
    debug: async ({ room }) => debugInfo(core, room),
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
      const { id, isRequest } = findRoom(core, room);
      await (isRequest ? core.declineRequest(id) : core.leaveRoom(id));
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
      const { id, member, prefs } = findRoom(core, room);
      await member?.markRead();
      if (prefs.unread) await core.setPrefs(id, { unread: false });
      return null;
    },
    "room.typing": async ({ room }) => {
      findRoom(core, room).member?.peers.typing();
      return null;
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
      // Before the rows: what gets its place meanwhile is in both, and told once; the other way round it is in neither.
      const arriving = member.arriving;
      const first = from ?? Math.max(0, Math.min(before ?? total, total) - limit);
      const last = from === undefined ? Math.min(before ?? total, total) : Math.min(from + limit, total);
      try {
        const messages = await member.messages(first, last);
        const shown = messages.map((message) => messageInfo(found.id, message));
        const isLastPage = last >= total;
        const waiting = isLastPage
          ? arriving.filter((message) => !messages.some((other) => isSame(message, other)))
          : [];
        return {
          messages: [...shown, ...waiting.map((message) => messageInfo(found.id, message))],
          total,
          incomplete: messages.length < last - first || member.room.lacksHistory,
        };
      } catch (error) {
        if (!(error instanceof KeetError) || error.code !== "NOT_HERE") throw error;
        // What waits here is here, whatever else is not.
        const waiting = last >= total ? arriving.map((message) => messageInfo(found.id, message)) : [];
        return { messages: waiting, total, incomplete: true };
      }
    },
    "message.verify": ({ room, id, writer }) => verify(findRoom(core, room), id, writer ?? null),

    "draft.get": ({ room }) => core.draft<Draft>(findRoom(core, room).id),
    "draft.set": async ({ room, text, cursor }) => {
      await core.keepDraft(findRoom(core, room).id, text === "" ? null : { text, cursor });
      return null;
    },
  };
}

function identityOf(core: Core) {
  if (core.identity) return core.identity;
  throw new KeetError("user", "NO_IDENTITY", "This profile has no name yet.", {
    hint: "Start keet-tui and choose one.",
  });
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
    viewHash: hexOrNone(base ? await member!.room.viewHash(VIEW_HASH_MS) : null),
    signedHash: hexOrNone(base ? ((await member!.room.logs.signedHash())?.hash ?? null) : null),
    indexers: base?.system?.indexers.length ?? 0,
    ...(member && base ? await inner(member) : NOTHING_INSIDE),
    leftOut: member?.room.leftOut ?? {},
  };
}

function hexOrNone(bytes: Uint8Array | null): string {
  return bytes ? Shapes.hex(bytes) : "";
}

const NOTHING_INSIDE = { signers: [], risk: null, has: [], divergences: [] };

async function inner(member: MemberRoom): Promise<Pick<RoomDetail, "signers" | "risk" | "has" | "divergences">> {
  const signers = await member.signers();
  const writers = member.room.writers;
  const divergences = member.divergences.all.map(async ({ writer, length, here, there, told, at }) => {
    const identity = writers.get(writer)?.identity;
    return {
      writer,
      person: identity ? personInfo(identity, await member.room.nameOf(identity)) : null,
      length,
      here,
      there,
      told: personInfo(Buffer.from(told, "hex"), await member.room.nameOf(Buffer.from(told, "hex"))),
      at: Shapes.iso(at),
    };
  });
  return {
    signers: signers.map(({ writer, who, here, seenAt }) => ({
      person: personInfo(who.identity, who.name),
      writer: Shapes.hex(writer),
      here,
      seenAt: seenAt === null ? null : Shapes.iso(seenAt),
    })),
    risk: riskOf(member, signers),
    has: (await member.has()).map(({ who, blocks, of }) => ({
      person: personInfo(who.identity, who.name),
      blocks,
      of,
    })),
    divergences: await Promise.all(divergences),
  };
}

/** What the room would lose with one device. */
function riskOf(member: MemberRoom, signers: readonly Signer[]): string | null {
  const { members, record } = member.summary();
  if (record?.kind === "direct" || members < 2) return null;
  if (signers.length === 1) {
    const whose = signers[0]!.who.name || "one person";
    return `The room's order is signed by one device, ${whose}'s. If that is gone for good, all goes on, but newcomers wait longer. Two more take over by themselves once they were here for a while; it helps when they belong to moderators: /role.`;
  }
  const away = signers.filter(({ here }) => !here);
  if (away.length < 2) return null;
  return `${away.length} of ${signers.length} devices that sign the room's order are away (${away.map(({ who }) => who.name).join(", ")}). All goes on; newcomers wait longer until one is back.`;
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

async function verify(room: OpenRoom, id: string, writer: string | null): Promise<VerifyInfo> {
  const member = memberOf(room);
  const message = await findMessage(member, id, writer);
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
