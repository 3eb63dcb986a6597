/** A message as JSON, as it is promised: add fields, never change or drop one. The order is stable too. */
import type { MessageInfo, PersonInfo } from "../rpc/methods.js";

export function messageJson(message: MessageInfo) {
  const { id, room, author, sentAt, receivedAt, type, text, replyTo, edited, deleted, reactions, file } = message;
  const { state, verified, mine, action, notice, writer, reply, editedAt, deletedBy, pinned, blocked, about } = message;
  return {
    id,
    room,
    author: personJson(author),
    sentAt,
    receivedAt,
    type,
    text,
    replyTo,
    edited,
    deleted,
    reactions: reactions.map(({ emoji, by }) => ({ emoji, by: by.map(personJson) })),
    file: file && {
      id: file.id,
      name: file.name,
      bytes: file.bytes,
      files: file.files,
      isFolder: file.isFolder,
      hash: file.hash,
      duration: file.duration,
    },
    state,
    verified,
    mine,
    action,
    notice,
    writer,
    reply: reply && {
      id: reply.id,
      writer: reply.writer,
      found: reply.found,
      author: reply.author && personJson(reply.author),
      text: reply.text,
      deleted: reply.deleted,
    },
    editedAt,
    deletedBy: deletedBy && personJson(deletedBy),
    pinned,
    blocked,
    about: about && personJson(about),
  };
}

export function personJson({ id, name }: PersonInfo) {
  return { id, name };
}
