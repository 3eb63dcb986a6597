/** The fixed talk: two throw-away profiles on this machine write to each other, and everything that comes is checked. */
import { KeetError } from "../errors.js";
import type { RpcClient } from "../rpc/client.js";
import type { CoreEvent, MessageInfo } from "../rpc/methods.js";
import { answerTo, greeting, type Said } from "./answers.js";
import { startFriend } from "./friend.js";
import { type End, type FileReport, moveFile } from "./talk-file.js";
import { gone, type Surroundings, ThrowAway } from "./throw-away.js";

const GUEST = "guest";
const MAX_SHOWN_CHARS = 24;

const SCRIPT: readonly Said[] = [
  { text: "hello", action: false },
  { text: "reverse tea, 日本茶, a 👩‍👩‍👧 family", action: false },
  { text: "pours two cups", action: true },
  { text: "if (kettle.isHot) {\n  pour();\n}", action: false },
  { text: "count one, two, three", action: false },
  { text: "bye", action: false },
];

export interface LineReport {
  readonly type: "line";
  readonly author: string;
  readonly text: string;
  readonly action: boolean;
  readonly state: "pending" | "sent" | "delivered" | "failed";
  /** Its signature, its device and its identity, checked on the other side. */
  readonly verified: boolean;
  /** From its sending: until the other side had it, until it had its place there, until its sender knew. */
  readonly arrivedMs: number | null;
  readonly orderedMs: number | null;
  readonly deliveredMs: number | null;
}

export interface StepReport {
  readonly type: "step";
  readonly what: string;
  readonly ms: number;
}

export interface SummaryReport {
  readonly type: "summary";
  readonly ok: boolean;
  readonly lines: number;
  readonly files: number;
  readonly ms: number;
  readonly network: string;
}

export type TalkReport = LineReport | FileReport | StepReport | SummaryReport;

export interface TalkOptions extends Surroundings {
  readonly report: (report: TalkReport) => void;
  readonly limitMs: number;
}

/**
 * Resolves when everything arrived, and both processes and their folders are gone.
 * @throws DEMO_FAILED with what did not; what kept a core from starting
 */
export async function runTalk(options: TalkOptions): Promise<void> {
  const begin = performance.now();
  const { limitMs } = options;
  const profiles: ThrowAway[] = [];
  const keep = async <T extends ThrowAway>(starting: Promise<T>): Promise<T> => {
    const profile = await starting;
    profiles.push(profile);
    return profile;
  };
  let talk: Talk | null = null;
  // Ctrl-C, or a reader that left: the others are told by the end of their standard input, but we see them off.
  const interrupted = Promise.withResolvers<never>();
  const onSignal = () => interrupted.reject(new KeetError("user", "INTERRUPTED", "The demo was interrupted"));
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, onSignal);
  const timer = setTimeout(
    () => interrupted.reject(failed(talk?.missing() ?? "the two cores did not start", limitMs)),
    limitMs,
  );
  const starting = Promise.allSettled([
    keep(ThrowAway.start({ ...options, name: GUEST })),
    keep(startFriend(options)),
  ] as const);
  try {
    const [guest, friend] = await Promise.race([starting, interrupted.promise]);
    if (guest.status === "rejected") throw guest.reason;
    if (friend.status === "rejected") throw friend.reason;
    options.report({ type: "step", what: "two profiles, each with a core of its own", ms: sinceMs(begin) });
    talk = new Talk(options.report, await endOf(guest.value), await endOf(friend.value), friend.value.room);
    for (const { name, ended } of profiles) void ended.then((how) => interrupted.reject(gone(name, how)));
    await Promise.race([talk.run(friend.value.invite, begin), interrupted.promise]);
  } catch (error) {
    if (error instanceof KeetError && error.code === "FRIEND_GONE" && talk) {
      throw failed(`${error.message}; ${talk.missing()}`);
    }
    throw error;
  } finally {
    clearTimeout(timer);
    talk?.close();
    interrupted.promise.catch(() => {});
    await starting;
    await Promise.all(profiles.map((profile) => profile.close()));
    for (const signal of signals) process.off(signal, onSignal);
  }
}

