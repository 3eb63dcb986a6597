/** The list of `methods.ts` as a typed client. Loads nothing of the core. */
import type { Duplex } from "node:stream";
import { type ErrorFamily, KeetError } from "../errors.js";
import type {
  CoreEvent,
  EventParams,
  MethodName,
  ParamsOf,
  ReadyParams,
  ResultOf,
  SoundParams,
  WireErrorData,
} from "./methods.js";
import { dial, Lines } from "./transport.js";

const CONNECT_MS = 5_000;
const REQUEST_MS = 30_000;

const FAMILIES: ReadonlySet<string> = new Set(["user", "peer", "device", "storage"]);

/** The place in a core's events: of which run of it, and how far. */
export interface Cursor {
  readonly run: string;
  readonly seq: number;
}

export type EventListener = (event: CoreEvent, cursor: Cursor) => void;

/** Something broke inside the core. No KeetError on purpose: it is a bug of ours, exit 70. */
export class CoreBug extends Error {
  override name = "CoreBug";
}

interface Waiting {
  readonly method: string;
  readonly done: (result: unknown) => void;
  readonly failed: (error: Error) => void;
  readonly timer: NodeJS.Timeout | null;
}

export interface RequestOptions {
  /** 0 waits as long as the connection lives. Default 30 s. */
  readonly timeoutMs?: number;
}

export class RpcClient {
  readonly #lines: Lines;
  readonly #waiting = new Map<number, Waiting>();
  readonly #eventListeners = new Set<EventListener>();
  readonly #soundListeners = new Set<(sound: SoundParams) => void>();
  readonly #closeListeners = new Set<(reason: string | null) => void>();
  readonly #ready: Promise<ReadyParams>;
  #settleReady: { done: (ready: ReadyParams) => void; failed: (error: Error) => void } | null = null;
  #core: ReadyParams | null = null;
  #cursor: Cursor | null = null;
  #nextId = 1;
  #isClosed = false;

