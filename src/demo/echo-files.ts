/** What the echo friend does with files: it shares a small one, and takes those that are shared with it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sizeOf } from "../amounts.js";
import { privateFolder } from "../config.js";
import type { RpcClient } from "../rpc/client.js";
import type { CoreEvent, MessageInfo, TransferInfo } from "../rpc/methods.js";
import { takenText, tooLargeText } from "./answers.js";

/** It lies in a temporary folder, which may be memory. */
const MAX_FILE_BYTES = 100_000_000;
const MAX_ALL_BYTES = 500_000_000;
const GIFT = "tea.txt";
const GIFT_TEXT = [
  "Tea, for whoever tries keet-tui alone",
  "",
  "1. Boil water, and let green tea wait a minute for it.",
  "2. Three minutes are enough.",
  "3. This file came from another process, encrypted, straight from its disk: /send shares one of yours.",
  "",
].join("\n");

export interface EchoFilesOptions {
  readonly client: RpcClient;
  readonly room: string;
  /** Its own, gone with it. */
  readonly folder: string;
  /** Says a line in the room. */
  readonly say: (text: string) => void;
}

export class EchoFiles {
  readonly #options: EchoFilesOptions;
  readonly #ends = new Map<string, (transfer: TransferInfo) => void>();
  readonly #undo: () => void;
  #hasGiven = false;
  #takenBytes = 0;

  constructor(options: EchoFilesOptions) {
    this.#options = options;
    this.#undo = options.client.onEvent((event) => this.#onEvent(event));
  }

  close(): void {
    this.#undo();
  }

  /** Once, however many come. */
  async give(): Promise<void> {
    if (this.#hasGiven) return;
    this.#hasGiven = true;
    const { client, room, folder } = this.#options;
    privateFolder(folder);
    const path = join(folder, GIFT);
    writeFileSync(path, GIFT_TEXT, { mode: 0o600 });
    await client.request("file.send", { room, paths: [path] });
  }

  async take(message: MessageInfo): Promise<void> {
    const { file, id, writer } = message;
    if (!file) return;
    const { client, room, folder, say } = this.#options;
    const extent = sizeOf(file.bytes);
    if (file.bytes > MAX_FILE_BYTES || this.#takenBytes + file.bytes > MAX_ALL_BYTES) {
      say(tooLargeText(file.name, extent));
      return;
    }
    this.#takenBytes += file.bytes;
    const begin = performance.now();
    const end = new Promise<TransferInfo>((done) => this.#ends.set(`${writer} ${id}`, done));
    const begun = await client.request("file.get", { room, id, writer, folder: join(folder, "taken") });
    const { state, reason } = begun.state === "here" ? begun : await end;
    const tookMs = performance.now() - begin;
    say(takenText({ name: file.name, bytes: file.bytes, tookMs, problem: state === "here" ? null : reason }));
  }

  #onEvent(event: CoreEvent): void {
    if (event.type !== "transfers" || event.room !== this.#options.room) return;
    for (const { writer, id, transfer } of event.transfers) {
      if (transfer?.state !== "here" && transfer?.state !== "failed") continue;
      this.#ends.get(`${writer} ${id}`)?.(transfer);
      this.#ends.delete(`${writer} ${id}`);
    }
  }
}
