/** The library gives of a core, and keeps it open for that, as long as a connection it was attached to is open. */
import type { Duplex } from "node:stream";
import type Hypercore from "hypercore";

/** What of hypercore 11 is looked into. */
interface Mux {
  readonly stream: Duplex;
}
interface Replicator {
  readonly _attached: ReadonlySet<Mux>;
  readonly peers: readonly { readonly stream: Duplex; readonly channel: { close(): void } }[];
  detachFrom(mux: Mux): void;
}

/** From now on nothing of it goes over that stream; without one, over none. */
export function detach(hypercore: Hypercore, from: Duplex | null = null): void {
  const { replicator } = hypercore.core as unknown as { replicator: Replicator };
  const isMeant = ({ stream }: { stream: Duplex }) => from === null || stream === from;
  for (const mux of [...replicator._attached].filter(isMeant)) replicator.detachFrom(mux);
  for (const { channel } of replicator.peers.filter(isMeant)) channel.close();
}
