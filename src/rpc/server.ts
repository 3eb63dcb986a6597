/** The list of `methods.ts`, served: to any number of clients, none of which can harm it or another one. */
import type { Duplex } from "node:stream";
import { KeetError } from "../errors.js";
import type { Log } from "../log.js";
import type { Asker, Backend, ProcessMethod } from "./backend.js";
import {
  type CoreEvent,
  MAX_LINE_BYTES,
  METHODS,
  type MethodName,
  type ParamsOf,
  type ReadyParams,
  type ResultOf,
  type WireErrorData,
} from "./methods.js";
import { faultIn } from "./shape.js";
import { Lines } from "./transport.js";

/** What a client that comes back can still be told. Bounded in bytes too: all of it must fit into one line. */
const RING_EVENTS = 2_000;
const RING_BYTES = 6 * 1024 * 1024;
/** Of sound that waits for a client, a second; what is older is of no use to anybody. */
const MAX_QUEUED_SOUND_BYTES = 32 * 1024;
/** Unanswered requests one client may have. */
const MAX_OPEN_REQUESTS = 1_024;

/** JSON-RPC 2.0 numbers; the code that programs match on is in `data`. */
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const NO_SUCH_METHOD = -32_601;
const INVALID_PARAMS = -32_602;
const FAILED = -32_000;

export type ProcessHandlers = {
  readonly [M in Exclude<ProcessMethod, "attach">]: (params: ParamsOf<M>, client: Client) => Promise<ResultOf<M>>;
};

export interface RpcServerOptions {
  readonly ready: ReadyParams;
  readonly backend: Backend;
  readonly process: ProcessHandlers;
  readonly log: Log;
  /** Asked before every request; throws where this core may not go on. */
  readonly guard?: () => void;
  /** The number of clients changed. */
  readonly onClients?: (count: number) => void;
  readonly maxQueuedBytes?: number;
}

/** One connection. */
export interface Client {
  readonly number: number;
  isAttached: boolean;
}

interface Connection extends Client {
  readonly lines: Lines;
  readonly asker: Asker;
  readonly closing: Set<() => void>;
  open: number;
  /** Of all that happens, what it wants to hear. */
  only: ParamsOf<"attach">["only"];
}

export class RpcServer {
  readonly #options: RpcServerOptions;
  readonly #clients = new Set<Connection>();
  readonly #ring: { readonly event: CoreEvent; readonly bytes: number }[] = [];
  readonly #unsubscribe: () => void;
  #ringBytes = 0;
  #seq = 0;
  #number = 0;
  #isClosed = false;

  constructor(options: RpcServerOptions) {
    this.#options = options;
    this.#unsubscribe = options.backend.subscribe((event) => this.publish(event));
  }

  get clients(): number {
    return this.#clients.size;
  }

