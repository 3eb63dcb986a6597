/**
 * Members cut from each other and joined again at random, by a seed, while some come by invite, some are removed and
 * some restart; in the end all have one order and one view. A run that fails prints what it did.
 */
import type { Test } from "tap";
import { KeetError } from "../../src/errors.js";
import { hex } from "../../src/p2p/hex.js";
import type { RoomRow } from "../../src/p2p/room-rows.js";
import { atMost } from "../../src/p2p/time-limit.js";
import { type Mate, Table } from "./mates.js";
import { randomBy } from "./random.js";
import { until } from "./rooms.js";

const HEAL_LIMIT_MS = 120_000;
const SAY_LIMIT_MS = 500;
const LOOK_EVERY_MS = 100;
/** What the order left out is looked for when it has been still for a while. */
const KEPT_LIMIT_MS = 15_000;
const ORDER_ROUNDS = 3;
const MAX_NEWCOMERS = 2;
const MAX_REMOVALS = 2;

export interface PartitionOptions {
  readonly seed: number;
  readonly members: number;
  readonly steps: number;
  /** Short: the room gets three signers on the way. */
  readonly promoteAfterMs?: number;
}

export async function partitions(t: Test, options: PartitionOptions): Promise<void> {
  const run = new Run(t, options);
  try {
    await run.gather();
    for (let step = 0; step < options.steps; step++) await run.step();
    await run.heal();
    if (!(await run.check())) t.comment(await run.story());
  } catch (error) {
    t.comment(await run.story());
    throw error;
  }
}

/** What may happen, and how often. */
const DEEDS = [
  ["say", 60],
  ["cut", 14],
  ["link", 14],
  ["restart", 3],
  ["come", 3],
  ["remove", 3],
  ["promote", 1],
] as const;
type Deed = (typeof DEEDS)[number][0];

class Run {
  readonly #t: Test;
  readonly #options: PartitionOptions;
  readonly #random: () => number;
  readonly #table: Table;
  readonly #did: string[] = [];
  readonly #startedAt = performance.now();
  /** Whoever said what, by name. */
  readonly #said = new Map<string, string[]>();
  readonly #links = new Map<string, string>();
  #count = 0;
  /** By name; some of them come back. */
  readonly #wereRemoved = new Set<string>();
  #came = 0;
  #removals = 0;
  #healingAt = 0;
  #healedMs = 0;

