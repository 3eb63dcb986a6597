/**
 * Shares that this device gives, for a minute at a time, to whoever shows that they have their keys: programs that are
 * in no room. Nothing is given where nobody asked for that.
 */
import type { Connection } from "hyperswarm";
import Protomux from "protomux";
import { hex } from "../hex.js";
import type { ShareCores } from "./share-cores.js";

export const LEASE_MS = 60_000;
const PROTOCOL = "hypercore/alpha";

export interface OpenNetwork {
  readonly connections: () => Iterable<Connection>;
  join(topic: Uint8Array): void;
  leave(topic: Uint8Array): void;
  /** No limit of time for this one. */
  trust(connection: Connection): void;
  isMember(key: Uint8Array): boolean;
}

interface Opened {
  readonly cores: ShareCores;
  readonly lease: NodeJS.Timeout;
  /** Those who showed that they have the keys. */
  readonly guests: Set<Connection>;
}

export class OpenShares {
  readonly #network: OpenNetwork;
  readonly #leaseMs: number;
  readonly #opened = new Map<string, Opened>();

  constructor(network: OpenNetwork, leaseMs = LEASE_MS) {
    this.#network = network;
    this.#leaseMs = leaseMs;
  }

  /** Asked again in time, it stays. */
  open(cores: ShareCores): void {
    const id = hex(cores.drive.key);
    const known = this.#opened.get(id);
    if (known) {
      known.lease.refresh();
      return;
    }
    const lease = setTimeout(() => this.#shut(id), this.#leaseMs).unref();
    const opened: Opened = { cores, lease, guests: new Set() };
    this.#opened.set(id, opened);
    for (const core of cores.all)
      core.on("peer-add", (peer: { stream: Connection }) => this.#admit(opened, peer.stream));
    for (const connection of this.#network.connections()) this.#answer(opened, connection);
    this.#network.join(cores.drive.core.discoveryKey);
  }

  attach(connection: Connection): void {
    for (const opened of this.#opened.values()) this.#answer(opened, connection);
  }

  close(): void {
    for (const id of [...this.#opened.keys()]) this.#shut(id);
  }

  /** Not offered: who does not name the core learns nothing of it. */
  #answer({ cores }: Opened, connection: Connection): void {
    for (const core of cores.all) {
      Protomux.from(connection).pair(
        { protocol: PROTOCOL, id: core.discoveryKey },
        () => void core.replicate(connection),
      );
    }
  }

  #admit({ guests }: Opened, stream: Connection): void {
    const isChat = [...this.#network.connections()].includes(stream);
    if (!isChat || this.#network.isMember(stream.remotePublicKey)) return;
    guests.add(stream);
    this.#network.trust(stream);
  }

  #shut(id: string): void {
    const opened = this.#opened.get(id);
    if (!opened) return;
    this.#opened.delete(id);
    clearTimeout(opened.lease);
    this.#network.leave(opened.cores.drive.core.discoveryKey);
    for (const connection of this.#network.connections()) {
      const mux = Protomux.from(connection);
      for (const { discoveryKey } of opened.cores.all) mux.unpair({ protocol: PROTOCOL, id: discoveryKey });
    }
    for (const guest of opened.guests) guest.destroy();
  }
}
