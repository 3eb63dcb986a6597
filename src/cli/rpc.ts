import { readOwner } from "../daemon/owner.js";
import { dial, LineReader } from "../rpc/transport.js";
import { defineCliCommand } from "./define.js";

export const rpc = defineCliCommand({
  path: ["rpc"],
  summary: "Speak to the core on standard input and output",
  details:
    "JSON-RPC 2.0, one object a line; docs/rpc.md has the list. Ends when the core does, or when all that came in is answered.",
  examples: [["ssh host keet-tui rpc", "the core of another machine"]],
  async run(shot) {
    // The first connection keeps the core from leaving until the second one stands.
    const core = await shot.core();
    const socket = await dial(readOwner(shot.paths.data)?.socket ?? shot.paths.socket, 5_000);
    const ended = new Promise<void>((done) => {
      socket.on("error", () => {});
      socket.on("close", () => done());
    });
    // `echo … | keet-tui rpc`: what was asked before the end of input is answered before the end of output.
    let waiting = 0;
    let hasEnded = false;
    const endWhenAnswered = () => {
      if (hasEnded && waiting <= 0) socket.end();
    };
    const asked = new LineReader({
      onLine: (line) => {
        if (line.includes('"id"')) waiting += 1;
      },
    });
    const answered = new LineReader({
      onLine: (line) => {
        if (line.startsWith('{"jsonrpc":"2.0","id":') && !line.startsWith('{"jsonrpc":"2.0","id":null')) waiting -= 1;
        endWhenAnswered();
      },
    });
    process.stdin.on("data", (bytes: Buffer) => asked.push(bytes));
    socket.on("data", (bytes: Buffer) => answered.push(bytes));
    process.stdin.on("error", () => socket.end());
    process.stdin.on("end", () => {
      hasEnded = true;
      endWhenAnswered();
    });
    process.stdin.pipe(socket, { end: false });
    socket.pipe(process.stdout, { end: false });
    core.close();
    await ended;
    return 0;
  },
});
