/** JSON as it is promised: add fields, never change or drop one. The order is stable too. */
import type { InviteInfo, MemberInfo, MessageInfo, RoomDetail, RoomInfo } from "../rpc/methods.js";

export function roomJson(room: RoomInfo) {
  const { id, name, kind, topic, role, members, peers, unread, length, behind, state, reason } = room;
  return { id, name, kind, topic, role, members, peers, unread, length, behind, state, reason };
}

export function roomDetailJson(room: RoomDetail) {
  const { createdAt, signedLength, viewLength, viewHash, indexers, leftOut, fetched, lastAt, canWrite } = room;
  return {
    ...roomJson(room),
    createdAt,
    lastAt,
    canWrite,
    fetched,
    signedLength,
    viewLength,
    viewHash,
    indexers,
    leftOut,
  };
}

export function messageJson(message: MessageInfo) {
  const { id, room, author, sentAt, receivedAt, type, text, replyTo, edited, deleted, reactions, file } = message;
  const { state, verified, mine, action, notice } = message;
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
    file: file && { id: file.id, name: file.name, bytes: file.bytes },
    state,
    verified,
    mine,
    action,
    notice,
  };
}

export function memberJson(member: MemberInfo) {
  const { id, name, role, here, mine, devices } = member;
  return { id, name, role, here, mine, devices };
}

export function inviteJson(invite: InviteInfo) {
  const { id, link, by, uses, used, expiresAt, state } = invite;
  return { id, link, by: personJson(by), uses, used, expiresAt, state };
}

function personJson({ id, name }: { readonly id: string; readonly name: string }) {
  return { id, name };
}
