import { type SafeText, safeName, safeText } from "../safe-text.js";
import type { IdentityView, MessageView, ReplyView } from "./model.js";
import { quoteOf } from "./views.js";

/** What was just typed here, as a row at once: nobody has answered yet. */
export function localMessage(said: {
  readonly id: string;
  readonly room: string;
  readonly identity: IdentityView | null;
  readonly tag: SafeText | null;
  readonly at: number;
  readonly text: string;
  readonly action: boolean;
  readonly replyTo: MessageView | null;
}): MessageView {
  const { id, room, identity, tag, at, text, action, replyTo } = said;
  return {
    key: `local:${id}`,
    id,
    room,
    writer: "",
    position: null,
    authorId: identity?.id ?? "",
    author: identity?.name ?? safeName("me"),
    tag,
    sentAt: at,
    receivedAt: null,
    type: "message",
    text: safeText(text),
    original: text,
    reply: replyTo && replyViewOf(replyTo),
    edited: false,
    deleted: false,
    deletedBy: null,
    pinned: false,
    blocked: false,
    reactions: [],
    file: null,
    state: "pending",
    verified: true,
    mine: true,
    action,
    notice: null,
    about: null,
    clockOff: false,
    mentionsMe: false,
    reason: null,
  };
}

function replyViewOf({ key, authorId, author, original, deleted, position }: MessageView): ReplyView {
  return { key, found: true, authorId, author, text: quoteOf(original), deleted, position };
}
