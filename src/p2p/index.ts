/** The one door of the core: what others may name. */
export type { Call, CallMember } from "./calls/calls.js";
export { Core, type CoreOptions } from "./core.js";
export type { Divergence } from "./divergence.js";
export { DEFAULT_INVITE_MS, type Invite } from "./doors.js";
export type { OpenFileWork, TransferInfo, TransferState } from "./files/held.js";
export type { FileSize } from "./files/layout.js";
export { safeName as nameOnDisk } from "./files/safe-name.js";
export { shareKey } from "./files/share-cores.js";
export { checkedName, checkedTopic, fingerprintOf, type Identity } from "./identity.js";
export type { OpenRoom } from "./live-room.js";
export type { Member, MemberRoom, NewShare, RoomSummary, Signer } from "./member-room.js";
export type { Who } from "./message-state.js";
export type { MessageState, RoomMessage, SharedFile, StateChange } from "./messages.js";
export type { NetworkState } from "./network.js";
export type { RoomPrefs } from "./own-settings.js";
export type { Late } from "./read-state.js";
export { RIGHTS } from "./rights.js";
export { parseQuery, type Query } from "./search-text.js";
export { KINDS, type Kind, ROLES, type Role } from "./view.js";

import { Core, type CoreOptions } from "./core.js";

/** Opens the store, the identity, every room, and starts looking for people. @throws KeetError of family `storage` */
export async function openCore(options: CoreOptions): Promise<Core> {
  const core = new Core(options);
  await core.ready();
  return core;
}