  /** Any stream to a core will do; `connect` is the usual way. */
  constructor(stream: Duplex) {
    this.#ready = new Promise((done, failed) => {
      this.#settleReady = { done, failed };
    });
    this.#ready.catch(() => {});
    this.#lines = new Lines(stream, {
      onLine: (line) => this.#onLine(line),
      onTooLong: () => this.#lines.close("the core sent a line that is too long"),
      onClose: (reason) => this.#onClose(reason),
    });
  }

  /** What the core said of itself on its first line. */
  get core(): ReadyParams {
    if (!this.#core) throw new Error("the core has not said who it is yet");
    return this.#core;
  }

  /** Of the last event heard; hand it to `attach` on the next connection. */
  get cursor(): Cursor | null {
    return this.#cursor;
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }

  ready(): Promise<ReadyParams> {
    return this.#ready;
  }

  /**
   * @throws KeetError as the core threw it; CORE_GONE where the connection ends first; TIMED_OUT; CoreBug
   */
  request<M extends MethodName>(method: M, params: ParamsOf<M>, options: RequestOptions = {}): Promise<ResultOf<M>> {
    const { timeoutMs = REQUEST_MS } = options;
    const id = this.#nextId++;
    return new Promise<ResultOf<M>>((done, failed) => {
      if (!this.#lines.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }))) {
        failed(coreGone(method, null));
        return;
      }
      const timer = timeoutMs > 0 ? setTimeout(() => this.#giveUp(id, timeoutMs), timeoutMs) : null;
      this.#waiting.set(id, { method, done: done as (result: unknown) => void, failed, timer });
    });
  }

  /** Asks for events, from where an earlier connection stopped. Missed ones are told to the listeners, in order. */
  async attach(cursor: Cursor | null = null, only?: "calls"): Promise<{ isReset: boolean }> {
    const from = cursor ? { run: cursor.run, seq: cursor.seq } : {};
    const answer = await this.request("attach", { ...from, ...(only ? { only } : {}) });
    const missed = answer.missed;
    if (missed) {
      const first = answer.seq - missed.length + 1;
      for (const [index, event] of missed.entries()) this.#tell(event, { run: answer.run, seq: first + index });
    }
    this.#cursor = { run: answer.run, seq: answer.seq };
    for (const held of this.#held.splice(0)) this.#tell(held.event, { run: held.run, seq: held.seq });
    this.#isAttached = true;
    return { isReset: missed === null };
  }

  /** Events that overtook the answer to `attach`. */
  readonly #held: EventParams[] = [];
  #isAttached = false;

  onEvent(listener: EventListener): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  /** Says it and waits for no answer: a packet of sound that is late is of no use. */
  notify<M extends MethodName>(method: M, params: ParamsOf<M>): void {
    this.#lines.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
  }

  /** Packets of the call that this client is in. */
  onSound(listener: (sound: SoundParams) => void): () => void {
    this.#soundListeners.add(listener);
    return () => this.#soundListeners.delete(listener);
  }

  /** The connection is over, whoever ended it. */
  onClose(listener: (reason: string | null) => void): () => void {
    this.#closeListeners.add(listener);
    return () => this.#closeListeners.delete(listener);
  }

  close(): void {
    this.#lines.close();
  }

  #onLine(line: string): void {
    let message: { id?: unknown; method?: unknown; params?: unknown; result?: unknown; error?: unknown };
    try {
      message = JSON.parse(line);
    } catch {
      this.#lines.close("the core sent a line that is no JSON");
      return;
    }
    if (message.method === "ready") {
      this.#core = message.params as ReadyParams;
      this.#settleReady?.done(this.#core);
    } else if (message.method === "event") {
      const params = message.params as EventParams;
      if (this.#isAttached) this.#tell(params.event, { run: params.run, seq: params.seq });
      else this.#held.push(params);
    } else if (message.method === "sound") {
      for (const listener of this.#soundListeners) listener(message.params as SoundParams);
    } else if (typeof message.id === "number") this.#answer(message.id, message);
  }

  #answer(id: number, message: { result?: unknown; error?: unknown }): void {
    const waiting = this.#waiting.get(id);
    // Late answers, after giving up, find nobody.
    if (!waiting) return;
    this.#waiting.delete(id);
    if (waiting.timer) clearTimeout(waiting.timer);
    if (message.error) waiting.failed(errorFrom(message.error));
    else waiting.done(message.result);
  }

  #tell(event: CoreEvent, cursor: Cursor): void {
    this.#cursor = cursor;
    for (const listener of [...this.#eventListeners]) listener(event, cursor);
  }

  #giveUp(id: number, timeoutMs: number): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    const seconds = Math.round(timeoutMs / 1000);
    waiting.failed(
      new KeetError("peer", "TIMED_OUT", `No answer within ${seconds} s`, { data: { method: waiting.method } }),
    );
  }

  #onClose(reason: string | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#settleReady?.failed(coreGone("ready", reason));
    for (const waiting of this.#waiting.values()) {
      if (waiting.timer) clearTimeout(waiting.timer);
      waiting.failed(coreGone(waiting.method, reason));
    }
    this.#waiting.clear();
    for (const listener of [...this.#closeListeners]) listener(reason);
  }
}

function coreGone(method: string, reason: string | null): KeetError {
  return new KeetError("peer", "CORE_GONE", "The background part stopped before it answered", {
    hint: "Try again; it is started anew.",
    data: reason === null ? { method } : { method, reason },
  });
}

function errorFrom(error: unknown): Error {
  const { message, data } = error as { message?: unknown; data?: Partial<WireErrorData> };
  const words = String(data?.message ?? message ?? "The core answered with an error");
  if (!data?.code || !data.family || !FAMILIES.has(data.family)) return new CoreBug(words);
  return new KeetError(data.family as ErrorFamily, data.code, words, {
    ...(data.hint ? { hint: data.hint } : {}),
    data: { ...data.data },
  });
}

/**
 * Answers when the core has said who it is.
 * @throws the system's error where nobody listens, TIMED_OUT, CORE_GONE
 */
export async function connect(socket: string, options: { timeoutMs?: number } = {}): Promise<RpcClient> {
  const { timeoutMs = CONNECT_MS } = options;
  const client = new RpcClient(await dial(socket, timeoutMs));
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    client.close();
  }, timeoutMs);
  try {
    await client.ready();
    return client;
  } catch (cause) {
    client.close();
    if (!isLate) throw cause;
    throw new KeetError("peer", "TIMED_OUT", "The background part does not answer", { data: { path: socket }, cause });
  } finally {
    clearTimeout(timer);
  }
}
