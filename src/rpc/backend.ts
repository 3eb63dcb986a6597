import type { CoreEvent, MethodName, ParamsOf, ResultOf } from "./methods.js";

/** Answered by the daemon itself: they are about the process, not about rooms. */
export type ProcessMethod = "status" | "stop" | "attach" | "stay";

export type Handlers = {
  readonly [M in Exclude<MethodName, ProcessMethod>]: (params: ParamsOf<M>) => Promise<ResultOf<M>>;
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
