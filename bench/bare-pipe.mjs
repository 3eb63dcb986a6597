// The floor of latency: two processes on one encrypted connection, lines in at one and out at the other.
//   node bare-pipe.mjs listen <bootstrap>          prints its key, then every line that comes
//   node bare-pipe.mjs dial <bootstrap> <key>      prints how long connecting took, then sends its standard input
import { createInterface } from "node:readline";
import HyperDHT from "hyperdht";

const [, , role, bootstrap, key] = process.argv;
const [host, port] = bootstrap.split(":");
const dht = new HyperDHT({ bootstrap: [{ host, port: Number(port) }], host: "127.0.0.1", firewalled: false });

if (role === "listen") {
  const server = dht.createServer((connection) => {
    connection.on("error", () => {});
    connection.on("data", (bytes) => process.stdout.write(bytes));
  });
  await server.listen();
  process.stdout.write(`${server.publicKey.toString("hex")}\n`);
} else {
  await dht.fullyBootstrapped();
  const begin = performance.now();
  const connection = dht.connect(Buffer.from(key, "hex"));
  connection.on("error", () => {});
  await new Promise((done) => connection.once("open", done));
  process.stdout.write(`${performance.now() - begin}\n`);
  createInterface({ input: process.stdin }).on("line", (line) => connection.write(`${line}\n`));
}
