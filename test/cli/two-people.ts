/** Two people and a DHT of their own, all on this machine, with real cores. */
import { join } from "node:path";
import type { Test } from "tap";
import { Home, type Outcome, type RunOptions, until } from "../helpers/program.js";

export interface OnePerson {
  readonly home: Home;
  readonly options: RunOptions;
  run(...args: string[]): Promise<Outcome>;
  /** As `run`, and what it printed parsed. Throws where it failed. */
  json(...args: string[]): ReturnType<Home["json"]>;
}

export async function twoPeople(t: Test): Promise<{ maya: OnePerson; bob: OnePerson }> {
  const dir = t.testdir({ maya: {}, bob: {}, dht: {} });
  const dht = new Home(t, join(dir, "dht")).start(["dht", "--port", "0", "--json"], { globals: [], timeoutMs: 58_000 });
  await until(() => dht.stdout().includes("\n"));
  const { bootstrap } = JSON.parse(dht.stdout());
  const person = (name: string): OnePerson => {
    const home = new Home(t, join(dir, name));
    const options = { globals: ["--home", home.dir, "--no-lan", "--bootstrap", bootstrap] };
    return {
      home,
      options,
      run: (...args) => home.run(args, options),
      json: (...args) => home.json(args, options),
    };
  };
  return { maya: person("maya"), bob: person("bob") };
}

/** Both in one room of maya's, called tea, each by their name. */
export async function inOneRoom(t: Test) {
  const { maya, bob } = await twoPeople(t);
  await maya.json("identity", "rename", "maya");
  await bob.json("identity", "rename", "bob");
  const room = await maya.json("room", "create", "tea");
  const { link } = await maya.json("room", "invite", "tea");
  await bob.json("room", "join", link);
  await until(async () => (await maya.json("members", "tea")).length === 2, 20_000);
  return { maya, bob, room };
}

/** All rows of a room as `tail --json` prints them. */
export async function rows(person: OnePerson, room = "tea") {
  const { stdout } = await person.run("tail", room, "--json");
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
}
