/** Whether what this device sends leaves it without queueing and loss: only then is it asked to send more. */

/** What of a udx stream tells of it; absent where a connection goes by another road. */
export interface StreamStats {
  /** ms */
  readonly rtt: number;
  readonly packetsTransmitted?: number;
  readonly retransmits?: number;
}

/** Fewer tell nothing. */
const ENOUGH_PACKETS = 100;
const MOST_RESENT = 0.03;
/** Round trips longer than the shortest there were, by so much: what this device sends waits in a queue. */
const QUEUE_MS = 150;
/** So long it is not asked again. */
const POOR_MS = 30_000;
/** Shorter ago than that says nothing of now. */
const WINDOW_MS = 10_000;

interface Window {
  readonly at: number;
  readonly packets: number;
  readonly resent: number;
}

export class Upstream {
  readonly #now: () => number;
  readonly #shortest = new WeakMap<StreamStats, number>();
  readonly #windows = new WeakMap<StreamStats, Window>();
  #poorUntil = Number.NEGATIVE_INFINITY;

  /** @param now ms, monotonic */
  constructor(now: () => number) {
    this.#now = now;
  }

  get isGood(): boolean {
    return this.#now() >= this.#poorUntil;
  }

  /** Of the connections of a call, once a second. */
  note(streams: readonly StreamStats[]): void {
    const late = streams.map((stream) => this.#late(stream)).sort((a, b) => a - b);
    // One far device alone may be slow by itself.
    const isQueueing = (late[Math.floor((late.length - 1) / 2)] ?? 0) > QUEUE_MS;
    const grown = streams.map((stream) => this.#grown(stream));
    const packets = grown.reduce((sum, one) => sum + one.packets, 0);
    const resent = grown.reduce((sum, one) => sum + one.resent, 0);
    const isLosing = packets >= ENOUGH_PACKETS && resent / packets > MOST_RESENT;
    if (isQueueing || isLosing) this.#poorUntil = this.#now() + POOR_MS;
  }

  #late(stream: StreamStats): number {
    const shortest = Math.min(stream.rtt, this.#shortest.get(stream) ?? Number.POSITIVE_INFINITY);
    this.#shortest.set(stream, shortest);
    return stream.rtt - shortest;
  }

  #grown(stream: StreamStats): { packets: number; resent: number } {
    const now = { at: this.#now(), packets: stream.packetsTransmitted ?? 0, resent: stream.retransmits ?? 0 };
    const before = this.#windows.get(stream) ?? now;
    if (before === now || now.at - before.at >= WINDOW_MS) this.#windows.set(stream, now);
    return { packets: now.packets - before.packets, resent: now.resent - before.resent };
  }
}
