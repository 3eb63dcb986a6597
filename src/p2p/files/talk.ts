/**
 * What two members say about files beside the log, each as one message of the room's channel: who wants which share,
 * where a road of its own begins, and what cannot be had any more. docs/protocol.md has the bytes.
 */
import b4a from "b4a";
import c, { type Codec } from "compact-encoding";
import { list, struct } from "../codec.js";

export const SHARE_ID_BYTES = 16;
/** In one message. */
export const MAX_SHARES_SAID = 64;
const MAX_OFFER_BYTES = 1_024;

export const GONE_REASONS = ["not-here", "changed", "unshared"] as const;
export type GoneReason = (typeof GONE_REASONS)[number];

export const GONE_WORDS: { readonly [W in GoneReason]: string } = {
  "not-here": "nobody who has it is here",
  changed: "it was changed where it came from; it has to be shared again",
  unshared: "it was taken back",
};

export type FileTalk =
  /** Whoever has blocks of these may let me have them. */
  | { readonly say: "want"; readonly shares: readonly Uint8Array[] }
  /** Come here for them: bytes of an offer of `roads.ts`. */
  | { readonly say: "road"; readonly offer: Uint8Array }
  /** No road leads to you: send them over this connection. */
  | { readonly say: "here"; readonly shares: readonly Uint8Array[] }
  | { readonly say: "gone"; readonly share: Uint8Array; readonly why: GoneReason };

const shareId: Codec<Uint8Array> = {
  preencode: (state) => {
    state.end += SHARE_ID_BYTES;
  },
  encode: (state, id) => {
    state.buffer.set(id.subarray(0, SHARE_ID_BYTES), state.start);
    state.start += SHARE_ID_BYTES;
  },
  decode: (state) => {
    if (state.end - state.start < SHARE_ID_BYTES) throw new RangeError("a share's id is cut off");
    const id = state.buffer.subarray(state.start, state.start + SHARE_ID_BYTES);
    state.start += SHARE_ID_BYTES;
    return b4a.from(id);
  },
};

const sharesCodec = list(shareId, MAX_SHARES_SAID);
const goneCodec = struct<{ share: Uint8Array; why: number }>({ share: shareId, why: c.uint8 });

/** The first byte says which; only ever add at the end. */
const SAYS = ["want", "road", "here", "gone"] as const;

export function encodeTalk(talk: FileTalk): Buffer {
  return b4a.concat([b4a.from([SAYS.indexOf(talk.say)] as never), bodyOf(talk)]);
}

function bodyOf(talk: FileTalk): Uint8Array {
  switch (talk.say) {
    case "want":
    case "here":
      return c.encode(sharesCodec, talk.shares.slice(0, MAX_SHARES_SAID));
    case "road":
      return talk.offer;
    case "gone":
      return c.encode(goneCodec, { share: talk.share, why: GONE_REASONS.indexOf(talk.why) });
  }
}

/** @returns null for what a later version says. @throws RangeError where the bytes are none of ours */
export function decodeTalk(bytes: Uint8Array): FileTalk | null {
  const say = SAYS[bytes[0] ?? SAYS.length];
  const body = bytes.subarray(1);
  switch (say) {
    case "want":
    case "here":
      return { say, shares: c.decode(sharesCodec, body) };
    case "road":
      if (body.byteLength > MAX_OFFER_BYTES) throw new RangeError("a road's offer is too long");
      return { say, offer: b4a.from(body) };
    case "gone": {
      const { share, why } = c.decode(goneCodec, body);
      return { say, share, why: GONE_REASONS[why] ?? "not-here" };
    }
    default:
      return null;
  }
}
