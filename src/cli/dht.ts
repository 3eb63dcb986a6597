import { KeetError } from "../errors.js";
import { defineCliCommand } from "./define.js";
import { printJson, printLine, talk } from "./output.js";

interface DhtNode {
  fullyBootstrapped(): Promise<void>;
  address(): { host: string; port: number };
  destroy(): Promise<void>;
}

const DEFAULT_PORT = "49737";

export const dht = defineCliCommand({
  path: ["dht"],
  summary: "Run a DHT node that others start from (--bootstrap)",
  details: "For a network of one's own. On a server give the address that others reach it by.",
  options: {
    host: { type: "text", describe: "Address that others reach it by", default: "127.0.0.1" },
    port: { type: "text", describe: "UDP port", default: DEFAULT_PORT },
  },
  examples: [
    ["keet-tui dht", "for this machine"],
    ["keet-tui dht --host 192.0.2.7 --port 49737", "for everybody who reaches that address"],
  ],
  async run(shot, args) {
    const host = args.option("host") ?? "127.0.0.1";
    const port = Number(args.option("port") ?? DEFAULT_PORT);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new KeetError("user", "USAGE", "--port is no port");
    const { default: HyperDHT } = (await import("hyperdht")) as unknown as {
      default: { bootstrapper(port: number, host: string, options: object): DhtNode };
    };
    const isLoopback = host === "127.0.0.1";
    const node = HyperDHT.bootstrapper(port, host, isLoopback ? { host } : {});
    await node.fullyBootstrapped();
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
