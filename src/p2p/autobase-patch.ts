/**
 * autobase 7.28.1 writes an indexer's views before its boot record: a kill between the two leaves rows that are
 * applied once more at the next start, get signed, and give that room two different views for ever (20 to 26 doubled
 * rows in 60 kills; none in 54 with the order below). So the views wait until the boot record is down.
 * To be taken out when the library does it; `test/p2p/kill.test.ts` fails without it.
 */
import { createRequire } from "node:module";
import ApplyState from "autobase/lib/apply-state.js";

const PATCHED_VERSION = "7.28.1";

const { version } = createRequire(import.meta.url)("autobase/package.json") as { version: string };
const flush = ApplyState.prototype._flush;

/** Idempotent; throws where the library is another one than the patch was tried with. */
export function patchAutobase(): void {
  if (version !== PATCHED_VERSION) {
    throw new Error(`autobase ${version} is not ${PATCHED_VERSION}: try test/p2p/kill.test.ts without the patch first`);
  }
  if (ApplyState.prototype._flush !== flush) return;
  ApplyState.prototype._flush = async function (this: ApplyState, nodes) {
    if (nodes) await this._appendLocalNodes(nodes);
    const checkpoint = this.localCheckpoint;
    if (!checkpoint) return flush.call(this, null);
    // Without a checkpoint the library's own flush does just the rest, in the order we want. Only it may miss it:
    // others look at it meanwhile, and a state without one would end the process.
    const rest = new Proxy(this, {
      get: (state, name) => (name === "localCheckpoint" ? null : Reflect.get(state, name)),
      set: (state, name, value) => Reflect.set(state, name, value),
    });
    await flush.call(rest, null);
    await checkpoint.update();
  };
}
