/** The echo friend: greets who joins its room and answers what is written there. A client of a core like any other. */
import type { RpcClient } from "../rpc/client.js";
import type { CoreEvent, MessageInfo } from "../rpc/methods.js";
import { answerTo, greeting, type Said } from "./answers.js";
import { EchoCall } from "./echo-call.js";
import { EchoFiles } from "./echo-files.js";

/** As long as somebody would type, so that it is seen. */
const PAUSE_MS = 250;
const PAUSE_PER_CHARACTER_MS = 6;
const MAX_PAUSE_MS = 900;
/** Two such friends in one room would talk to each other for ever. */
const MAX_ANSWERS_A_MINUTE = 60;
const MAX_WAITING = 16;
const PAGE = 100;

export interface EchoOptions {
  readonly client: RpcClient;
  /** Another connection to the same core. */
  readonly connect: () => Promise<RpcClient>;
  /** Its id. */
  readonly room: string;
  /** Where it puts what it takes and shares; gone with it. */
  readonly folder: string;
  readonly onError: (error: unknown) => void;
}

export class Echo {
  readonly #options: EchoOptions;
  readonly #seen = new Set<string>();
  readonly #answeredAt: number[] = [];
  #line: Promise<void> = Promise.resolve();
  readonly #files: EchoFiles;
  readonly #call: EchoCall;
  #waiting = 0;
  #isClosed = false;
  readonly #undo: () => void;

  private constructor(options: EchoOptions) {
    this.#options = options;
    this.#undo = options.client.onEvent((event) => this.#onEvent(event));
    const say = (text: string) => this.#then(() => this.#say({ text, action: false }));
    this.#files = new EchoFiles({ ...options, say });
    this.#call = new EchoCall({ ...options, say });
  }

  /** Answers when it listens. What was in the room before is not answered. */
  static async start(options: EchoOptions): Promise<Echo> {
    const { messages } = await options.client.request("message.list", { room: options.room, limit: PAGE });
    const echo = new Echo(options);
    for (const message of messages) echo.#isNew(message);
    await options.client.attach();
    return echo;
  }

  close(): void {
    this.#isClosed = true;
    this.#undo();
    this.#files.close();
    this.#call.close();
  }

  /** Only what has its place in the order: an answer is written behind its question on every screen. */
  #onEvent(event: CoreEvent): void {
    this.#call.onEvent(event);
    if (event.type !== "timeline" || event.room !== this.#options.room) return;
    if (event.messages) this.#take(event.messages);
    else void this.#read(event.from, event.total).catch(this.#options.onError);
  }

  async #read(from: number, total: number): Promise<void> {
    const { client, room } = this.#options;
    for (let at = from; at < total; at += PAGE) {
      const { messages } = await client.request("message.list", { room, from: at, limit: PAGE });
      this.#take(messages);
    }
  }

  #take(messages: readonly MessageInfo[]): void {
    for (const message of messages) {
      if (!this.#isNew(message) || message.mine || message.deleted) continue;
      if (this.#waiting >= MAX_WAITING) continue;
      // Beside what is answered: a large one would keep everybody waiting.
      if (message.type === "file") void this.#files.take(message).catch(this.#options.onError);
      else this.#then(() => this.#answer(message));
    }
  }

  #then(act: () => Promise<void>): void {
    this.#waiting += 1;
    this.#line = this.#line
      .then(act)
      .catch(this.#options.onError)
      .finally(() => {
        this.#waiting -= 1;
      });
  }

  #isNew(message: MessageInfo): boolean {
    const key = `${message.writer} ${message.id}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  async #answer(message: MessageInfo): Promise<void> {
    const answer = await this.#answerFor(message);
    if (answer) await this.#say(answer);
    if (message.notice === "joined") await this.#files.give();
  }

  async #say(answer: Said): Promise<void> {
    const { client, room } = this.#options;
    if (this.#isClosed || !this.#mayAnswer()) return;
    await client.request("room.typing", { room });
    const pauseMs = Math.min(PAUSE_MS + answer.text.length * PAUSE_PER_CHARACTER_MS, MAX_PAUSE_MS);
    await new Promise((done) => setTimeout(done, pauseMs));
    if (!this.#isClosed) await client.request("message.send", { room, text: answer.text, action: answer.action });
  }

  async #answerFor({ type, notice, author, text, action, sentAt, receivedAt }: MessageInfo): Promise<Said | null> {
    if (notice === "joined") return { text: greeting(author.name), action: false };
    if (type !== "message") return null;
    const { client, room } = this.#options;
    const members = (await client.request("room.members", { room })).map(({ name }) => name);
    const tookMs = receivedAt === null ? null : Date.parse(receivedAt) - Date.parse(sentAt);
    return answerTo({ text, action, name: author.name, tookMs, members });
  }

  #mayAnswer(): boolean {
    const now = performance.now();
    while (this.#answeredAt.length > 0 && now - this.#answeredAt[0]! > 60_000) this.#answeredAt.shift();
    if (this.#answeredAt.length >= MAX_ANSWERS_A_MINUTE) return false;
    this.#answeredAt.push(now);
    return true;
  }
}
