/** JSON as it is promised: add fields, never change or drop one. The order is stable too. */
import { messageJson, personJson } from "../export/message-json.js";
import type { InviteInfo, MemberInfo, RoomDetail, RoomInfo } from "../rpc/methods.js";

export { messageJson, personJson };

export function roomJson(room: RoomInfo) {
  return { ...roomStart(room), ...roomRest(room), canWrite: room.canWrite };
}

export function roomDetailJson(room: RoomDetail) {
  const { createdAt, signedLength, viewLength, viewHash, indexers, leftOut, fetched, lastAt, canWrite } = room;
  const { signers, has, risk, divergences } = room;
  return {
    ...roomStart(room),
    createdAt,
    lastAt,
    canWrite,
    fetched,
    signedLength,
    viewLength,
    viewHash,
    indexers,
    leftOut,
    ...roomRest(room),
    signers: signers.map((signer) => ({
      person: personJson(signer.person),
      writer: signer.writer,
      here: signer.here,
      seenAt: signer.seenAt,
    })),
    has: has.map(({ person, blocks, of }) => ({ person: personJson(person), blocks, of })),
    risk,
    divergences: divergences.map(({ writer, person, length, here, there, told, at }) => ({
      writer,
      person: person && personJson(person),
      length,
      here,
      there,
      told: personJson(told),
      at,
    })),
  };
}

function roomStart(room: RoomInfo) {
  const { id, name, kind, topic, role, members, peers, unread, length, behind, state, reason } = room;
  return { id, name, kind, topic, role, members, peers, unread, length, behind, state, reason };
}

function roomRest(room: RoomInfo) {
  const { mentions, rights, mutedUntil, archived, favourite, markedUnread } = room;
  const { continuedBy, continues, alarm } = room;
  return {
    mentions,
    rights: { post: rights.post, invite: rights.invite, share: rights.share, call: rights.call },
    with: room.with && personJson(room.with),
    mutedUntil,
    archived,
    favourite,
    markedUnread,
    continuedBy,
    continues,
    alarm,
  };
}

export function memberJson(member: MemberInfo) {
  const { id, name, role, here, mine, devices, seenAt, blocked, tag } = member;
  return { id, name, role, here, mine, devices, seenAt, blocked, tag };
}

export function inviteJson(invite: InviteInfo) {
  const { id, link, by, uses, used, expiresAt, state } = invite;
  return { id, link, by: personJson(by), uses, used, expiresAt, state };
}
