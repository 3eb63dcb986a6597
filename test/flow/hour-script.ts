// An hour of work, played to the screen without the pauses: every way of using it, and what must hold at each rest.
import type { RpcClient } from "../../src/rpc/client.js";
import type { Pty } from "../helpers/pty.js";
import type { Size } from "../helpers/screen.js";
import { agree, type StockScreen } from "../helpers/witness.js";
import { type Desk, enter, giveName, KEY, linkOn, type, until } from "./desks.js";

/** Those that people have, from the widest to the least that is drawn at. */
export const SIZES: readonly Size[] = [
  { columns: 120, rows: 40 },
  { columns: 40, rows: 20 },
  { columns: 200, rows: 50 },
  { columns: 30, rows: 8 },
  { columns: 80, rows: 24 },
];

const MORE_KEYS = {
  help: "\x1bOP",
  select: "\x1b[1;5A",
  find: "\x06",
  goTo: "\x07",
  undo: "\x14",
  altEnd: "\x1b[1;3F",
} as const;

/** What bob says in turn: of every width, longer than a row, with links, code and names. */
const SAYINGS = [
  "short",
  "Grüße aus 東京, ein 幅 weiter",
  "👍 🎉 👨\u200d👩\u200d👧 flags 🇩🇪 and e\u0301",
  "a longer one that does not fit on a row of eighty cells, nor on two of forty, and goes on until it has wrapped",
  "@maya see https://example.org/a/long/path?with=query for it",
  "`code` and\n```\nconst x = await swarm.join(topic)\n```\nafter it",
] as const;

export interface HourOptions {
  readonly pty: Pty;
  readonly stock: StockScreen;
  readonly maya: Desk;
  readonly bob: Desk;
  /** What is typed at a shell with job control, to start the program. */
  readonly command: string;
  /** How many messages bob says in the first talk. */
  readonly talk: number;
  /** It takes ❤️ for one cell and moves by that, so that what is after it is elsewhere in the terminal around it. */
  readonly isTmux: boolean;
}

export class Hour {
  readonly #options: HourOptions;
  readonly #pty: Pty;
  /** What maya sent to tea, in order. */
  readonly typed: string[] = [];
  bobSaid = 0;
  cellsCompared = 0;
  rests = 0;
  #room = "";
  #bob: RpcClient | null = null;

  constructor(options: HourOptions) {
    this.#options = options;
    this.#pty = options.pty;
  }

  get room(): string {
    return this.#room;
  }

