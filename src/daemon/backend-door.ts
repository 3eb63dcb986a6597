/** How a core gets its rooms. */
import type { Log } from "../log.js";
import type { Backend } from "../rpc/backend.js";

export interface BackendOptions {
  readonly profileDir: string;
  readonly profile: string;
  readonly bootstrap: string[] | null;
  readonly lan: boolean;
  readonly log: Log;
  readonly version: string;
}

export type OpenBackend = (options: BackendOptions) => Promise<Backend>;
