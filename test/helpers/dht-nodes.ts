// A DHT of five nodes in a process of its own: with fewer nobody learns enough of their own firewall to get through it.
// argv: the address that others reach it by. Prints one JSON line {bootstrap}; ends when its input does.
import createTestnet from "hyperdht/testnet.js";

const host = process.argv[2] ?? "127.0.0.1";
const net = await createTestnet(5, { host });
process.stdout.write(`${JSON.stringify({ bootstrap: `${host}:${net.bootstrap[0]!.port}` })}\n`);
process.stdin.on("end", () => void net.destroy()).resume();
