import type { CoreEvent, MethodName, ParamsOf, ResultOf, SoundParams } from "./methods.js";

/** Answered by the daemon itself: they are about the process, not about rooms. */
export type ProcessMethod = "status" | "stop" | "attach" | "stay";

/** Who asked: one client, for what lasts as long as it is there. */
export interface Asker {
  /** Once, when it has gone. */
  onClose(run: () => void): void;
  /** Tells it alone; left out where it does not read what it was told before. */
  sound(params: SoundParams): void;
}

export type Handlers = {
  readonly [M in Exclude<MethodName, ProcessMethod>]: M extends `call.${string}`
    ? (params: ParamsOf<M>, asker: Asker) => Promise<ResultOf<M>>
    : (params: ParamsOf<M>) => Promise<ResultOf<M>>;
};

/** What the rpc server serves. `src/daemon/backend.ts` makes it from a core. */
export interface Backend {
  readonly handlers: Handlers;
  /** Every event in order; returns the undo. */
  subscribe(listener: (event: CoreEvent) => void): () => void;
  /** Why this core should not stop by itself yet: sentences, the empty list when nothing is open. */
  openWork(): readonly string[];
  close(): Promise<void>;
}
