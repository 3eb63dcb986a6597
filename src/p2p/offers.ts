/**
 * Invites handed from member to member over their own connection: to a room for two, and to the room that one goes on
 * in. Never through a room's log: everybody who ever had its key can read that.
 */
import b4a from "b4a";
import type { Offer, RoomPeer } from "./channel.js";
import { hex } from "./hex.js";
import { parseLink } from "./invite-link.js";
import type { MemberRoom } from "./member-room.js";

export interface OffersOptions {
  /** Rooms this person is in. */
  readonly rooms: () => Iterable<MemberRoom>;
  /** Rooms for two that the other one is not in yet: whom to ask, and with which link. */
  readonly asking: () => Iterable<{ readonly identity: Uint8Array; readonly link: string }>;
  /** The link by which the members of that room go on in its successor; null where this device has none. */
  readonly successorLink: (roomId: string) => string | null;
  /** Somebody of that room hands over a link to its successor, as its own log says it is. */
  readonly onSuccessor: (room: MemberRoom, link: string) => void;
  /** Somebody wants to talk. */
  readonly onRequest: (room: MemberRoom, identity: Uint8Array, link: string) => void;
}

/** Id of the room a link leads to; null for what is no link. */
function roomOf(link: string): string | null {
  try {
    return hex(parseLink(link).discoveryKey);
  } catch {
    return null;
  }
}

export class Offers {
  readonly #options: OffersOptions;
  /** What each member, by identity in hex, offered last and no log names yet. */
  readonly #waiting = new WeakMap<MemberRoom, Map<string, { readonly id: string; readonly link: string }>>();
  /** Once on a connection is enough. */
  readonly #sent = new WeakMap<RoomPeer, Set<string>>();

  constructor(options: OffersOptions) {
    this.#options = options;
  }

  /** Everything that can be handed over now. */
  send(): void {
    const { rooms, asking, successorLink } = this.#options;
    const wanted = [...asking()];
    for (const member of rooms()) {
      const successor = successorLink(member.id);
      for (const peer of member.peers.hereWriters().values()) {
        const identity = member.peers.identityOf(peer);
        if (!identity) continue;
        if (successor) this.#sendOnce(peer, { kind: "successor", link: successor });
        for (const { identity: whom, link } of wanted) {
          if (b4a.equals(whom, identity)) this.#sendOnce(peer, { kind: "direct", link });
        }
      }
    }
  }

  #sendOnce(peer: RoomPeer, offer: Offer): void {
    const { link } = offer;
    const sent = this.#sent.get(peer) ?? new Set();
    if (sent.has(link)) return;
    sent.add(link);
    this.#sent.set(peer, sent);
    peer.sendOffer(offer);
  }

  receive(member: MemberRoom, identity: Uint8Array, { kind, link }: Offer): void {
    const id = roomOf(link);
    if (id === null) return;
    if (kind === "direct") {
      this.#options.onRequest(member, identity, link);
      return;
    }
    // Anybody can say so; the room's own log has to name it, and that may come a moment later.
    const waiting = this.#waiting.get(member) ?? new Map<string, { id: string; link: string }>();
    this.#waiting.set(member, waiting.set(hex(identity), { id, link }));
    this.look(member);
  }

  /** Whether the room's log names by now what was offered. */
  look(member: MemberRoom): void {
    const { successor } = member.summary().record ?? {};
    const waiting = this.#waiting.get(member);
    if (!successor || !waiting) return;
    for (const [teller, { id, link }] of waiting) {
      if (id !== hex(successor)) continue;
      waiting.delete(teller);
      this.#options.onSuccessor(member, link);
    }
  }
}
