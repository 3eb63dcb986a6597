/** Lines in and lines out over a scripted core, without a terminal and without waiting: timers go off when a test says so. */
import type { Test } from "tap";
import { Desk } from "../../src/line/desk.js";
import { LineInput } from "../../src/line/input.js";
import { Paper } from "../../src/line/paper.js";
import type { SoundDoor } from "../../src/state/calls.js";
import type { Fact, Finding } from "../../src/state/model.js";
import { Session } from "../../src/state/session.js";
import { NOW, type ScriptedCore } from "../components/scripted-core.js";
import { until } from "../helpers/program.js";

export interface Lines {
  readonly desk: Desk;
  readonly session: Session;
  /** The exit code. */
  readonly ended: Promise<number>;
  /** One line, with its end. */
  type(line: string): void;
  /** The end of the input. */
  close(): void;
  /** All that was written, one entry a line; `refused` what went to standard error. */
  out(): string[];
  refused(): string[];
  /** Types, and waits until something is said that was not said before. @returns what is new on both */
  say(line: string): Promise<string[]>;
  waitFor(pattern: RegExp | string): Promise<void>;
  /** Every timer that waits goes off. */
  passTime(): void;
}

export interface LinesOptions {
  readonly isTyped?: boolean;
  readonly isAsked?: boolean;
  readonly isShown?: boolean;
  readonly invite?: string | null;
  /** Of the terminal; lines of any length where it is left out. */
  readonly columns?: number;
  readonly copy?: (text: string) => Promise<string>;
  readonly startDemo?: () => Promise<string>;
  readonly doctor?: () => AsyncIterable<Finding>;
  readonly facts?: () => readonly Fact[];
  readonly debugMs?: number;
  readonly sound?: SoundDoor;
}

export function openLines(t: Test, core: ScriptedCore, options: LinesOptions = {}): Lines {
  const {
    isTyped = true,
    isAsked = isTyped,
    isShown = true,
    invite = null,
    copy = async () => "copied",
    columns = null,
  } = options;
  const written: string[] = [];
  const refused: string[] = [];
  const all: string[] = [];
  const chunks: (Uint8Array | null)[] = [];
  let wake = () => {};
  const feed = (chunk: Uint8Array | null) => {
    chunks.push(chunk);
    wake();
  };
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (;;) {
      while (chunks.length === 0) {
        await new Promise<void>((done) => {
          wake = done;
        });
      }
      const chunk = chunks.shift()!;
      if (chunk === null) return;
      yield chunk;
    }
  }
  const timers = new Set<() => void>();
  const ownIds = new Set<string>();
  const session = new Session({
    connect: () => core.connect(),
    now: () => NOW,
    randomId: () => {
      const id = (ownIds.size + 0xabc00).toString(16).padStart(32, "0");
      ownIds.add(id);
      return id;
    },
  });
  const take = (into: string[]) => (text: string) => {
    const lines = text.replace(/\n$/, "").split("\n");
    into.push(...lines);
    all.push(...lines);
  };
  const paper = new Paper({
    now: session.now,
    columns: () => columns,
    write: take(written),
    writeRefused: take(refused),
  });
  const desk = new Desk({
    ...{ session, paper, isTyped, isAsked, isShown, invite, copy },
    input: new LineInput(stream()),
    defaultName: () => "login",
    after: (_ms, act) => {
      timers.add(act);
      return () => timers.delete(act);
    },
    isOwnId: (id) => ownIds.has(id),
    startDemo: options.startDemo,
    doctor: options.doctor,
    facts: options.facts,
    debugMs: options.debugMs,
    sound: options.sound,
  });
  const ended = desk.run();
  ended.catch(() => {});
  t.teardown(() => desk.close());
  const type = (line: string) => feed(Buffer.from(`${line}\n`));
  return {
    desk,
    session,
    ended,
    type,
    close: () => feed(null),
    out: () => [...written],
    refused: () => [...refused],
    async say(line) {
      const before = all.length;
      type(line);
      await until(() => all.length > before).catch(() => {
        throw new Error(`${line} says nothing; before it:\n${all.slice(-10).join("\n")}`);
      });
      // What one line leads to is said within a frame of the stores.
      for (let length = -1; length !== all.length; ) {
        length = all.length;
        await new Promise((done) => setTimeout(done, 40));
      }
      return all.slice(before);
    },
    async waitFor(pattern) {
      const holds = () =>
        all.some((line) => (typeof pattern === "string" ? line.includes(pattern) : pattern.test(line)));
      await until(holds).catch(() => {
        throw new Error(`${pattern} was not said:\n${all.join("\n")}`);
      });
    },
    passTime: () => {
      for (const act of [...timers]) {
        timers.delete(act);
        act();
      }
    },
  };
}
