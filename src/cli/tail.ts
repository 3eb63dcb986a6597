import { KeetError } from "../errors.js";
import type { RpcClient } from "../rpc/client.js";
import type { MessageInfo } from "../rpc/methods.js";
import { safeLine, safeName } from "../safe-text.js";
import { defineCliCommand } from "./define.js";
import { findRoom } from "./find-room.js";
import type { OneShot } from "./one-shot.js";
import { printJson, printRaw, talk } from "./output.js";
import { wholeNumber } from "./room-invite.js";
import { messageJson } from "./shapes.js";

const PAGE = 100;
const MAX_ROWS = 1_000_000;
/** Rows before what was printed that a late message may still push about. */
const LOOK_BACK = 1_000;
const RESTART_MS = 500;

export const tail = defineCliCommand({
  path: ["tail"],
  summary: "The last messages of a room, one a line",
  details: "With -f it goes on: each message once, when its place is known, also across restarts of the core.",
  positionals: [{ name: "room", describe: "Exact name, or 8 or more characters of the id" }],
  options: {
    lines: { type: "text", alias: "n", describe: "How many", default: "50" },
    follow: { type: "flag", alias: "f", describe: "Go on until stopped" },
  },
  examples: [
    ["keet-tui tail tea -n 5", "the last five"],
    ["keet-tui tail tea -n 0 -f --json", "what comes from now on, for a program"],
  ],
  async run(shot, args) {
    const rows = wholeNumber(args.option("lines") ?? "50", "-n", MAX_ROWS, 0);
    const room = await findRoom(await shot.person(), args.text("room"));
    const reader = new TailReader(shot, room.id);
    await reader.printLast(rows, args.flag("follow"));
    if (args.flag("follow")) await reader.follow();
    return 0;
  },
});

class TailReader {
  readonly #shot: OneShot;
  readonly #room: string;
  /** Rows printed, or older than what was asked for; by writer and id, in the order they came. */
  readonly #seen = new Set<string>();
  /** The lowest place whose row is in `#seen`. */
  #seenFrom = 0;
  #total = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(shot: OneShot, room: string) {
    this.#shot = shot;
    this.#room = room;
  }

  async printLast(rows: number, willFollow: boolean): Promise<void> {
    const core = await this.#shot.core();
    if (willFollow) this.#listen(core);
    const last = await core.request("message.list", { room: this.#room, limit: Math.min(PAGE, Math.max(1, rows)) });
    const printFrom = Math.max(0, last.total - rows);
    this.#seenFrom = willFollow ? Math.max(0, Math.min(printFrom, last.total - LOOK_BACK)) : printFrom;
    this.#total = last.total;
    let isWhole = !last.incomplete;
    const start = printFrom < last.total || willFollow ? this.#seenFrom : last.total;
    for (let from = start; from < last.total; ) {
      const { messages, incomplete } = await pageFrom(core, this.#room, from);
      isWhole &&= !incomplete;
      if (messages.length === 0) break;
      for (const [index, message] of messages.entries()) {
        if (from + index >= last.total) break;
        this.#show(message, from + index >= printFrom);
      }
      from += messages.length;
    }
    if (!isWhole) talk("Some of it is on no device that is here now.");
  }

  /** Ends only with the room. A core that stops is started again, as the screen does. */
  async follow(): Promise<void> {
    for (;;) {
      const core = await this.#shot.core();
      const ended = new Promise<"closed" | "gone">((done) => {
        core.onClose(() => done("closed"));
        core.onEvent((event) => {
          if (event.type === "room-gone" && event.room === this.#room) done("gone");
        });
        if (!core.isOpen) done("closed");
      });
      await this.#attach(core);
      if ((await ended) === "gone") {
        talk("This device has left the room.");
        return;
      }
      await this.#work;
      await new Promise((done) => setTimeout(done, RESTART_MS));
    }
  }

  #listen(core: RpcClient): void {
    core.onEvent((event) => {
      if (event.type !== "timeline" || event.room !== this.#room) return;
      this.#queue(() => this.#catchUp(core, event.from, event.total, event.messages));
    });
  }

  #listening: RpcClient | null = null;

  async #attach(core: RpcClient): Promise<void> {
    if (this.#listening && this.#listening !== core) this.#listen(core);
    this.#listening = core;
    try {
      await core.attach();
      const { total } = await core.request("message.list", { room: this.#room, limit: 1 });
      const from = Math.max(this.#seenFrom, Math.min(this.#total, total) - LOOK_BACK);
      this.#queue(() => this.#catchUp(core, from, total, null));
      await this.#work;
    } catch (error) {
      if (!(error instanceof KeetError) || error.code !== "CORE_GONE") throw error;
    }
  }

  /** One after the other: a page read while another event comes must not be printed around it. */
  #queue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error) => {
      if (error instanceof KeetError && error.code === "CORE_GONE") return;
      talk(`keet-tui: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  async #catchUp(core: RpcClient, from: number, total: number, known: readonly MessageInfo[] | null): Promise<void> {
    const first = Math.max(from, this.#seenFrom);
    if (known) {
      for (const message of known.slice(first - from)) this.#show(message, true);
    } else {
      for (let at = first; at < total; ) {
        const { messages } = await pageFrom(core, this.#room, at);
        if (messages.length === 0) break;
        for (const message of messages) this.#show(message, true);
        at += messages.length;
      }
    }
    this.#total = Math.max(this.#total, total);
  }

  #show(message: MessageInfo, isWanted: boolean): void {
    if (message.position === null) return;
    const key = `${message.writer} ${message.id}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    if (!isWanted) return;
    if (this.#shot.globals.json) printJson(messageJson(message));
    else printRaw(`${plainLine(message)}\n`);
  }
}

/** From a place on; half as many where the texts are too long for one line of the wire. */
async function pageFrom(core: RpcClient, room: string, from: number) {
  for (let limit = PAGE; ; limit = Math.ceil(limit / 2)) {
    try {
      return await core.request("message.list", { room, limit, from });
    } catch (error) {
      if (!(error instanceof KeetError) || error.code !== "TOO_LONG" || limit === 1) throw error;
    }
  }
}

export function plainLine(message: MessageInfo): string {
  const at = localTime(message.clockOff ? (message.receivedAt ?? message.sentAt) : message.sentAt);
  const name = safeName(message.author.name);
  const mark = message.verified ? "" : "?! ";
  if (message.type === "notice") return `${at} -- ${noticeWords(message, name)}`;
  if (message.deleted) return `${at} ${mark}${name} deleted a message`;
  if (message.file) return `${at} ${mark}${name} offers ${safeLine(message.file.name)}, ${message.file.bytes} bytes`;
  const text = safeLine(message.text);
  const edited = message.edited ? " (edited)" : "";
  return message.action ? `${at} ${mark}* ${name} ${text}${edited}` : `${at} ${mark}${name}: ${text}${edited}`;
}

function noticeWords(message: MessageInfo, name: string): string {
  if (message.notice === "created") return `${name} made this room`;
  if (message.notice === "joined") return `${name} joined`;
  if (message.notice === "newer") return `newer message from ${name}: update keet-tui`;
  return safeLine(message.text || `${name}: ${message.notice ?? "notice"}`);
}

function localTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "????-??-?? ??:??";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