function failed(what: string, limitMs?: number): KeetError {
  const when = limitMs === undefined ? "" : ` within ${Math.round(limitMs / 1000)} s`;
  return new KeetError("peer", "DEMO_FAILED", `The talk did not end well${when}: ${what}`, {
    hint: "keet-tui doctor shows what stands in the way.",
  });
}

const sinceMs = (begin: number) => Math.round(performance.now() - begin);

async function endOf(profile: ThrowAway): Promise<End> {
  return { name: profile.name, client: await profile.connect(), home: profile.home };
}

/** One side of the talk. */
class Side {
  readonly name: string;
  readonly client: RpcClient;
  readonly home: string;
  readonly room: string;
  readonly undo: () => void;
  /** What it heard from the other side, by writer and id. */
  readonly heard = new Map<string, { message: MessageInfo; arrivedAt: number; orderedAt: number | null }>();
  /** What it said itself. */
  readonly said = new Map<string, { message: MessageInfo; deliveredAt: number | null }>();

  constructor({ name, client, home }: End, room: string, onChange: () => void) {
    this.name = name;
    this.client = client;
    this.home = home;
    this.room = room;
    this.undo = client.onEvent((event) => {
      this.#apply(event);
      onChange();
    });
  }

  #apply(event: CoreEvent): void {
    if (!("room" in event) || event.room !== this.room) return;
    if (event.type === "arriving") this.#take(event.message);
    else if (event.type === "timeline") for (const message of event.messages ?? []) this.#take(message);
    else if (event.type === "states") {
      for (const { id, state } of event.states) {
        for (const said of this.said.values()) {
          if (said.message.id === id && state === "delivered") said.deliveredAt ??= Date.now();
        }
      }
    }
  }

  #take(message: MessageInfo): void {
    if (message.type !== "message") return;
    const key = keyOf(message);
    if (message.mine) {
      const said = this.said.get(key) ?? { message, deliveredAt: null };
      said.message = message;
      if (message.state === "delivered") said.deliveredAt ??= Date.now();
      this.said.set(key, said);
      return;
    }
    const heard = this.heard.get(key) ?? { message, arrivedAt: Date.now(), orderedAt: null };
    heard.message = message;
    if (message.position !== null) heard.orderedAt ??= Date.now();
    this.heard.set(key, heard);
  }
}

type Line = Omit<LineReport, "type">;

class Talk {
  readonly #report: TalkOptions["report"];
  readonly #guest: Side;
  readonly #friend: Side;
  readonly #checks = new Set<() => void>();
  readonly #done = new Set<string>();
  #waitsFor = "the guest to join";

