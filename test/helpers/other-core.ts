/**
 * A core in a process of its own, with memory in place of rooms, that can be what no released one is:
 * of another wire version, or stopped by a signal between storing a message and answering.
 *   node other-core.js '{"home":"…","wire":2,"busy":false,"stopAtSend":false}'
 */
import { resolvePaths } from "../../src/config.js";
import { startCore } from "../../src/daemon/core.js";
import { openMemoryBackend } from "./memory-backend.js";

const { home, wire, version, busy, stopAtSend } = JSON.parse(process.argv[2] ?? "{}");
process.umask(0o077);
const core = await startCore({
  paths: resolvePaths({ home }),
  bootstrap: null,
  lan: false,
  stays: true,
  ...(wire === undefined ? {} : { wire }),
  ...(version === undefined ? {} : { version }),
  async openBackend(options) {
    const backend = await openMemoryBackend(options);
    let isArmed = Boolean(stopAtSend);
    return {
      ...backend,
      openWork: () => (busy ? ["a call in tea is on"] : backend.openWork()),
      handlers: {
        ...backend.handlers,
        async "message.send"(params) {
          const message = await backend.handlers["message.send"](params);
          if (isArmed) {
            isArmed = false;
            process.kill(process.pid, "SIGSTOP");
          }
          return message;
        },
      },
    };
  },
});
process.stdout.write("ready\n");
process.exit(await core.done);
