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
/** Killed after so many further blocks at most. */
const MAX_BLOCKS = 8;

class Life {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(args: readonly string[], onBlock: (index: number) => void = () => {}) {
    this.#child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    this.#ended = new Promise((done) => this.#child.once("close", done));
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      if (line.startsWith("block ")) onBlock(Number(line.slice(6)));
      else this.lines.push(line);
    });
  }

  said(word: string): string | null {
    return this.lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1) ?? null;
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}

const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** @param kills of each of the two */
export async function fileKills(t: Test, { kills, mebibytes }: { kills: number; mebibytes: number }): Promise<void> {
  const folder = t.testdir({});
  const roomId = await gather(folder, ["ann", "bob"]);
  const content = crypto.randomBytes(mebibytes * 2 ** 20);
  const path = `${folder}/tea.bin`;
  writeFileSync(path, content);
  const blocks: number[] = [];
  let sender = new Life([`${folder}/ann`, roomId, path, "-"]);
  t.teardown(() => sender.kill());
  await until(() => sender.said("shared") !== null, 30_000);
  const share = sender.said("shared")!;
  const get = () => new Life([`${folder}/bob`, roomId, "-", share], (index) => blocks.push(index));
  let getter = get();
  t.teardown(() => getter.kill());
  const isHere = () => getter.said("here") !== null;
  const done = { getter: 0, sender: 0 };
  for (let round = 0; round < 2 * kills && !isHere(); round++) {
    const wanted = blocks.length + 1 + Math.floor(Math.random() * MAX_BLOCKS);
    await until(() => blocks.length >= wanted || isHere(), 30_000);
    if (isHere()) break;
    const who = round % 2 === 0 ? "getter" : "sender";
    done[who] += 1;
    if (who === "getter") {
      await getter.kill();
      getter = get();
    } else {
      await sender.kill();
      sender = new Life([`${folder}/ann`, roomId, "-", "-"]);
    }
  }
  await until(isHere, 60_000);
  const size = content.byteLength / BLOCK_BYTES;
  t.comment(`getter killed ${done.getter} times, sender ${done.sender}; ${blocks.length} blocks came of ${size}`);
  t.ok(done.getter > 0 && done.sender > 0, "both were killed while it came");
  t.equal(sha(readFileSync(getter.said("here")!)), sha(content));
  t.ok(new Set(blocks).size >= size * 0.9, `blocks were counted: ${new Set(blocks).size}`);
  t.ok(blocks.length < size * 1.02, `${blocks.length} blocks came, of ${size}`);
}