  get bob(): RpcClient {
    if (!this.#bob) throw new Error("bob has not joined yet");
    return this.#bob;
  }

  /** Nobody writes any more, and the cells are those of stock Ink. */
  async rest(): Promise<void> {
    this.cellsCompared += await agree(this.#pty, this.#options.stock);
    this.rests += 1;
  }

  async begin(): Promise<void> {
    await this.#pty.waitFor("shell>");
    this.#pty.write(`${this.#options.command}\r`);
    await giveName(this.#pty, "maya");
    await this.#pty.waitFor("Nothing here yet");
    await this.rest();
  }

  async makeRoom(): Promise<void> {
    const { maya, bob } = this.#options;
    await enter(this.#pty, "/create tea");
    await this.#pty.waitFor("made this room");
    await enter(this.#pty, "/invite");
    const link = await linkOn(this.#pty);
    await this.rest();
    await this.#escape();
    await bob.json(["identity", "rename", "bob"]);
    await bob.json(["room", "join", link, "--timeout", "60s"], { timeoutMs: 70_000 });
    await this.#pty.waitFor("bob joined", { timeoutMs: 20_000 });
    const [room] = await (await maya.rpc()).request("room.list", {});
    this.#room = room!.id;
    this.#bob = await bob.rpc();
    await this.rest();
  }

  /** Numbered, so that each can be found, in the order sent; the last one is in sight in the smallest window. */
  async bobSays(count: number): Promise<void> {
    for (let left = count; left > 0; left -= 1) {
      const number = this.bobSaid;
      this.bobSaid += 1;
      const text = `${tokenOf(number)} ${left === 1 ? "the last for now" : SAYINGS[number % SAYINGS.length]}`;
      await this.bob.request("message.send", { room: this.#room, text });
    }
  }

  async sees(text: string): Promise<void> {
    await this.#pty.waitFor((screen) => screen.text().join("\n").includes(text), { timeoutMs: 20_000 });
  }

  async seesLast(): Promise<void> {
    await this.sees(tokenOf(this.bobSaid - 1));
  }

  /** Each key in a write of its own, none waited for. */
  async types(text: string): Promise<void> {
    await enter(this.#pty, text, text);
    this.typed.push(text);
  }

  async talk(): Promise<void> {
    const bob = this.bobSays(this.#options.talk);
    for (let line = 0; line < 12; line += 1) await this.types(`line ${line} typed while bob talks, quick Grüße 幅`);
    await bob;
    await this.seesLast();
    await this.rest();
  }

  async burst(): Promise<void> {
    const text = Array.from({ length: 80 }, (_, index) => `k${index}`).join(" ");
    await enter(this.#pty, text);
    this.typed.push(text);
    await this.rest();
  }

  async paste(): Promise<void> {
    const lines = ["pasted one", "/leave", "\tthree 幅"];
    const bob = this.bobSays(20);
    this.#pty.write(`\x1b[200~${lines.join("\n")}\x1b[201~`);
    await this.#pty.waitFor("/leave");
    await bob;
    await this.rest();
    this.#pty.write(KEY.enter);
    await this.#pty.waitFor((screen) => /^\s*>?\s*$/.test(screen.text().at(-2)!));
    this.typed.push(lines.join("\n"));
    await this.#pty.waitFor(/three 幅 +✓/);
    await this.seesLast();
    await this.rest();
  }

  async reply(): Promise<void> {
    await this.#select("bob");
    this.#pty.write("r");
    await this.#pty.waitFor("replying to bob");
    await this.types("an answer to that");
    await this.rest();
  }

  async editOwn(): Promise<void> {
    await this.types("to be mended");
    await this.#pty.waitFor(/to be mended +✓/);
    await this.#select("maya");
    await this.rest();
    this.#pty.write("e");
    await this.#pty.waitFor("> to be mended");
    this.#pty.write(" now");
    await this.#pty.waitFor("> to be mended now");
    this.#pty.write(KEY.enter);
    await this.#pty.waitFor(/to be mended now.*edited/);
    this.typed.splice(-1, 1, "to be mended now");
    await this.rest();
  }

  async react(): Promise<void> {
    await this.#select("maya");
    this.#pty.write("+");
    await this.#pty.waitFor("❤️");
    if (!this.#options.isTmux) await this.rest();
    await type(this.#pty, ":tada");
    await this.rest();
    this.#pty.write(KEY.enter);
    await this.#pty.waitFor("🎉 1");
    await this.rest();
  }

  async takeBack(): Promise<void> {
    await this.#takesBack("taken back for good");
    this.typed.pop();
    await this.#takesBack("taken back and brought back");
    this.#pty.write(MORE_KEYS.undo);
    await this.#pty.waitFor(/brought back +✓/);
    await this.rest();
  }

  async #takesBack(text: string): Promise<void> {
    const shown = new RegExp(`${text} +✓`);
    await this.types(text);
    await this.#pty.waitFor(shown);
    await this.#select("maya");
    this.#pty.write("d");
    await this.#pty.waitFor("Take it back for everyone?");
    await this.rest();
    this.#pty.write(KEY.enter);
    await this.#pty.waitFor((screen) => !shown.test(screen.text().join("\n")));
    await this.#escape();
    await this.rest();
  }

  async pin(): Promise<void> {
    await this.#select("maya");
    this.#pty.write("p");
    await this.#pty.waitFor("Pinned");
    await this.#escape();
    await enter(this.#pty, "/pins");
    await this.#pty.waitFor("Pinned in tea");
    await this.rest();
    await this.#escape();
  }

  async search(): Promise<void> {
    this.#pty.write(MORE_KEYS.find);
    await this.#pty.waitFor("in any case");
    await type(this.#pty, "line 3 typed");
    await this.#pty.waitFor(/▌.*line 3 typed/);
    await this.rest();
    this.#pty.write(KEY.enter);
    await this.#pty.waitFor("y copy");
    await this.rest();
    await this.#escape();
    this.#pty.write(MORE_KEYS.altEnd);
    await this.seesLast();
    await this.rest();
  }

  async drafts(): Promise<void> {
    await enter(this.#pty, "/create dev");
    await this.#pty.waitFor((screen) => screen.text()[0]!.startsWith(" dev"));
    await type(this.#pty, "a thought for dev");
    await this.rest();
    await this.#goTo("te", " tea");
    await this.#pty.waitFor((screen) => /^\s*>\s*$/.test(screen.text().at(-2)!));
    await type(this.#pty, "half a thought");
    await this.#goTo("de", " dev");
    await this.#pty.waitFor("> a thought for dev");
    await this.rest();
    this.#pty.write(KEY.clearLine);
    await this.#goTo("te", " tea");
    await this.#pty.waitFor("> half a thought");
    await this.rest();
  }

  async sizes(): Promise<void> {
    for (const size of SIZES) {
      const bob = this.bobSays(10);
      this.#pty.resize(size);
      await bob;
      await this.seesLast();
      await this.#showsDraft();
      await this.rest();
      for (const key of [MORE_KEYS.help, MORE_KEYS.goTo, MORE_KEYS.select]) await this.#looksAt(key);
    }
  }

  /** What lies over the talk for a while. */
  async #looksAt(key: string): Promise<void> {
    const before = this.#pty.raw().length;
    this.#pty.write(key);
    await this.#pty.waitFor(() => this.#pty.raw().length > before);
    await this.rest();
    this.#pty.write(KEY.escape);
    await this.#showsDraft();
  }

  async #showsDraft(): Promise<void> {
    await this.#pty.waitFor((screen) => !screen.isCursorHidden && screen.text().at(-2)!.includes("> half a thought"));
  }

  /** From the newest to the oldest: what is seen on each page. */
  async scroll(): Promise<string[][]> {
    const pages: string[][] = [this.#pty.screen()];
    while (!this.#pty.screen().join().includes("made this room")) {
      if (pages.length > 60) throw new Error("the oldest message never came");
      const [, ...before] = this.#pty.screen();
      this.#pty.write(KEY.pageUp);
      await this.#pty.waitFor((screen) => screen.text().slice(1, 4).join() !== before.slice(0, 3).join());
      if (pages.length % 3 === 0) await this.rest();
      pages.unshift(this.#pty.screen());
    }
    this.#pty.write(MORE_KEYS.altEnd);
    await this.seesLast();
    await this.rest();
    return pages;
  }

  async suspend(): Promise<void> {
    this.#pty.write(KEY.suspend);
    await this.#pty.waitFor(/Stopped|Suspended/);
    this.#pty.write("echo in $((40 + 2))\r");
    await this.#pty.waitFor("in 42");
    await this.bobSays(5);
    this.#pty.write("fg\r");
    await this.#pty.waitFor("> half a thought");
    await this.seesLast();
    await this.rest();
  }

  async quit(): Promise<void> {
    this.#pty.write(KEY.clearLine);
    await this.#pty.waitFor((screen) => /^\s*>\s*$/.test(screen.text().at(-2)!));
    this.#pty.write(KEY.interrupt);
    await this.#pty.waitFor("Quit?");
    await this.rest();
    this.#pty.write(KEY.enter);
    await this.#pty.waitFor((screen) => screen.text().join("\n").trimEnd().endsWith("shell>"));
    this.#pty.write("echo ended with $?\r");
    await this.#pty.waitFor("ended with 0");
  }

  /** What maya wrote in tea, as bob has it, at the latest when some time is over. */
  async arrived(): Promise<string[]> {
    const isAll = async () => JSON.stringify(await this.#arrivedNow()) === JSON.stringify(this.typed);
    await until(isAll).catch(() => {});
    return this.#arrivedNow();
  }

  async #arrivedNow(): Promise<string[]> {
    const texts: string[] = [];
    for (let from = 0, total = 1; from < total; from += 200) {
      const page = await this.bob.request("message.list", { room: this.#room, limit: 200, from });
      total = page.total;
      texts.push(
        ...page.messages.flatMap(({ author, text }) => (author?.name === "maya" && text !== "" ? [text] : [])),
      );
    }
    return texts;
  }

  /** Back to the line, whose cursor shows it: a key right after Escape would be one held with Alt. */
  async #escape(): Promise<void> {
    this.#pty.write(KEY.escape);
    await this.#pty.waitFor((screen) => !screen.isCursorHidden);
  }

  async #goTo(letters: string, title: string): Promise<void> {
    this.#pty.write(MORE_KEYS.goTo);
    await this.#pty.waitFor("Go to");
    await type(this.#pty, letters);
    await this.rest();
    this.#pty.write(KEY.enter);
    await this.#pty.waitFor((screen) => screen.text()[0]!.startsWith(title));
  }

  /** The newest message of a person. */
  async #select(name: "maya" | "bob"): Promise<void> {
    this.#pty.write(KEY.up);
    await this.#pty.waitFor("y copy");
    // One that is not in the room yet offers no answer.
    const isIt = (hints: string) => hints.includes("r reply") && hints.includes("e edit") === (name === "maya");
    for (let steps = 0; !isIt(this.#pty.screen().at(-1)!); steps += 1) {
      if (steps > 20) throw new Error(`no message of ${name}`);
      const before = this.#pty.raw().length;
      this.#pty.write(KEY.up);
      await this.#pty.waitFor(() => this.#pty.raw().length > before);
    }
  }
}

export function tokenOf(number: number): string {
  return `b${String(number).padStart(3, "0")}.`;
}
