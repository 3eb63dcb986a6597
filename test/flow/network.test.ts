// Interfaces that do not work, firewalls, and machines behind one address: people find each other, or hear why not.
import { join } from "node:path";
import t, { type Test } from "tap";
import { cannotMakeFirewalls, cannotMakeNetworks, onOneNetwork, Space } from "../helpers/net-spaces.js";
import { Home, until } from "../helpers/program.js";

t.setTimeout(180_000);

const NETWORKS = { skip: cannotMakeNetworks() };
const FIREWALLS = { skip: cannotMakeFirewalls() };
/** Found by the beacon; no DHT answers at an address for documentation. One on loopback would keep the core there. */
const NEARBY = ["--bootstrap", "192.0.2.1:9"] as const;

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Somebody at a machine. */
class Guest {
  readonly home: Home;
  readonly #space: Space;
  readonly #globals: readonly string[];

  constructor(t: Test, name: string, space: Space, globals: readonly string[] = NEARBY) {
    this.home = new Home(t, join(t.testdirName, name));
    this.#space = space;
    this.#globals = ["--home", this.home.dir, ...globals];
  }

  get options() {
    return { globals: this.#globals, within: this.#space.within, timeoutMs: 90_000 };
  }

  start(...args: string[]) {
    return this.home.start(args, this.options);
  }

  json(...args: string[]) {
    return this.home.json(args, this.options);
  }

  async doctor(): Promise<Finding[]> {
    const { stdout } = await this.home.run(["doctor", "--json"], this.options);
    return JSON.parse(stdout).findings;
  }

  async texts(): Promise<string[]> {
    const { stdout } = await this.home.run(["tail", "tea", "--json"], this.options);
    const rows = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
    return rows.flatMap(({ type, text }) => (type === "message" ? [text] : []));
  }
}

async function founder(guest: Guest): Promise<string> {
  await guest.json("room", "create", "tea");
  const { link } = await guest.json("room", "invite", "tea", "--uses", "5");
  await guest.json("send", "tea", "hello");
  return link;
}

/** @returns where it listens */
async function dhtOn(t: Test, machine: Space, host: string): Promise<string> {
  const dht = new Guest(t, "dht", machine, []).start("dht", "--host", host, "--port", "0", "--json");
  await until(() => dht.stdout().includes("\n"), 20_000);
  return JSON.parse(dht.stdout()).bootstrap;
}

async function meet(t: Test, maya: Guest, bob: Guest): Promise<void> {
  const link = await founder(maya);
  const startedAt = performance.now();
  const joined = await bob.start("room", "join", link, "--timeout", "60s").done;
  t.equal(joined.code, 0, joined.stderr);
  t.comment(`in after ${Math.round(performance.now() - startedAt)} ms`);
  await bob.json("send", "tea", "hello maya", "--wait", "delivered");
  t.same(await maya.texts(), ["hello", "hello maya"]);
}

t.test(
  "C46: a bridge without carrier, and one where the group cannot be joined: found over the rest",
  NETWORKS,
  async (t) => {
    t.testdir({ maya: {}, bob: {} });
    const machine = await Space.open(t);
    // One membership only: it goes to the first interface, and joining throws on the others.
    machine.run("echo 1 >/proc/sys/net/ipv4/igmp_max_memberships");
    machine.run(
      "ip link add br0 type bridge; ip addr add 10.9.0.1/24 dev br0; ip link set br0 up; ip link add off0 type veth; ip link set off0 master br0",
    );
    machine.run(
      "ip link add fake0 type veth peer name fake1; ip addr add 10.8.0.1/24 dev fake0; ip link set fake0 up; ip link set fake1 up",
    );
    const [maya, bob] = [new Guest(t, "maya", machine), new Guest(t, "bob", machine)];
    await meet(t, maya, bob);
    const found = await maya.doctor();
    const about = (name: string) => found.filter(({ detail }) => detail.startsWith(name));
    t.match(about("lo "), [{ what: "beacon", ok: true }, { what: "interface" }]);
    t.match(about("fake0 10.8.0.1: "), [
      { what: "beacon", ok: false, detail: /cannot listen for people here \(ENOBUFS\)/ },
    ]);
    t.match(about("br0"), [{ what: "interface", ok: true, detail: /not used/ }]);
  },
);

t.test("C47: behind firewalls that let only answers in, a DHT brings two machines together", FIREWALLS, async (t) => {
  t.testdir({ maya: {}, bob: {}, dht: {} });
  const { hub, machines } = await onOneNetwork(t, 2);
  for (const machine of machines) machine.shutOut();
  const by = ["--bootstrap", await dhtOn(t, hub, "10.77.0.254")];
  await meet(t, new Guest(t, "maya", machines[0]!, by), new Guest(t, "bob", machines[1]!, by));
});

t.test(
  "C47: without a DHT it says that nothing comes in, and the rule it names lets them meet",
  FIREWALLS,
  async (t) => {
    t.testdir({ maya: {}, bob: {} });
    const { machines } = await onOneNetwork(t, 2);
    for (const machine of machines) machine.shutOut();
    const [maya, bob] = [new Guest(t, "maya", machines[0]!), new Guest(t, "bob", machines[1]!)];
    const link = await founder(maya);
    const joining = bob.start("room", "join", link, "--timeout", "80s");

    const deafTo = async (guest: Guest) =>
      (await guest.doctor()).filter(({ what, ok, detail }) => what === "beacon" && !ok && detail.startsWith("eth0 "));
    for (const guest of [bob, maya]) await until(async () => (await deafTo(guest)).length > 0, 40_000);
    await until(async () => (await bob.doctor()).some(({ what, ok }) => what === "network" && !ok), 40_000);
    const network = (await bob.doctor()).find(({ what }) => what === "network");
    t.match(network, { detail: /^offline, 0 connected: .*a firewall here lets nobody's call in/ });

    for (const [index, guest] of [maya, bob].entries()) {
      const [{ detail }] = (await deafTo(guest)) as [Finding];
      t.match(detail, /nothing comes in on UDP port 49999 here, not even what this machine sends itself/);
      const [, rule] = /this lets it in: sudo (nft .*)$/.exec(detail) ?? [];
      t.ok(rule, detail);
      machines[index]!.run(rule!);
    }
    const joined = await joining.done;
    t.equal(joined.code, 0, joined.stderr);
    // It hears itself with its next beacon.
    await until(async () => (await deafTo(bob)).length === 0, 40_000);
    t.same(await deafTo(bob), [], "and it is no longer said");
  },
);

t.test("C47: a machine and a container on it, behind one address", FIREWALLS, async (t) => {
  t.testdir({ maya: {}, bob: {} });
  const { machines } = await onOneNetwork(t, 1);
  const machine = machines[0]!;
  const container = await Space.open(t);
  machine.run(
    `ip link add dock0 type veth peer name eth0 netns ${container.pid}; echo 1 >/proc/sys/net/ipv4/ip_forward`,
  );
  machine.run("ip addr add 172.31.9.1/24 dev dock0; ip link set dock0 up");
  container.run("ip addr add 172.31.9.2/24 dev eth0; ip link set eth0 up; ip route add default via 172.31.9.1");
  machine.run(
    'nft add table ip nat; nft "add chain ip nat out { type nat hook postrouting priority 100; }"; nft add rule ip nat out oif eth0 masquerade',
  );
  await meet(t, new Guest(t, "maya", machine), new Guest(t, "bob", container));
});

t.test(
  "C45: a core that stood still, and has another address afterwards, is back with its people",
  NETWORKS,
  async (t) => {
    t.testdir({ maya: {}, bob: {} });
    const { machines } = await onOneNetwork(t, 2);
    const [maya, bob] = [new Guest(t, "maya", machines[0]!), new Guest(t, "bob", machines[1]!)];
    await meet(t, maya, bob);
    const [core] = bob.home.cores();
    process.kill(core!, "SIGSTOP");
    machines[1]!.run("ip addr flush dev eth0; ip addr add 10.77.0.77/24 dev eth0");
    const meanwhile = maya.start("send", "tea", "while you slept", "--wait", "delivered", "--timeout", "80s");
    // As long as it takes to be told from a busy moment.
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    process.kill(core!, "SIGCONT");
    await bob.json("send", "tea", "awake", "--wait", "delivered", "--timeout", "30s");
    t.equal((await meanwhile.done).code, 0);
    await until(async () => (await bob.texts()).length === 4, 20_000);
    t.same((await maya.texts()).sort(), ["awake", "hello", "hello maya", "while you slept"]);
  },
);
