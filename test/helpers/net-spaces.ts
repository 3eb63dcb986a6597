// Networks made of network namespaces, each held open by a process that sleeps: they go when the test does.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { until } from "./program.js";

interface Teardown {
  teardown(work: () => unknown): void;
}

const runs = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;

/** Why networks cannot be made here, with what to install; false where they can. */
export function cannotMakeNetworks(): string | false {
  const can = process.platform === "linux" && runs("unshare", "-n", "ip", "link");
  return can ? false : "needs network namespaces: run as root, with util-linux and iproute2 installed";
}

/** Why there can be no firewall to be behind, with what to install; false where there can. */
export function cannotMakeFirewalls(): string | false {
  const cannot = cannotMakeNetworks();
  if (cannot) return cannot;
  return runs("unshare", "-n", "nft", "list", "ruleset") ? false : "needs a firewall: install nftables";
}

/** One machine, as far as the network can tell. */
export class Space {
  readonly pid: number;

  private constructor(pid: number) {
    this.pid = pid;
  }

  /** With a loopback interface, and nothing else. */
  static async open(t: Teardown): Promise<Space> {
    const child = spawn("unshare", ["-n", "sleep", "600"], { stdio: "ignore" });
    t.teardown(() => void child.kill("SIGKILL"));
    const pid = child.pid ?? 0;
    const [here, there] = ["/proc/self/ns/net", `/proc/${pid}/ns/net`];
    await until(() => readlinkSync(there) !== readlinkSync(here));
    const space = new Space(pid);
    space.run("ip link set lo up");
    return space;
  }

  /** Runs a program in it: before its command. */
  get within(): readonly [string, ...string[]] {
    return ["nsenter", "-t", String(this.pid), "-n"];
  }

  run(script: string): string {
    const [command, ...args] = this.within;
    return execFileSync(command, [...args, "sh", "-ec", script], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** What a person has who lets only answers in. */
  shutOut(): void {
    this.run(`nft -f - <<'RULES'
table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    iif "lo" accept
    ct state established,related accept
  }
}
RULES`);
  }
}

/** A network on which these are 10.77.0.1, 10.77.0.2, …, and a machine 10.77.0.254 that joins them. */
export async function onOneNetwork(t: Teardown, count: number): Promise<{ hub: Space; machines: Space[] }> {
  const hub = await Space.open(t);
  hub.run("ip link add br0 type bridge mcast_snooping 0; ip addr add 10.77.0.254/24 dev br0; ip link set br0 up");
  const machines: Space[] = [];
  for (let index = 1; index <= count; index++) {
    const machine = await Space.open(t);
    hub.run(`ip link add v${index} type veth peer name eth0 netns ${machine.pid}`);
    hub.run(`ip link set v${index} master br0 up`);
    machine.run(`ip addr add 10.77.0.${index}/24 dev eth0; ip link set eth0 up`);
    machine.run("ip route add default via 10.77.0.254");
    machines.push(machine);
  }
  return { hub, machines };
}
