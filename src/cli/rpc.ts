import { readOwner } from "../daemon/owner.js";
import { dial } from "../rpc/transport.js";
import { defineCliCommand } from "./define.js";

export const rpc = defineCliCommand({
  path: ["rpc"],
  summary: "Speak to the core on standard input and output",
  details: "JSON-RPC 2.0, one object a line; docs/rpc.md has the list. Ends when either side does.",
  examples: [["ssh host keet-tui rpc", "the core of another machine"]],
  async run(shot) {
    // The first connection keeps the core from leaving until the second one stands.
    const core = await shot.core();
    const socket = await dial(readOwner(shot.paths.data)?.socket ?? shot.paths.socket, 5_000);
    const ended = new Promise<void>((done) => {
      socket.on("error", () => {});
      socket.on("close", () => done());
    });
    process.stdin.on("error", () => socket.end());
    process.stdin.pipe(socket);
    socket.pipe(process.stdout, { end: false });
    core.close();
    await ended;
    return 0;
  },
});