  accept(stream: Duplex): void {
    if (this.#isClosed) {
      stream.destroy();
      return;
    }
    const { log, ready, onClients, maxQueuedBytes } = this.#options;
    const number = ++this.#number;
    const lines = new Lines(stream, {
      onLine: (line) => void this.#onLine(client, line),
      onTooLong: () => this.#fail(client, null, INVALID_REQUEST, tooLong()),
      onClose: (reason) => {
        if (reason) log.warn(`client ${number} ended:`, reason);
        this.#clients.delete(client);
        for (const run of client.closing) run();
        onClients?.(this.#clients.size);
      },
      ...(maxQueuedBytes ? { maxQueuedBytes } : {}),
    });
    const closing = new Set<() => void>();
    const client: Connection = {
      number,
      lines,
      asker: askerOf(lines, closing),
      closing,
      open: 0,
      isAttached: false,
      only: undefined,
    };
    this.#clients.add(client);
    lines.send(JSON.stringify({ jsonrpc: "2.0", method: "ready", params: ready }));
    onClients?.(this.#clients.size);
  }

  publish(event: CoreEvent): void {
    if (this.#isClosed) return;
    this.#seq += 1;
    const params = { run: this.#options.ready.run, seq: this.#seq, event };
    const line = JSON.stringify({ jsonrpc: "2.0", method: "event", params });
    const bytes = Buffer.byteLength(line);
    if (bytes > MAX_LINE_BYTES) {
      // Nobody could read it: they find the gap in the sequence when they next attach.
      this.#options.log.error(`event ${event.type} of ${bytes} bytes is too long for a line`);
      this.#ring.length = 0;
      this.#ringBytes = 0;
      return;
    }
    this.#ring.push({ event, bytes });
    this.#ringBytes += bytes;
    while (this.#ring.length > RING_EVENTS || this.#ringBytes > RING_BYTES) {
      this.#ringBytes -= this.#ring.shift()?.bytes ?? 0;
    }
    for (const client of this.#clients) if (client.isAttached && isFor(client, event)) client.lines.send(line);
  }

  /** Lets answers under way get out, then hangs up. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unsubscribe();
    for (const client of this.#clients) client.lines.end();
  }

  /** Hangs up on whoever has not gone by itself. */
  destroy(): void {
    this.close();
    for (const client of this.#clients) client.lines.close();
  }

  async #onLine(client: Connection, line: string): Promise<void> {
    let request: unknown;
    try {
      request = JSON.parse(line);
    } catch {
      this.#fail(client, null, PARSE_ERROR, new KeetError("user", "USAGE", "This line is no JSON"));
      return;
    }
    if (typeof request !== "object" || request === null || Array.isArray(request)) {
      this.#fail(client, null, INVALID_REQUEST, new KeetError("user", "USAGE", "A request is one JSON object a line"));
      return;
    }
    const { id: rawId, method, params } = request as { id?: unknown; method?: unknown; params?: unknown };
    const id = typeof rawId === "number" || typeof rawId === "string" ? rawId : null;
    if (typeof method !== "string" || !Object.hasOwn(METHODS, method)) {
      const named = typeof method === "string" ? `"${method.slice(0, 64)}" is no method` : "method is missing";
      this.#fail(client, id, NO_SUCH_METHOD, new KeetError("user", "NOT_SUPPORTED_YET", named));
      return;
    }
    const name = method as MethodName;
    const fault = faultIn(METHODS[name].params, params ?? {});
    if (fault) {
      this.#fail(client, id, INVALID_PARAMS, new KeetError("user", "USAGE", `${name}: ${fault}`));
      return;
    }
    if (client.open >= MAX_OPEN_REQUESTS) {
      this.#fail(client, id, FAILED, new KeetError("user", "BUSY", "Too many requests wait for an answer"));
      return;
    }
    client.open += 1;
    try {
      const result = await this.#run(client, name, params ?? {});
      this.#answer(client, id, result ?? null);
    } catch (error) {
      this.#fail(client, id, FAILED, error);
    } finally {
      client.open -= 1;
    }
  }

  async #run(client: Connection, name: MethodName, params: unknown): Promise<unknown> {
    if (name === "attach") return this.#attach(client, params as ParamsOf<"attach">);
    const { process, backend, guard } = this.#options;
    if (name === "status" || name === "stop" || name === "stay") return process[name](params as never, client);
    guard?.();
    const handler = backend.handlers[name] as ((params: unknown, asker: Asker) => Promise<unknown>) | undefined;
    if (!handler) throw new KeetError("user", "NOT_SUPPORTED_YET", `${name} is not there yet`);
    return handler(params, client.asker);
  }

  #attach(client: Connection, params: ParamsOf<"attach">): ResultOf<"attach"> {
    client.isAttached = true;
    client.only = params.only;
    const { run } = this.#options.ready;
    const missed = this.#missedSince(params.run ?? null, params.seq ?? null);
    return { run, seq: this.#seq, missed: missed?.filter((event) => isFor(client, event)) ?? null };
  }

  /** Null: too long ago, another run of the core, or never here. */
  #missedSince(run: string | null, seq: number | null): readonly CoreEvent[] | null {
    if (run !== this.#options.ready.run || seq === null || seq > this.#seq) return null;
    const missed = this.#seq - seq;
    if (missed > this.#ring.length) return null;
    return missed === 0 ? [] : this.#ring.slice(-missed).map((kept) => kept.event);
  }

  #answer(client: Connection, id: number | string | null, result: unknown): void {
    if (id === null) return;
    const line = JSON.stringify({ jsonrpc: "2.0", id, result });
    if (line.length > MAX_LINE_BYTES / 3 && Buffer.byteLength(line) > MAX_LINE_BYTES) {
      this.#fail(client, id, FAILED, tooLong());
      return;
    }
    client.lines.send(line);
  }

  #fail(client: Connection, id: number | string | null, number: number, error: unknown): void {
    if (!(error instanceof KeetError)) this.#options.log.error("a request broke:", error);
    const data = errorData(error);
    client.lines.send(
      JSON.stringify({ jsonrpc: "2.0", id, error: { code: number, message: data.message.slice(0, 2_000), data } }),
    );
  }
}

/** Sound shares the line with what is told: who only has the sound of a call is not told of a room's talk. */
function isFor({ only }: Connection, { type }: CoreEvent): boolean {
  return only === undefined || type === "call" || type === "room-gone";
}

function askerOf(lines: Lines, closing: Set<() => void>): Asker {
  return {
    onClose: (run) => void closing.add(run),
    sound: (params) => {
      if (lines.queuedBytes > MAX_QUEUED_SOUND_BYTES) return;
      lines.send(JSON.stringify({ jsonrpc: "2.0", method: "sound", params }));
    },
  };
}

function tooLong(): KeetError {
  return new KeetError("user", "TOO_LONG", `A line holds at most ${MAX_LINE_BYTES} bytes`, {
    hint: "Ask for fewer rows at a time.",
  });
}

export function errorData(error: unknown): WireErrorData {
  if (error instanceof KeetError) return { family: error.family, ...error.toData(), data: error.data };
  const message = error instanceof Error ? error.message : String(error);
  return { family: "bug", code: "BUG", message, hint: null, data: {} };
}
