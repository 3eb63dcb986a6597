/** A room as the core holds it: what is kept of it, and what of it is open. */
import type { Doors } from "./doors.js";
import type { Identity } from "./identity.js";
import type { Joining } from "./joining.js";
import type { LocalStore } from "./local-store.js";
import type { MemberRoom } from "./member-room.js";
import type { Who } from "./message-state.js";
import type { OwnSettings, RoomPrefs } from "./own-settings.js";
import type { SetRoom } from "./spec/generated/types.js";

/** What is kept of a room in the local store, under `room/<id>`. Keys in hex. */
export interface RoomEntry {
  readonly id: string;
  readonly namespace: string;
  readonly order: number;
  readonly joinedAt: number;
  readonly name: string;
  readonly key: string | null;
  readonly encryptionKey: string | null;
  /** The link it is being joined by; null once it is in. */
  readonly link: string | null;
  readonly ownJoin: string | null;
  /** It was in once: whatever becomes of a later invite, the room and what was written there are kept. */
  readonly wasIn: boolean;
  /** Of a room for two: whom it is with, as this device knew them before both are in. */
  readonly direct?: { readonly identity: string; readonly name: string } | null;
  /** The link with which the other one is asked. */
  readonly offer?: string | null;
  /** Somebody asks for this room and nothing was answered yet. */
  readonly request?: boolean;
}

export interface OpenRoom {
  readonly id: string;
  /** As it was called last; what its own record says goes before. */
  readonly name: string;
  readonly order: number;
  /** Null while its keys are not here. */
  readonly member: MemberRoom | null;
  /** For whom it waits; null once it is in. */
  readonly waitsFor: string | null;
  /** Why it cannot be opened; null where it is. */
  readonly failed: string | null;
  /** Until when an invite can still be used, ms since 1970; null where none can. */
  readonly doorUntil: number | null;
  /** Somebody asks for it, and nothing was answered yet. */
  readonly isRequest: boolean;
  /** Of a room for two: whom it is with; null until that is known. */
  readonly direct: Who | null;
  readonly prefs: RoomPrefs;
}

export interface Live {
  entry: RoomEntry;
  member: MemberRoom | null;
  joining: Joining | null;
  failed: string | null;
  /** This device's own log ends in what cannot be read. */
  isLogDamaged: boolean;
}

export function newLive(entry: RoomEntry): Live {
  return { entry, member: null, joining: null, failed: null, isLogDamaged: false };
}

/** What of the core the parts of it work with. */
export interface CoreHands {
  readonly rooms: Map<string, Live>;
  readonly now: () => number;
  me(): Identity;
  kept(): LocalStore;
  settings(): OwnSettings;
  doors(): Doors;
  /** @throws KeetError `NOT_WRITABLE` where this person is not in */
  member(id: string): MemberRoom;
  keep(entry: RoomEntry): Promise<void>;
  nextOrder(): number;
  describe(live: Live): OpenRoom;
  make(name: string, settings: Omit<SetRoom, "type" | "name">, direct?: RoomEntry["direct"]): Promise<OpenRoom>;
  join(link: string): Promise<OpenRoom>;
  leave(id: string): Promise<void>;
  startJoining(live: Live): void;
  /** Hands over what can be handed over now. */
  offer(): void;
  changed(id: string): void;
  notice(id: string, text: string, level: "info" | "warning"): void;
}