  constructor(report: TalkOptions["report"], guest: End, friend: End, room: string) {
    this.#report = report;
    const onChange = () => {
      for (const check of [...this.#checks]) check();
    };
    this.#guest = new Side(guest, room, onChange);
    this.#friend = new Side(friend, room, onChange);
  }

  /** What has not come yet, as part of a sentence. */
  missing(): string {
    return `${this.#done.size} of ${LINES} lines arrived, waiting for ${this.#waitsFor}`;
  }

  async run(invite: string, begin: number): Promise<void> {
    const guest = this.#guest.client;
    await Promise.all([guest.attach(), this.#friend.client.attach()]);
    const joinBegin = performance.now();
    const { id: room } = await guest.request("room.join", { invite }, { timeoutMs: 0 });
    this.#report({ type: "step", what: "joined by the invite", ms: sinceMs(joinBegin) });
    await this.#expect(this.#friend, { text: greeting(GUEST), action: false });
    for (const said of SCRIPT) {
      await guest.request("message.send", { room, ...said });
      await this.#expect(this.#guest, said);
      const answer = answerTo({ ...said, name: GUEST, tookMs: null, members: [] });
      if (answer) await this.#expect(this.#friend, answer);
    }
    await this.#move(this.#guest, this.#friend);
    await this.#expect(this.#friend, /^I have it: from guest\.bin, /);
    await this.#move(this.#friend, this.#guest);
    await this.#agree();
    const { state, peers } = await guest.request("network", {});
    const network = `${state}, ${peers} connected`;
    this.#report({ type: "summary", ok: true, lines: this.#done.size, files: FILES, ms: sinceMs(begin), network });
  }

  close(): void {
    for (const { undo, client } of [this.#guest, this.#friend]) {
      undo();
      client.close();
    }
  }

  /** All of it, unharmed. The friend takes what it is offered; the guest has to fetch. */
  async #move(from: Side, to: Side): Promise<void> {
    this.#waitsFor = `a file from ${from.name} to come to ${to.name}`;
    const moved = moveFile({ room: from.room, from, to, isFetched: to === this.#guest });
    this.#report(
      await moved.catch((error: unknown) => {
        throw failed(`a file from ${from.name}: ${error instanceof Error ? error.message : String(error)}`);
      }),
    );
  }

  /** The next line of one side, complete on both, or what is wrong with it. */
  async #expect(from: Side, wanted: Said | RegExp): Promise<void> {
    const to = from === this.#guest ? this.#friend : this.#guest;
    const isPattern = wanted instanceof RegExp;
    const [first = ""] = isPattern ? ["an answer"] : wanted.text.split("\n");
    const shown = `"${first.length > MAX_SHOWN_CHARS ? `${first.slice(0, MAX_SHOWN_CHARS)}…` : first}" from ${from.name}`;
    this.#waitsFor = `${shown} to arrive`;
    const key = await this.#until(() => [...to.heard.keys()].find((one) => !this.#done.has(one)));
    const heard = to.heard.get(key)!;
    const { text, action } = heard.message;
    const isRight = isPattern ? wanted.test(text) && !action : text === wanted.text && action === wanted.action;
    if (!isRight) throw failed(`${shown} came to ${to.name} as "${text}"`);
    this.#waitsFor = `${shown} to take its place in the order`;
    const orderedAt = await this.#until(() => to.heard.get(key)?.orderedAt ?? undefined);
    this.#waitsFor = `${from.name} to hear that ${shown} was delivered`;
    const deliveredAt = await this.#until(() => from.said.get(key)?.deliveredAt ?? undefined);
    this.#waitsFor = `${shown} to be verified`;
    const { verified, steps } = await to.client.request("message.verify", { room: to.room, id: heard.message.id });
    const sentAt = Date.parse(heard.message.sentAt);
    const line: Line = {
      author: from.name,
      text,
      action,
      state: "delivered",
      verified: verified && steps.every(({ ok }) => ok),
      arrivedMs: heard.arrivedAt - sentAt,
      orderedMs: orderedAt - sentAt,
      deliveredMs: deliveredAt - sentAt,
    };
    this.#report({ type: "line", ...line });
    if (!line.verified) throw failed(`${shown} is not verifiable: ${steps.map(({ detail }) => detail).join("; ")}`);
    this.#done.add(key);
  }

  /** Both have the same lines in the same order, and the same view down to its hash. */
  async #agree(): Promise<void> {
    this.#waitsFor = "both to have the same order";
    const orders = () =>
      Promise.all(
        [this.#guest, this.#friend].map(async ({ client, room }) => {
          const [{ messages }, { viewHash }] = await Promise.all([
            client.request("message.list", { room, limit: 200 }),
            client.request("room.show", { room }),
          ]);
          const lines = messages.filter(({ type }) => type === "message");
          return { viewHash, keys: lines.map(keyOf), isVerified: lines.every(({ verified }) => verified) };
        }),
      );
    for (;;) {
      const [a, b] = await orders();
      const wanted = [...this.#done].join();
      const isAgreed = a!.keys.join() === wanted && b!.keys.join() === wanted && a!.viewHash === b!.viewHash;
      if (isAgreed && a!.isVerified && b!.isVerified) return;
      await new Promise((next) => setTimeout(next, 100));
    }
  }

  /** The first value that is there; the whole talk has a time limit. */
  #until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((done) => {
      const check = () => {
        const value = look();
        if (value === undefined) return;
        this.#checks.delete(check);
        done(value);
      };
      this.#checks.add(check);
      check();
    });
  }
}

/** The greeting, each line and its answer, and what the friend says of a file. */
const LINES = 1 + 2 * SCRIPT.length + 1;
const FILES = 2;

const keyOf = ({ writer, id }: MessageInfo) => `${writer} ${id}`;
