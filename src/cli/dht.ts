import { createSocket } from "node:dgram";
import { isIP } from "node:net";
import { KeetError } from "../errors.js";
import { defineCliCommand } from "./define.js";
import { printJson, printLine, talk } from "./output.js";
import { wholeNumber } from "./room-invite.js";

interface DhtNode {
  fullyBootstrapped(): Promise<void>;
  address(): { host: string; port: number };
  destroy(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";
const DEFAULT_PORT = "49737";
/** With fewer nobody behind a firewall learns enough of it to get through. */
const DEFAULT_NODES = "5";
const MAX_NODES = 64;

export const dht = defineCliCommand({
  path: ["dht"],
  summary: "Run a DHT that others start from (--bootstrap)",
  details:
    "For a network of one's own. On a server give the address that others reach it by. People behind firewalls need at least five nodes to find each other; they run in this one process, the others on free UDP ports.",
  options: {
    host: { type: "text", describe: "Address that others reach it by", default: "127.0.0.1" },
    port: { type: "text", describe: "UDP port; 0 takes a free one", default: DEFAULT_PORT },
    nodes: { type: "text", describe: "How many nodes", default: DEFAULT_NODES },
  },
  examples: [
    ["keet-tui dht", "for this machine"],
    ["keet-tui dht --host 192.0.2.7 --port 49737", "for everybody who reaches that address"],
  ],
  async run(shot, args) {
    const host = args.option("host") ?? LOOPBACK;
    if (isIP(host) !== 4 || host === "0.0.0.0") {
      throw new KeetError("user", "USAGE", "--host is the IPv4 address that others reach this node by");
    }
    const port = wholeNumber(args.option("port") ?? DEFAULT_PORT, "--port", 65_535, 0) || (await freePort());
    const count = wholeNumber(args.option("nodes") ?? DEFAULT_NODES, "--nodes", MAX_NODES, 1);
    const { default: HyperDHT } = (await import("hyperdht")) as unknown as {
      default: {
        new (options: object): DhtNode;
        bootstrapper(port: number, host: string, options: object): DhtNode;
      };
    };
    // Without `host` it listens on every interface.
    const node = HyperDHT.bootstrapper(port, host, host === LOOPBACK ? { host } : {});
    try {
      await node.fullyBootstrapped();
    } catch (cause) {
      throw new KeetError("user", "PORT_TAKEN", `UDP port ${port} cannot be used`, {
        hint: "Name another with --port, or 0 for any.",
        cause,
      });
    }
    const at = `${host}:${node.address().port}`;
    const nodes = [node];
    while (nodes.length < count) {
      const bindHost = host === LOOPBACK ? LOOPBACK : "0.0.0.0";
      const next = new HyperDHT({ ephemeral: false, firewalled: false, bootstrap: [at], host: bindHost });
      await next.fullyBootstrapped();
      nodes.push(next);
    }
    if (shot.globals.json) printJson({ bootstrap: at });
    else printLine(at);
    talk(`A DHT listens there. Use it: keet-tui --bootstrap ${at}. Ctrl-C ends it.`);
    await new Promise<void>((done) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => done());
    });
    await Promise.all(nodes.map((one) => one.destroy()));
    return 0;
  },
});

/** The node itself takes no 0. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((done, failed) => {
    socket.once("error", failed);
    socket.bind(0, LOOPBACK, done);
  });
  const { port } = socket.address();
  await new Promise<void>((done) => socket.close(() => done()));
  return port;
}
