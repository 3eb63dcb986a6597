/** What one does with a message. */
import { KeetError } from "../errors.js";
import type { Core, MemberRoom, RoomMessage } from "../p2p/index.js";
import type { Handlers } from "../rpc/backend.js";
import type { MessageInfo, ParamsOf } from "../rpc/methods.js";
import { findMessage, findRoom, memberOf } from "./find.js";
import type { Search } from "./search.js";
import { messageInfo, Shapes } from "./shapes.js";

type Names =
  | "message.send"
  | "message.edit"
  | "message.delete"
  | "message.retry"
  | "message.react"
  | "message.pin"
  | "message.pins"
  | "message.get"
  | "message.search";

export function messageHandlers(core: Core, search: Search): Pick<Handlers, Names> {
  const found = async (room: string, id: string, writer: string | undefined) => {
    const { id: roomId, ...rest } = findRoom(core, room);
    const member = memberOf({ id: roomId, ...rest });
    return { roomId, member, message: await findMessage(member, id, writer ?? null) };
  };
  return {
    "message.send": async (params) => {
      const { room, text, id, action, mentions } = params;
      const open = findRoom(core, room);
      const member = memberOf(open);
      const sent = await member.send(text, {
        action: action ?? false,
        replyTo: await repliedTo(member, params),
        mentions: idsOf(mentions),
        ...(id ? { id: Buffer.from(id, "hex") } : {}),
      });
      return messageInfo(open.id, sent);
    },
    "message.edit": async ({ room, id, writer, text, mentions }) => {
      const { roomId, member, message } = await found(room, id, writer);
      const target = refOf(message);
      return changed(
        roomId,
        message,
        await member.act({ type: "edit-message", target, text, mentions: idsOf(mentions) }),
      );
    },
    "message.delete": async ({ room, id, writer }) => {
      const { roomId, member, message } = await found(room, id, writer);
      const target = refOf(message);
      const after = await (message.file ? member.unshare(target) : member.act({ type: "delete-message", target }));
      // Taken back before it went out: nobody has it, and nobody ever will.
      return messageInfo(roomId, after ?? neverSaid(message));
    },
    "message.retry": async ({ room, id }) => {
      const open = findRoom(core, room);
      const tried = await memberOf(open).retry(id ? Buffer.from(id, "hex") : null);
      return tried.map((message) => messageInfo(open.id, message));
    },
    "message.react": async ({ room, id, writer, emoji, remove }) => {
      const { roomId, member, message } = await found(room, id, writer);
      const type = remove ? "remove-reaction" : "add-reaction";
      if (emoji.trim() === "" || /\s/u.test(emoji)) {
        throw new KeetError("user", "BAD_ARGUMENT", "A reaction is one sign or a word without spaces.", {
          hint: "For example 👍 or :thumbsup.",
        });
      }
      return changed(roomId, message, await member.act({ type, target: refOf(message), emoji }));
    },
    "message.pin": async ({ room, id, writer, pinned }) => {
      const { roomId, member, message } = await found(room, id, writer);
      const type = pinned ? "pin-message" : "unpin-message";
      return changed(roomId, message, await member.act({ type, target: refOf(message) }));
    },
    "message.pins": async ({ room }) => {
      const open = findRoom(core, room);
      return (await memberOf(open).pins()).map((message) => messageInfo(open.id, message));
    },
    "message.get": async ({ room, id, writer }) => {
      const { roomId, message } = await found(room, id, writer);
      return messageInfo(roomId, message);
    },
    "message.search": (params) => search.find(params),
  };
}

function refOf({ writer, id }: RoomMessage) {
  return { writer, id };
}

function neverSaid(message: RoomMessage): RoomMessage {
  const deletedBy = { identity: message.author, name: message.name };
  const file = message.file && { ...message.file, name: "", unsharedBy: deletedBy };
  return { ...message, text: "", file, deletedBy };
}

function changed(roomId: string, before: RoomMessage, after: RoomMessage | null): MessageInfo {
  return messageInfo(roomId, after ?? before);
}

function idsOf(mentions: readonly string[] | undefined): Uint8Array[] {
  return (mentions ?? []).map((id) => {
    if (!/^[0-9a-f]{64}$/.test(id)) throw new KeetError("user", "BAD_ARGUMENT", "A mention is an identity in hex.");
    return Buffer.from(id, "hex");
  });
}

async function repliedTo(
  member: MemberRoom,
  { replyTo, replyWriter }: ParamsOf<"message.send">,
): Promise<{ writer: Uint8Array; id: Uint8Array } | null> {
  if (!replyTo) return null;
  const message = await findMessage(member, replyTo, replyWriter ?? null);
  if (message.place === null && message.state !== null) {
    throw new KeetError("user", "NOT_NOW", "The message you answer is not sent itself yet.");
  }
  if (message.op?.type !== "post-message" && !message.file) {
    throw new KeetError("user", "NO_SUCH_MESSAGE", `${Shapes.hex(message.id).slice(0, 8)} is no message to answer.`);
  }
  return refOf(message);
}
