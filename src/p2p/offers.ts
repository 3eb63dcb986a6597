/**
 * Invites handed from member to member over their own connection: to a room for two, and to the room that one goes on
 * in. Never through a room's log: everybody who ever had its key can read that.
 */
import b4a from "b4a";
import type { RoomPeer } from "./channel.js";
import { parseLink } from "./invite-link.js";
import type { MemberRoom } from "./member-room.js";
import { hex } from "./room.js";

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

export class Offers {
  readonly #options: OffersOptions;
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
        if (successor) this.#sendOnce(peer, successor);
        for (const one of wanted) if (b4a.equals(one.identity, identity)) this.#sendOnce(peer, one.link);
      }
    }
  }

  #sendOnce(peer: RoomPeer, link: string): void {
    const sent = this.#sent.get(peer) ?? new Set();
    if (sent.has(link)) return;
    sent.add(link);
    this.#sent.set(peer, sent);
    peer.sendOffer(link);
  }

  receive(member: MemberRoom, identity: Uint8Array, link: string): void {
    let id: string;
    try {
      id = hex(parseLink(link).discoveryKey);
    } catch {
      return;
    }
    const successor = member.summary().record?.successor;
    if (successor && hex(successor) === id) this.#options.onSuccessor(member, link);
    else this.#options.onRequest(member, identity, link);
  }
}
