/** A file fetched while its getter and its sender are killed again and again, each in the middle of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import crypto from "hypercore-crypto";
import type { Test } from "tap";
import { BLOCK_BYTES } from "../../src/p2p/files/layout.js";
import { until } from "./rooms.js";
import { gather } from "./wired-cores.js";

const script = fileURLToPath(new URL("file-kill-child.js", import.meta.url));

class Life {
  readonly #lines = new Map<string, { readonly rest: string; readonly at: number }>();
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(args: readonly string[], onBlock: (index: number) => void = () => {}) {
    this.#child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    this.#ended = new Promise((done) => this.#child.once("close", done));
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      const [word = "", rest = ""] = line.split(/ (.*)/s);
      if (word === "block") onBlock(Number(rest));
      else this.#lines.set(word, { rest, at: performance.now() });
    });
  }

  said(word: string): string | null {
    return this.#lines.get(word)?.rest ?? null;
  }

  saidAt(word: string): number {
    return this.#lines.get(word)?.at ?? Number.NaN;
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}

const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export interface FileKills {
  /** Of each of the two. */
  readonly kills: number;
  readonly mebibytes: number;
  /** Killed after so many further blocks at most. */
  readonly maxBlocks: number;
  /** How long the sender's disk takes for a block. */
  readonly slowMs: number;
}

export async function fileKills(t: Test, { kills, mebibytes, maxBlocks, slowMs }: FileKills): Promise<void> {
  const folder = t.testdir({});
  const roomId = await gather(folder, ["ann", "bob"]);
  const content = crypto.randomBytes(mebibytes * 2 ** 20);
  const path = `${folder}/tea.bin`;
  writeFileSync(path, content);
  const blocks: number[] = [];
  let lastBlockAt = 0;
  const onBlock = (index: number) => {
    blocks.push(index);
    lastBlockAt = performance.now();
  };
  const send = (shared: string) => new Life([`${folder}/ann`, roomId, shared, "-", `${slowMs}`]);
  let sender = send(path);
  t.teardown(() => sender.kill());
  await until(() => sender.said("shared") !== null, 30_000);
  const share = sender.said("shared")!;
  const get = () => new Life([`${folder}/bob`, roomId, "-", share, "0"], onBlock);
  let getter = get();
  t.teardown(() => getter.kill());
  const isHere = () => getter.said("here") !== null;
  const waits: { getter: number[]; sender: number[] } = { getter: [], sender: [] };
  for (let round = 0; round < 2 * kills; round++) {
    const wanted = blocks.length + 1 + Math.floor(Math.random() * maxBlocks);
    await until(() => blocks.length >= wanted || isHere(), 30_000);
    if (isHere()) break;
    const who = round % 2 === 0 ? "getter" : "sender";
    await (who === "getter" ? getter : sender).kill();
    if (who === "getter") getter = get();
    else sender = send("-");
    const life = who === "getter" ? getter : sender;
    await until(() => life.said("open") !== null, 30_000);
    const before = blocks.length;
    await until(() => blocks.length > before || isHere(), 30_000);
    waits[who].push(Math.round(lastBlockAt - life.saidAt("open")));
  }
  await until(isHere, 60_000);
  const size = content.byteLength / BLOCK_BYTES;
  t.comment(`${blocks.length} blocks came of ${size}; from an open core to the first of them, in ms:`);
  t.comment(`getter ${waits.getter.join(" ")}; sender ${waits.sender.join(" ")}`);
  t.same([waits.getter.length, waits.sender.length], [kills, kills], "both were killed while it came");
  t.equal(sha(readFileSync(getter.said("here")!)), sha(content));
  t.ok(new Set(blocks).size >= size * 0.9, `blocks were counted: ${new Set(blocks).size}`);
  // What was under way to a getter who is killed may come twice.
  t.ok(blocks.length < Math.max(size * 1.02, size + kills), `${blocks.length} blocks came, of ${size}`);
}
