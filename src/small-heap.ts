import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** New objects: two halves of 8 MiB. */
const YOUNG_BYTES = 16 * 1024 * 1024;

/**
 * Lets the heap grow by half between two full collections, not to several times of what is in use: on a large machine
 * V8 collects so seldom that a core of 90 MB of live objects takes 350 MB (measured: 8,192 messages written; with this
 * 190 MB, for a fifth more time).
 */
export function keepHeapSmall(): void {
  usualGrowth = 50;
  growBy(usualGrowth);
}

/** In percent of what is in use; 0 is V8's own choice. */
let usualGrowth = 0;

function growBy(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}

/**
 * Ends the growth of the room for new objects at 16 MiB: Node 24 lets it grow to 134 MB, of which a screen that is
 * paged through keeps every byte. Where that room was given a limit at the start, this changes nothing.
 */
export function keepYoungSmall(): void {
  const observer = new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
    if (young && young.space_size < YOUNG_BYTES) return;
    setFlagsFromString("--semi-space-growth-factor=1");
    observer.disconnect();
  });
  observer.observe({ entryTypes: ["gc"] });
}

const LOOK_BYTES = 24 * 1024 * 1024;
const BUSY_GROWTH = 200;
const BUSY_MS = 5_000;

/**
 * Looks after large buffers that are soon dropped, as of a file that goes through. V8 takes them for growth of the heap
 * and would collect all of it ten times a second, for half of the processor's time (measured: 512 MiB, 74 full
 * collections; with this 4). So new objects alone are looked through, in a millisecond, before many of these buffers
 * have become old ones, and the heap may grow further for a while.
 */
export class DroppedBuffers {
  #bytes = 0;
  #busy: NodeJS.Timeout | null = null;
  readonly #collect = minorCollection();

  note(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < LOOK_BYTES) return;
    this.#bytes = 0;
    this.#collect();
    if (this.#busy) {
      this.#busy.refresh();
      return;
    }
    growBy(BUSY_GROWTH);
    this.#busy = setTimeout(() => this.#end(), BUSY_MS).unref();
  }

  #end(): void {
    this.#busy = null;
    growBy(usualGrowth);
  }
}

function minorCollection(): () => void {
  // Only contexts made from here on have it.
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("globalThis.gc") as ((options: { type: "minor" }) => void) | undefined;
  setFlagsFromString("--no-expose-gc");
  return () => collect?.({ type: "minor" });
}
