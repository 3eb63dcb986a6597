/** How the screen reaches its core, again and again if it has to. */
import type { Paths } from "../config.js";
import { ensureCore } from "../daemon/ensure.js";
import type { RpcClient } from "../rpc/client.js";
import { ignoredOptions } from "./core-options.js";
import type { Globals } from "./define.js";
import { commandLine } from "./one-shot.js";

export type Connect = (talk?: (line: string) => void) => Promise<RpcClient>;

/** Each call finds the profile's core, or starts one. */
export function openCoreFor(paths: Paths, globals: Globals): Connect {
  let hasSaid = false;
  return async (talk = () => {}) => {
    const core = await ensureCore({
      paths,
      bootstrap: globals.bootstrap,
      lan: globals.lan,
      ...(globals.logLevel ? { logLevel: globals.logLevel } : {}),
      talk,
    });
    const ignored = hasSaid ? null : ignoredOptions(paths, globals, (rest) => commandLine(globals, rest));
    if (ignored) talk(ignored);
    hasSaid = true;
    return core;
  };
}
