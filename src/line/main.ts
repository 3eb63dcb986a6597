/** The way in from the command line: standard input and output, session and desk, put together and taken apart again. */
import { join } from "node:path";
import { keptFile, type Paths } from "../config.js";
import { KeetError } from "../errors.js";
import type { SoundDoor } from "../state/calls.js";
import type { CoreLink } from "../state/core-link.js";
import { programFacts } from "../state/front-facts.js";
import type { Fact, Finding } from "../state/model.js";
import { Session } from "../state/session.js";
import { Settings } from "../state/settings.js";
import { copyText } from "../terminal/clipboard.js";
import { openPath } from "../terminal/opener.js";
import { Desk } from "./desk.js";
import { LineInput } from "./input.js";
import { Paper } from "./paper.js";

/** Longest wait, after a signal, for what was just sent. */
const CLOSE_MS = 1_000;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface RunLinesOptions {
  /** Of `keet-tui --plain <invite>`: one lands there after the name. */
  readonly invite: string | null;
  /** Where settings lie, the same as those of the screen. */
  readonly paths: Paths;
  /** Why it is lines and not the screen, where that was not asked for. */
  readonly reason: string | null;
  /** Questions may be asked where somebody is there. */
  readonly mayAsk: boolean;
  readonly defaultName: () => string;
  /** Reaches the core of this profile, starting one where none runs; asked again whenever it is lost. */
  readonly connect: (talk?: (line: string) => void) => Promise<CoreLink>;
  /** Starts the echo friend and answers with an invite of its room. */
  readonly startDemo?: () => Promise<string>;
  /** What `keet-tui doctor` finds, one by one. */
  readonly doctor?: () => AsyncIterable<Finding>;
  /** Where calls are made. */
  readonly sound?: SoundDoor;
  readonly streams?: {
    readonly stdin: NodeJS.ReadStream;
    readonly stdout: NodeJS.WriteStream;
    readonly stderr: NodeJS.WriteStream;
  };
}

export interface LinesEnd {
  readonly code: number;
  /** What ended it, for whoever started this program and looks. */
  readonly signal: NodeJS.Signals | null;
}

export async function runLines(options: RunLinesOptions): Promise<LinesEnd> {
  const { stdin, stdout, stderr } = options.streams ?? process;
  const isTyped = stdin.isTTY === true;
  const ownIds = new Set<string>();
  const session = new Session({
    connect: () => options.connect((line) => session.tell(line)),
    randomId: () => {
      const id = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");
      ownIds.add(id);
      return id;
    },
  });
  const paper = new Paper({
    now: session.now,
    columns: () => (stdout.isTTY ? stdout.columns || null : null),
    write: (text) => stdout.write(text),
    writeRefused: (text) => stderr.write(text),
  });
  const { config, profile } = options.paths;
  const settings = new Settings(keptFile(join(config, `${profile}.json`), { isPrivate: false }));
  const input = new LineInput(stdin);
  const desk = new Desk({
    ...{ session, paper, input, isTyped, invite: options.invite, startDemo: options.startDemo, openPath, settings },
    isAsked: isTyped && options.mayAsk,
    isShown: stdout.isTTY === true,
    defaultName: options.defaultName,
    doctor: options.doctor,
    sound: options.sound,
    facts: () => [...programFacts(options.paths), ...lineFacts(stdin, stdout)],
    copy,
    after: later,
    isOwnId: (id) => ownIds.has(id),
  });

  let signal: NodeJS.Signals | null = null;
  const onSignal = (name: NodeJS.Signals) => {
    if (name === "SIGINT" && isTyped && desk.interrupt()) return;
    signal = name;
    desk.end(1);
  };
  // Whoever read has what it wanted; only a script that was not done is told.
  const onUnread = () => {
    if (!isTyped) paper.refuse(`Nobody reads standard output any more; ended at line ${input.number} of the input`);
    desk.end(isTyped ? 0 : 1);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  stdout.on("error", onUnread);
  try {
    if (settings.problem) session.tellError(settings.problem);
    if (isTyped) paper.tell(options.reason ?? "keet-tui in lines", "/help says what works here.");
    const code = await desk.run();
    return { code, signal };
  } finally {
    await within(desk.stored(), CLOSE_MS);
    const lost = desk.unstored();
    if (lost.length > 0) paper.refuse(`Not stored when this ended: ${lost.join(", ")}`);
    await within(desk.close(), CLOSE_MS);
    for (const name of SIGNALS) process.off(name, onSignal);
    stdin.destroy();
  }
}

function lineFacts(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): Fact[] {
  const { TERM, LC_ALL, LC_CTYPE, LANG } = process.env;
  const typed = stdin.isTTY ? "typed" : "from a pipe or a file";
  const shown = stdout.isTTY ? `to a terminal of ${stdout.columns} columns` : "to a pipe or a file";
  return [
    { what: "lines", value: `${typed}, ${shown}` },
    { what: "TERM", value: TERM || "none" },
    { what: "locale", value: LC_ALL || LC_CTYPE || LANG || "none" },
  ];
}

/** No escape is written here, so a clipboard that only the terminal has is out of reach. */
async function copy(text: string): Promise<string> {
  const write = () => {
    throw new KeetError("user", "CANNOT_COPY", "Nothing here can copy without a word to the terminal", {
      hint: "/show reads the whole message. On the machine you sit at a clipboard program, such as xclip or wl-copy, makes it work.",
    });
  };
  await copyText(text, { write });
  return "copied";
}

function later(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  timer.unref();
  return () => clearTimeout(timer);
}

async function within(work: Promise<unknown>, limitMs: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, limitMs);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
}
