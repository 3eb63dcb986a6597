/** What a device says of itself in a room's call, beside the log. docs/protocol.md. */
import b4a from "b4a";
import c from "compact-encoding";
import { struct } from "../codec.js";

export const CALL_ID_BYTES = 16;
const MAX_STATE_BYTES = 64;

const IS_IN = 1;
const IS_MUTED = 2;
const DECLINES = 4;
const WANTS_DIRECT = 8;
const WAS_LAST = 16;
const MAX_COPIES = 255;

export interface CallState {
  /** 16 random bytes; of two calls that began at once the smaller one stays. */
  readonly call: Uint8Array;
  readonly isIn: boolean;
  readonly isMuted: boolean;
  /** Does not want to come into that call. */
  readonly declines: boolean;
  /** How long it has been going on, in ms: the sender's word for it. */
  readonly ageMs: number;
  /** What it misses of what the others send, so that they repeat as much as is needed. */
  readonly loss: Loss;
  /** Packets of sound it has sent in this call. */
  readonly sent: number;
  /** To how many others it would pass on what one speaker sends; 0: to none. */
  readonly copies: number;
  /** Misses most of what the one told here sends: that comes to it by nobody else from now on. */
  readonly wantsDirect: boolean;
  /** With a goodbye: nobody else was in, and the history is told that it ended. */
  readonly wasLast: boolean;
}

export interface Loss {
  /** 0 to 100, of the one heard worst. */
  readonly percent: number;
  /** Mean length of a loss, in packets. */
  readonly run: number;
}

/** Until it has heard enough to tell: better repeated in vain than missed. */
export const UNKNOWN_LOSS: Loss = { percent: 10, run: 1 };
const MAX_RUN = 50;
/** Older than any call; further back there would be no such moment. */
const MAX_AGE_MS = 365 * 86_400_000;

interface Written {
  readonly version: number;
  readonly call: Uint8Array;
  readonly flags: number;
  readonly ageMs: number;
  readonly lossPercent: number;
  /** In tenths of a packet. */
  readonly lossRun: number;
  readonly sent: number;
  readonly copies: number;
}

const codec = struct<Written>({
  version: c.uint,
  call: c.fixed(CALL_ID_BYTES),
  flags: c.uint,
  ageMs: c.uint,
  lossPercent: c.uint,
  lossRun: c.uint,
  sent: c.uint,
  copies: c.uint,
});

export function encodeCallState(state: CallState): Uint8Array {
  const { call, ageMs, loss, sent, copies } = state;
  return c.encode(codec, {
    version: 1,
    call,
    flags: flagsOf(state),
    ageMs: Math.max(0, Math.round(ageMs)),
    lossPercent: Math.round(within(loss.percent, 0, 100)),
    lossRun: Math.round(within(loss.run, 1, MAX_RUN) * 10),
    sent,
    copies: within(copies, 0, MAX_COPIES),
  });
}

function flagsOf({ isIn, isMuted, declines, wantsDirect, wasLast }: CallState): number {
  const flags = [
    isIn && IS_IN,
    isMuted && IS_MUTED,
    declines && DECLINES,
    wantsDirect && WANTS_DIRECT,
    wasLast && WAS_LAST,
  ];
  return flags.reduce<number>((sum, flag) => sum | (flag || 0), 0);
}

/** Null for what is none, or of a version that this one does not know. */
export function decodeCallState(bytes: Uint8Array): CallState | null {
  if (bytes.byteLength > MAX_STATE_BYTES) return null;
  try {
    const { version, call, flags, ageMs, lossPercent, lossRun, sent, copies } = c.decode(codec, bytes);
    if (version !== 1 || !Number.isSafeInteger(ageMs) || !Number.isSafeInteger(sent)) return null;
    return {
      call: b4a.from(call),
      isIn: (flags & IS_IN) !== 0,
      isMuted: (flags & IS_MUTED) !== 0,
      declines: (flags & DECLINES) !== 0,
      ageMs: within(ageMs, 0, MAX_AGE_MS),
      loss: { percent: within(lossPercent, 0, 100), run: within(lossRun / 10, 1, MAX_RUN) },
      sent,
      copies: within(copies, 0, MAX_COPIES),
      wantsDirect: (flags & WANTS_DIRECT) !== 0,
      wasLast: (flags & WAS_LAST) !== 0,
    };
  } catch {
    return null;
  }
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