  constructor(t: Test, options: PartitionOptions) {
    this.#t = t;
    this.#options = options;
    this.#random = randomBy(options.seed);
    const { promoteAfterMs } = options;
    this.#table = new Table(t, promoteAfterMs === undefined ? {} : { promoteAfterMs });
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)]!;
  }

  async gather(): Promise<void> {
    const table = this.#table;
    const first = await table.found("m0");
    const link = await first.invite(this.#options.members);
    for (let i = 1; i < this.#options.members; i++) {
      this.#links.set(`m${i}`, link);
      table.wires.link(first, await table.join(`m${i}`, first.keys, link));
    }
    const all = table.mates;
    await until(() => all.every(({ member }) => member.room.writable), 60_000);
    await until(() => all.every(({ member }) => member.room.writers.size === all.length), 60_000);
    await first.member.write({ type: "set-role", identity: all[1]!.identity.key, role: 2 });
  }

  async step(): Promise<void> {
    const deeds = DEEDS.flatMap(([deed, often]) => Array.from({ length: often }, () => deed));
    await this.#do(this.#pick(deeds));
  }

  async #do(deed: Deed): Promise<void> {
    const { mates, wires } = this.#table;
    const mate = this.#pick(mates);
    const other = this.#pick(mates);
    switch (deed) {
      case "say":
        return this.#say(mate);
      case "cut": {
        if (wires.names.length === 0) return;
        const name = this.#pick(wires.names);
        this.#note(`cut ${name}`);
        return wires.cut(name);
      }
      case "link":
        this.#note(`link ${mate.name} ${other.name}`);
        return wires.link(mate, other);
      case "restart":
        this.#note(`restart ${mate.name}`);
        await this.#table.restart(mate, this.#links.get(mate.name));
        return;
      case "come":
        return this.#come(mate);
      case "remove":
        if (this.#removals < MAX_REMOVALS) await this.#moderate("remove", mate, other);
        return;
      case "promote":
        return this.#moderate("promote", mate, other);
    }
  }

  async #say(mate: Mate): Promise<void> {
    const text = `${this.#options.seed}.${this.#count++}`;
    if (!mate.member.room.writable || mate.member.summary().role === null) return;
    this.#note(`${mate.name} says ${text}`);
    const said = this.#said.get(mate.name) ?? [];
    this.#said.set(mate.name, [...said, text]);
    const sending = mate.member.send(text).catch((error) => {
      this.#note(`${text} of ${mate.name}: ${error.code ?? error.message}`);
      // Closed in the middle it is unclear to who asked, but kept: it goes out after the restart.
      if (!(error instanceof KeetError)) return;
      this.#said.set(
        mate.name,
        (this.#said.get(mate.name) ?? []).filter((other) => other !== text),
      );
    });
    // Cut off in the middle of taking over a signed view a log waits; what was said is kept, and goes in later.
    await atMost(SAY_LIMIT_MS, sending);
  }

  async #come(by: Mate): Promise<void> {
    if (this.#came >= MAX_NEWCOMERS || !by.member.room.writable || by.member.summary().role === null) return;
    const link = await by.invite(1).catch(() => null);
    if (!link) return;
    const name = `n${this.#came++}`;
    this.#note(`${name} comes by an invite of ${by.name}`);
    this.#links.set(name, link);
    this.#table.wires.link(by, await this.#table.join(name, by.keys, link));
  }

  async #moderate(what: "remove" | "promote", by: Mate, whom: Mate): Promise<void> {
    if (by === whom || whom.name === "m0" || !by.member.room.writable) return;
    const identity = whom.identity.key;
    const op =
      what === "remove"
        ? ({ type: "remove-member", identity } as const)
        : ({ type: "set-role", identity, role: 2 } as const);
    const done = await by.member.write(op).then(
      () => true,
      () => false,
    );
    if (!done) return;
    this.#note(`${by.name} ${what}s ${whom.name}`);
    if (what !== "remove") return;
    this.#removals += 1;
    this.#wereRemoved.add(whom.name);
  }

  #note(what: string): void {
    this.#did.push(`${Math.round(performance.now() - this.#startedAt)} ${what}`);
  }

  /** All are connected again; waits until they agree and nothing of theirs waits. */
  async heal(): Promise<void> {
    const { mates, wires } = this.#table;
    wires.ring(mates);
    this.#healingAt = performance.now();
    await until(async () => {
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
      // A hash of everything takes its time, and is looked at only where it may be equal.
      if (new Set(mates.map(({ member }) => member.room.total)).size > 1) return false;
      const views = await Promise.all(mates.map((mate) => viewOf(mate)));
      if (views.includes(null) || new Set(views).size > 1) return false;
      const persons = await isIn(mates[0]!).catch(() => null);
      if (!persons) return false;
      return mates.every((mate) => !persons.has(hex(mate.identity.key)) || !mate.member.hasWaiting);
    }, HEAL_LIMIT_MS);
    this.#healedMs = Math.round(performance.now() - this.#healingAt);
  }

  async check(): Promise<boolean> {
    const t = this.#t;
    const { mates } = this.#table;
    const { seed } = this.#options;
    const [first] = mates as [Mate];
    const orders = await this.#orders();
    const rows = await first.member.room.rows(0, first.member.room.total);
    const posts = rows.flatMap(({ op, name }) => (op?.type === "post-message" ? [`${name}:${op.text}`] : []));
    const good = [
      t.equal(new Set(orders).size, 1, `one order of ${posts.length} messages`),
      t.equal(new Set(posts).size, posts.length, "each of them once"),
    ];
    const persons = await isIn(first);
    let removed = 0;
    for (const mate of mates) {
      const said = (this.#said.get(mate.name) ?? []).map((text) => `${mate.name}:${text}`);
      const shown = posts.filter((post) => post.startsWith(`${mate.name}:`));
      const isIn = persons.has(hex(mate.identity.key));
      if (isIn && !this.#wereRemoved.has(mate.name)) {
        good.push(t.same(shown.sort(), said.sort(), `all that ${mate.name} said, and no more`));
        continue;
      }
      const all = () => [...shown, ...notSent(mate)].sort();
      await until(() => all().join() === said.sort().join(), KEPT_LIMIT_MS).catch(() => {});
      good.push(t.same(all(), said.sort(), `all that ${mate.name} said is shown, or kept as not sent`));
      if (isIn) continue;
      removed += 1;
      good.push(t.ok(endsWithRemoval(rows, mate), `nothing of ${mate.name} after its removal`));
    }
    t.comment(
      `seed ${seed}: ${posts.length} messages, ${mates.length} devices, ${removed} not in any more, one view ${this.#healedMs} ms after all met`,
    );
    return good.every(Boolean);
  }

  /** What is not signed yet may still be put in another order, by all but not in the same moment. */
  async #orders(): Promise<string[]> {
    for (let round = 1; ; round++) {
      const orders = await Promise.all(this.#table.mates.map(async (mate) => (await mate.said()).join()));
      if (new Set(orders).size === 1 || round === ORDER_ROUNDS) return orders;
      await this.heal();
    }
  }

  async story(): Promise<string> {
    const states = await Promise.all(
      this.#table.mates.map(async (mate) => {
        const { room, summary } = { room: mate.member.room, summary: mate.member.summary() };
        const view = (await viewOf(mate))?.slice(0, 12) ?? "unreadable";
        const unsent = mate.member.arriving.map(({ text, state, reason }) => `${text} ${state} (${reason})`);
        const local = room.base.local.length;
        const taken = await room.knownLength(room.writerKey).catch(() => -1);
        return `${mate.name}: own log ${local}, of it in the order ${taken}, left out ${JSON.stringify(room.leftOut)}, ${room.total} rows, view ${view}, role ${summary.role}, behind ${summary.behind}, waiting ${mate.member.hasWaiting}, stopped ${room.stopReason}, signed ${room.base.signedLength} of ${room.base.length}, refused ${mate.refused}, unsent: ${unsent.join(", ")}`;
      }),
    );
    const differences = await Promise.all(
      this.#table.mates.slice(1).map((mate) => firstDifference(this.#table.mates[0]!, mate).catch(String)),
    );
    return [
      `seed ${this.#options.seed}`,
      ...this.#did,
      ...states,
      ...differences,
      this.#table.wires.names.join(" "),
    ].join("\n");
  }
}

