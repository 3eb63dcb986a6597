/** A room's call from a shell: in until it is told to leave. */
import type { KeetError } from "../errors.js";
import { PLAIN_VOICE, startAudio, type Voice } from "../media/index.js";
import { safeLine } from "../safe-text.js";
import { CallSession, type CallView } from "../state/call-session.js";
import { openCoreFor } from "./connect.js";
import { type CliArgs, defineCliCommand } from "./define.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, printLine, talk } from "./output.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export const callJoin = defineCliCommand({
  path: ["call", "join"],
  summary: "Be in a room's call, which begins where there is none, until Ctrl-C or SIGTERM",
  details:
    "Who comes and goes is said on standard error. A WAV file can take the place of the microphone (file:talk.wav; loop:talk.wav again and again; file:- from standard input), and a new one that of the speaker (file:heard.wav). With --json each change is one object a line, with delay, loss and level of each.",
  positionals: [ROOM_ARGUMENT],
  options: {
    mic: { type: "text", describe: "Which microphone: as keet-tui audio devices names it, or file:talk.wav" },
    speaker: { type: "text", describe: "Which speaker, or file:heard.wav" },
    muted: { type: "flag", describe: "Only listen" },
    raw: { type: "flag", describe: "Leave noise and echo as they are" },
    "frame-ms": { type: "text", describe: "10: less delay, more traffic", choices: ["10", "20"], default: "20" },
  },
  examples: [
    ["keet-tui call join tea", "talk until Ctrl-C"],
    ["keet-tui call join tea --muted --speaker file:tea.wav", "record what is said; say that you do"],
    ["keet-tui call join tea --mic file:news.wav", "say what is in a file"],
  ],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const isMuted = args.flag("muted");
    const ended = Promise.withResolvers<Error | null>();
    const teller = new Teller(shot.globals.json);
    const session = await CallSession.join({
      connect: () => openCoreFor(shot.paths, shot.globals)(talk),
      room: room.id,
      wish: {
        microphone: args.option("mic"),
        speaker: args.option("speaker"),
        voice: voiceOf(args),
        isMuted,
      },
      startAudio,
      onView: (view) => teller.show(view),
      onEnd: (error) => ended.resolve(error),
    });
    const leave = () => void session.leave();
    for (const signal of SIGNALS) process.once(signal, leave);
    try {
      talk(`In the call of ${safeLine(room.name)}${isMuted ? ", muted" : ""}. Ctrl-C leaves it.`);
      const error = await ended.promise;
      if (error) throw error;
    } finally {
      for (const signal of SIGNALS) process.off(signal, leave);
    }
    return 0;
  },
});

export const callLeave = defineCliCommand({
  path: ["call", "leave"],
  summary: "Take this device out of a room's call, whichever terminal it is in",
  positionals: [ROOM_ARGUMENT],
  examples: [["keet-tui call leave tea", "the microphone is closed then"]],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    await core.request("call.leave", { room: room.id });
    return 0;
  },
});

export const callShow = defineCliCommand({
  path: ["call", "show"],
  summary: "Who is in a room's call",
  positionals: [ROOM_ARGUMENT],
  examples: [["keet-tui call show tea --json", "for a program"]],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const call = await core.request("call.show", { room: room.id });
    if (shot.globals.json) {
      printJson(call);
      return 0;
    }
    if (!call) {
      talk("Nobody is in a call there.");
      return 0;
    }
    if (call.here) printLine(`you${call.muted ? " (muted)" : ""}`);
    for (const { name, muted } of call.others) printLine(`${safeLine(name)}${muted ? " (muted)" : ""}`);
    return 0;
  },
});

function voiceOf(args: CliArgs): Voice {
  const isRaw = args.flag("raw");
  const frameMs = args.option("frame-ms") === "10" ? 10 : 20;
  return { ...PLAIN_VOICE, frameMs, suppresses: !isRaw, ducks: !isRaw };
}

/** Says what changed, once. */
class Teller {
  readonly #isJson: boolean;
  #people = new Map<string, string>();
  #said = new Map<string, string>();
  #isFirst = true;

  constructor(isJson: boolean) {
    this.#isJson = isJson;
  }

  show(view: CallView): void {
    if (this.#isJson) printJson(jsonOf(view));
    else this.#tell(view);
  }

  #tell(view: CallView): void {
    const now = new Map(view.people.map(({ writer, name }) => [writer, safeLine(name)]));
    for (const [writer, name] of now) {
      if (!this.#people.has(writer)) talk(`${name} ${this.#isFirst ? "is in it" : "came in"}`);
    }
    for (const [writer, name] of this.#people) if (!now.has(writer)) talk(`${name} left`);
    this.#people = now;
    this.#isFirst = false;
    this.#once("microphone", view.microphone.what === "silent" ? silent(view) : trouble(view.microphone.error));
    this.#once("speaker", trouble(view.speaker.error));
    this.#once("echo", view.hearsSpeaker ? "The others hear themselves: use headphones." : null);
    this.#once("core", view.isCut ? "The background part stopped; it is started again." : null);
  }

  #once(what: string, line: string | null): void {
    if (line === (this.#said.get(what) ?? null)) return;
    if (line === null) this.#said.delete(what);
    else this.#said.set(what, line);
    talk(line ?? `The ${what} is back.`);
  }
}

function silent({ microphone }: CallView): string {
  return `The microphone ${microphone.name} gives nothing but silence.`;
}

function trouble(error: KeetError | null): string | null {
  if (!error) return null;
  return error.hint ? `${error.message}. ${error.hint}` : `${error.message}.`;
}

function jsonOf(view: CallView): object {
  return {
    startedAt: new Date(view.startedAt).toISOString(),
    muted: view.isMuted,
    talking: view.isTalking,
    level: view.levelDb,
    sent: view.sentPackets,
    echo: view.hearsSpeaker,
    cut: view.isCut,
    microphone: { name: view.microphone.name, state: view.microphone.what, error: view.microphone.error?.code ?? null },
    speaker: { name: view.speaker.name, state: view.speaker.what, error: view.speaker.error?.code ?? null },
    people: view.people.map(({ writer, id, name, ...one }) => ({
      id,
      name,
      device: writer,
      muted: one.isMuted,
      talking: one.isTalking,
      level: one.levelDb,
      delayMs: one.delayMs,
      lossPercent: one.lossPercent,
      jitterMs: one.jitterMs,
      late: one.latePackets,
      guessed: one.guessedFrames,
      quality: one.quality,
    })),
  };
}
