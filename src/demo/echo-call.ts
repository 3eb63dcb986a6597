/**
 * The echo friend in a call: it comes when somebody calls, and says what it hears again two seconds later, so that a person
 * alone can try microphone, speaker and delay. Packets go back as they came: nothing is decoded, and no sound is opened.
 */

import type { SoundParams } from "../rpc/call-methods.js";
import type { RpcClient } from "../rpc/client.js";
import type { CallInfo, CoreEvent } from "../rpc/methods.js";

export const ECHO_AFTER_MS = 2_000;
/** What is kept of who sends more than a talker does is dropped. */
const MAX_HELD = 400;

export interface EchoCallOptions {
  /** To its core; it has one of its own for a call, and is out when that ends. */
  readonly connect: () => Promise<RpcClient>;
  readonly room: string;
  readonly say: (text: string) => void;
  readonly onError: (error: unknown) => void;
}

export class EchoCall {
  readonly #options: EchoCallOptions;
  readonly #held = new Set<NodeJS.Timeout>();
  #line: RpcClient | null = null;
  #turn: Promise<void> = Promise.resolve();
  #others: readonly string[] = [];
  #isClosed = false;

  constructor(options: EchoCallOptions) {
    this.#options = options;
  }

  onEvent(event: CoreEvent): void {
    if (event.type !== "call" || event.room !== this.#options.room) return;
    const { call } = event;
    this.#turn = this.#turn.then(() => this.#follow(call)).catch(this.#options.onError);
  }

  close(): void {
    this.#isClosed = true;
    this.#hangUp();
  }

  async #follow(call: CallInfo | null): Promise<void> {
    this.#others = call?.others.map(({ writer }) => writer) ?? [];
    if (this.#others.length === 0) this.#hangUp();
    else if (!this.#line && !this.#isClosed) await this.#join();
  }

  async #join(): Promise<void> {
    const { connect, room, say } = this.#options;
    const line = await connect();
    line.onSound((sound) => this.#hear(line, sound));
    line.onClose(() => {
      if (this.#line === line) this.#hangUp();
    });
    try {
      await line.request("call.join", { room });
    } catch (error) {
      line.close();
      throw error;
    }
    if (this.#isClosed) return line.close();
    this.#line = line;
    say("I am in the call: what you say comes back after two seconds. With headphones it does so only once.");
  }

  /** Of one person: what several say would come back as one muddle. */
  #hear(line: RpcClient, { room, from, packet }: SoundParams): void {
    if (this.#others.length !== 1 || from !== this.#others[0] || this.#held.size >= MAX_HELD) return;
    const timer = setTimeout(() => {
      this.#held.delete(timer);
      line.notify("call.send", { room, packet });
    }, ECHO_AFTER_MS);
    this.#held.add(timer);
  }

  #hangUp(): void {
    for (const timer of this.#held) clearTimeout(timer);
    this.#held.clear();
    const line = this.#line;
    this.#line = null;
    line?.close();
  }
}
