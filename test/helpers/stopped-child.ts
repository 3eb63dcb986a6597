// Somebody's core in a process of its own, to be stopped by a signal. argv: folder. Ends when its input does.
import { openCore } from "../../src/p2p/index.js";

const core = await openCore({ folder: process.argv[2]!, bootstrap: [], lan: true });
process.stdout.write("open\n");
process.stdin.on("end", () => void core.close()).resume();