async function viewOf(mate: Mate): Promise<string | null> {
  // Also while a signed view is being taken over, when reading it hangs.
  const hash = mate.member.room.viewHash(5_000).catch(() => null);
  const late = new Promise<null>((done) => setTimeout(done, 5_000, null).unref());
  const found = await Promise.race([hash, late]);
  return found && hex(found);
}

/** What it said and shows as not sent. */
function notSent(mate: Mate): string[] {
  const failed = mate.member.arriving.filter(({ mine, state }) => mine && state === "failed");
  return failed.map(({ text }) => `${mate.name}:${text}`);
}

/** Identities of those who are in, in hex. */
async function isIn(mate: Mate): Promise<Set<string>> {
  const persons = await mate.member.room.persons();
  return new Set(persons.filter(({ value }) => !value.removed && value.writers > 0).map(({ key }) => hex(key)));
}

function endsWithRemoval(rows: readonly RoomRow[], mate: Mate): boolean {
  const removedAt = rows.findIndex(
    ({ op }) => op?.type === "remove-member" && Buffer.compare(op.identity, mate.identity.key) === 0,
  );
  const lastAt = rows.findLastIndex(({ author }) => Buffer.compare(author.identity, mate.identity.key) === 0);
  // A newcomer whose invite went with the one who made it was never in.
  return removedAt === -1 ? lastAt === -1 : lastAt < removedAt;
}

/** Where two views are not the same: key and value of the first such entry, in hex. */
async function firstDifference(a: Mate, b: Mate): Promise<string> {
  const [left, right] = await Promise.all(
    [a, b].map(async ({ member }) => {
      const entries: string[] = [];
      for await (const { key, value } of member.room.base.view.createReadStream({})) {
        entries.push(`${hex(key)} = ${hex(value)}`);
      }
      return entries;
    }),
  );
  const at = left!.findIndex((entry, i) => entry !== right![i]);
  return at === -1 ? `${b.name}: as ${a.name}` : `${b.name}: ${right![at]}\n  ${a.name}: ${left![at]}`;
}
