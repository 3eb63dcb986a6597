/** Roads that were offered and not taken yet. */
import b4a from "b4a";
import crypto from "hypercore-crypto";

const OFFER_MS = 30_000;
/** Those of a peer who asks again and again; the oldest gives way. */
const MAX_OFFERS_A_PEER = 4;

interface OpenOffer {
  readonly remoteKey: Uint8Array;
  readonly token: Buffer;
  readonly until: number;
}

export class OpenOffers {
  readonly #now: () => number;
  #offers: OpenOffer[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    this.#forgetLate();
    return this.#offers.length;
  }

  /** The token by which that peer, and nobody else, comes in. */
  add(remoteKey: Uint8Array): Buffer {
    const [oldest, ...others] = this.#of(remoteKey);
    if (oldest && others.length + 1 >= MAX_OFFERS_A_PEER) this.#forget(oldest);
    const token = crypto.randomBytes(32);
    this.#offers.push({ remoteKey, token, until: this.#now() + OFFER_MS });
    return token;
  }

  isOpenFor(remoteKey: Uint8Array): boolean {
    return this.#of(remoteKey).length > 0;
  }

  /** Once each. */
  use(remoteKey: Uint8Array, token: Uint8Array): boolean {
    const offer = this.#of(remoteKey).find((one) => b4a.equals(one.token, token));
    if (offer) this.#forget(offer);
    return offer !== undefined;
  }

  #of(remoteKey: Uint8Array): OpenOffer[] {
    this.#forgetLate();
    return this.#offers.filter((offer) => b4a.equals(offer.remoteKey, remoteKey));
  }

  #forget(offer: OpenOffer): void {
    this.#offers = this.#offers.filter((one) => one !== offer);
  }

  #forgetLate(): void {
    const now = this.#now();
    this.#offers = this.#offers.filter(({ until }) => now < until);
  }
}
