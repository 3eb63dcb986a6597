/** What may be asked of the core about calls; part of `METHODS`. Sound comes as `sound` to the client that is in the call. */
import type { PersonInfo } from "./methods.js";
import { count, flag, method, optional, text } from "./shape.js";

/** Of one packet, in base64: 1,100 bytes. */
const MAX_PACKET_CHARS = 1_468;

const room = text(512);

export interface CallMemberInfo extends PersonInfo {
  /** The device: writer core key in hex; its sound comes under this name. */
  readonly writer: string;
  readonly muted: boolean;
  /** Another device of this person. */
  readonly mine: boolean;
  /** What it misses of what others send: percent, and the mean length of a loss in packets. */
  readonly lossPercent: number;
  readonly lossRun: number;
  /** Round trip in ms; null where there is no connection now. */
  readonly rttMs: number | null;
}

export interface CallInfo {
  /** Of the room. */
  readonly room: string;
  readonly id: string;
  readonly startedAt: string;
  /** This device is in it. */
  readonly here: boolean;
  readonly muted: boolean;
  /** This person said "not now". */
  readonly declined: boolean;
  /** Other devices in it. */
  readonly others: readonly CallMemberInfo[];
  /** Who said "not now". */
  readonly declinedBy: readonly PersonInfo[];
}

/** One packet of sound, from the device of that writer. */
export interface SoundParams {
  readonly room: string;
  readonly from: string;
  /** Base64. */
  readonly packet: string;
}

export const CALL_METHODS = {
  "call.show": method<CallInfo | null>()("The call of a room; null where nobody is in one", { room }, "call"),
  "call.join": method<CallInfo>()(
    "Into the call of a room, which begins where there is none; this client hears its sound, and leaves when it hangs up or ends",
    { room, muted: optional(flag()) },
    "call",
  ),
  "call.leave": method<null>()("Out of the call", { room }, "null"),
  "call.mute": method<CallInfo>()("No sound goes out any more, or again", { room, muted: flag() }, "call"),
  "call.decline": method<null>()("Not now: who is in the call is told", { room }, "null"),
  "call.heard": method<null>()(
    "What this device misses of what the others send, in percent and in tenths of a packet, so that they repeat as much as is needed",
    { room, lossPercent: count(100), lossRun: count(500) },
    "null",
  ),
  "call.send": method<null>()(
    "A packet of sound to all in the call (best without an `id`: nobody waits for an answer)",
    { room, packet: text(MAX_PACKET_CHARS) },
    "null",
  ),
} as const;
