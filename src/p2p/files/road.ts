/** A further encrypted stream to a peer, for bulk bytes, so that what is said never waits behind them. */
import type SecretStream from "@hyperswarm/secret-stream";

export type RoadKind = "tcp" | "dht";

export class Road {
  /** Paused and with nothing of ours left in it: whoever attaches to it gets the other side's first byte. */
  readonly stream: SecretStream;
  /** The peer's connection key, as in the chat. */
  readonly remoteKey: Uint8Array;
  readonly kind: RoadKind;

  constructor(stream: SecretStream, remoteKey: Uint8Array, kind: RoadKind) {
    this.stream = stream;
    this.remoteKey = remoteKey;
    this.kind = kind;
  }

  get isInitiator(): boolean {
    return this.stream.isInitiator;
  }

  close(): void {
    this.stream.destroy();
  }
}

/** The first message, and not a byte more: what comes after it stays in the stream. Null where it closes before. */
export function firstMessage(stream: SecretStream): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    if (stream.destroying) resolve(null);
    stream.once("close", () => resolve(null));
    stream.once("data", (bytes: Uint8Array) => {
      stream.pause();
      resolve(bytes);
    });
  });
}
