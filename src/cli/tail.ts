import { KeetError } from "../errors.js";
import { NO_TAGS, type Tags, tagsOf } from "../export/words.js";
import type { RpcClient } from "../rpc/client.js";
import type { MessageInfo } from "../rpc/methods.js";
import { defineCliCommand } from "./define.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import type { OneShot } from "./one-shot.js";
import { printJson, printRaw, talk } from "./output.js";
import { wholeNumber } from "./room-invite.js";
import { messageJson } from "./shapes.js";
import { plainLine } from "./tail-line.js";

const PAGE = 100;
const MAX_ROWS = 1_000_000;
/** Rows before what was printed that a late message may still push about. */
const LOOK_BACK = 1_000;
const RESTART_MS = 500;

export const tail = defineCliCommand({
  path: ["tail"],
  summary: "The last messages of a room, one a line",
  details:
    'With -f it goes on: each message once, when its place is known, also across restarts of the core. One that is edited, taken back, reacted to or pinned is printed again: with ~ behind the time, or with "changed": true.',
  positionals: [ROOM_ARGUMENT],
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
  /** Rows printed, or older than what was asked for: by writer and id, how they were then. */
  readonly #seen = new Map<string, string>();
  #tags: Tags = NO_TAGS;
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
    this.#tags = tagsOf(await core.request("room.members", { room: this.#room }));
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
      if (!("room" in event) || event.room !== this.#room) return;
      if (event.type === "timeline") {
        this.#queue(() => this.#catchUp(core, event.from, event.total, event.messages));
      } else if (event.type === "changed") {
        this.#queue(async () => {
          for (const message of event.messages) this.#show(message, true, true);
        });
      } else if (event.type === "members") this.#tags = tagsOf(event.members);
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

  /** `isChange`: it is told as one, of a row that may lie before all that was looked at. */
  #show(message: MessageInfo, isWanted: boolean, isChange = false): void {
    if (message.position === null) return;
    const key = `${message.writer} ${message.id}`;
    const known = this.#seen.get(key);
    const version = versionOf(message);
    if (known === version) return;
    this.#seen.set(key, version);
    if (!isWanted) return;
    const isAgain = isChange || known !== undefined;
    if (this.#shot.globals.json) printJson(isAgain ? { ...messageJson(message), changed: true } : messageJson(message));
    else printRaw(`${plainLine(message, this.#tags, isAgain)}\n`);
  }
}

/** The same as long as nobody did anything with the message. */
function versionOf({ editedAt, edited, deleted, pinned, reactions }: MessageInfo): string {
  // Of one taken back the pin and the reactions go too, one after the other: no news.
  if (deleted) return "deleted";
  if (!edited && !pinned && reactions.length === 0) return "";
  const given = reactions.map(({ emoji, by }) => [emoji, ...by.map(({ id }) => id.slice(0, 8))]);
  return JSON.stringify([editedAt, pinned, given]);
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
