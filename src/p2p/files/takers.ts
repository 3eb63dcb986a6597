/** What other members' devices have of a share that is given from here, and whether one is getting it. */
import type Hypercore from "hypercore";
import { hex } from "../hex.js";

/** Who took nothing for so long is not getting it now. Over a slow line a block alone takes half a minute. */
const QUIET_MS = 60_000;

type Peer = Hypercore["peers"][number];

export interface TakersOptions {
  readonly core: Hypercore;
  /** Of the whole share, in blocks. */
  readonly length: () => number;
  readonly isMember: (connectionKey: Uint8Array) => boolean;
  /** Somebody has more of it than anybody had. */
  readonly onMore: () => void;
  readonly now?: () => number;
}

export class Takers {
  readonly #options: TakersOptions;
  readonly #now: () => number;
  /** When each took something last, by its connection key. */
  readonly #tookAt = new Map<string, number>();

  constructor(options: TakersOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    for (const peer of options.core.peers) this.#note(peer);
    options.core.on("peer-add", (peer: Peer) => this.#note(peer));
    options.core.on("remote-contiguous-length", options.onMore);
    options.core.on("upload", (_block: number, _bytes: number, peer: Peer) => this.#note(peer));
  }

  /** Some other device has all of it. */
  get hasWhole(): boolean {
    return this.#members.some((peer) => this.#isWhole(peer));
  }

  get isTaken(): boolean {
    const since = this.#now() - QUIET_MS;
    return this.#members.some((peer) => !this.#isWhole(peer) && (this.#tookAt.get(keyOf(peer)) ?? 0) > since);
  }

  get #members(): Peer[] {
    const { core, isMember } = this.#options;
    return core.peers.filter(({ remotePublicKey }) => isMember(remotePublicKey));
  }

  #isWhole({ remoteContiguousLength }: Peer): boolean {
    return remoteContiguousLength >= this.#options.length();
  }

  #note(peer: Peer): void {
    this.#tookAt.set(keyOf(peer), this.#now());
  }
}

function keyOf({ remotePublicKey }: Peer): string {
  return hex(remotePublicKey);
}
