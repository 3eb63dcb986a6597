/** JSON as it is promised: add fields, never change or drop one. The order is stable too. */
import { messageJson, personJson } from "../export/message-json.js";
import type { InviteInfo, MemberInfo, RoomDetail, RoomInfo } from "../rpc/methods.js";

export { messageJson, personJson };

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

export function memberJson(member: MemberInfo) {
  const { id, name, role, here, mine, devices } = member;
  return { id, name, role, here, mine, devices };
}

export function inviteJson(invite: InviteInfo) {
  const { id, link, by, uses, used, expiresAt, state } = invite;
  return { id, link, by: personJson(by), uses, used, expiresAt, state };
}
