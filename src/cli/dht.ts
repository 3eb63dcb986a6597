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

export const dht = defineCliCommand({
  path: ["dht"],
  summary: "Run a DHT node that others start from (--bootstrap)",
  details: "For a network of one's own. On a server give the address that others reach it by.",
  options: {
    host: { type: "text", describe: "Address that others reach it by", default: "127.0.0.1" },
    port: { type: "text", describe: "UDP port; 0 takes a free one", default: DEFAULT_PORT },
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
    const { default: HyperDHT } = (await import("hyperdht")) as unknown as {
      default: { bootstrapper(port: number, host: string, options: object): DhtNode };
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
    if (shot.globals.json) printJson({ bootstrap: at });
    else printLine(at);
    talk(`A DHT node listens there. Use it: keet-tui --bootstrap ${at}. Ctrl-C ends it.`);
    await new Promise<void>((done) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => done());
    });
    await node.destroy();
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
