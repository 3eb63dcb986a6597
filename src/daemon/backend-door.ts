/** How a core gets its rooms: the real backend is loaded only once the store may be opened. */
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

export const openRealBackend: OpenBackend = async (options) => {
  const { openBackend } = (await import(new URL("./backend.js", import.meta.url).href)) as { openBackend: OpenBackend };
  return openBackend(options);
};
