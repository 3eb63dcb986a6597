/**
 * Roads straight over TCP: a port that is open while it is needed, and calls to such ports. Noise IK, as the chat's own
 * connections have it: a stranger who calls learns nothing, not even which key answers, and whoever is called is the
 * peer or nobody.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import SecretStream from "@hyperswarm/secret-stream";
import type { KeyPair } from "hypercore-crypto";
import type { TcpPlace } from "./road-offer.js";

const KEEP_ALIVE_MS = 5_000;
/** Nothing came, not even a keep-alive: the other machine is gone. */
const SILENT_MS = 30_000;
const CALL_MS = 1_000;
/** What each side of the handshake has to say, in bytes. */
const HELLO_BYTES = 96;
const ANSWER_BYTES = 48;

interface StreamOptions {
  readonly isInitiator: boolean;
  readonly hasCall: () => boolean;
  readonly keyPair: KeyPair;
  readonly remoteKey: Uint8Array | null;
}

function secretStream(socket: Socket, { isInitiator, keyPair, remoteKey, hasCall }: StreamOptions): SecretStream {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  // Before the library's own: it would set 16 MB aside for whoever sends three bytes of something else.
  socket.once("data", (bytes) => {
    if (saidLength(bytes) !== (isInitiator ? ANSWER_BYTES : HELLO_BYTES)) stream.destroy();
  });
  readInPieces(socket, hasCall);
  const stream = new SecretStream(isInitiator, socket, {
    pattern: "IK",
    keyPair,
    ...(remoteKey ? { remotePublicKey: remoteKey } : {}),
    keepAlive: KEEP_ALIVE_MS,
  });
  stream.on("error", () => {});
  stream.setTimeout(SILENT_MS);
  return stream;
}

/** Less, and a loop that has other things to do as well reads much slower than its network brings. */
const A_TURN_BYTES = 256 * 1024;

/**
 * So much a turn of the loop while there is a call: a quick network would else bring two megabytes in one, and sound
 * would wait. It costs a fifth of the speed. Whoever reads pauses and goes on as it likes, and is only heeded when the
 * turn is over.
 */
function readInPieces(socket: Socket, isWanted: () => boolean): void {
  const pause = socket.pause.bind(socket);
  const resume = socket.resume.bind(socket);
  let goesOn = true;
  let isResting = false;
  let came = 0;
  socket.pause = () => {
    goesOn = false;
    return pause();
  };
  socket.resume = () => {
    goesOn = true;
    return isResting ? socket : resume();
  };
  socket.on("data", (bytes) => {
    if (!isWanted()) return;
    if (came === 0) setImmediate(nextTurn);
    came += bytes.byteLength;
    if (came < A_TURN_BYTES || isResting) return;
    isResting = true;
    pause();
  });
  function nextTurn(): void {
    came = 0;
    if (!isResting) return;
    isResting = false;
    if (goesOn) resume();
  }
}

function saidLength(bytes: Uint8Array): number {
  return bytes.byteLength < 3 ? 0 : bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16);
}

export interface TcpDoorOptions {
  readonly keyPair: KeyPair;
  /** This device is in a call. */
  readonly hasCall: () => boolean;
  readonly isLan: boolean;
  /** Before the handshake: whether one more may come in. */
  readonly hasRoom: () => boolean;
  readonly onStream: (stream: SecretStream) => void;
}

export class TcpDoor {
  readonly #options: TcpDoorOptions;
  #listening: Promise<Server> | null = null;

  constructor(options: TcpDoorOptions) {
    this.#options = options;
  }

  /** The port; null where the system gives none. */
  async open(): Promise<number | null> {
    this.#listening ??= this.#listen();
    const listening = this.#listening;
    try {
      return ((await listening).address() as AddressInfo | null)?.port ?? null;
    } catch {
      if (this.#listening === listening) this.#listening = null;
      return null;
    }
  }

  /** Those who are in stay. */
  async close(): Promise<void> {
    const listening = this.#listening;
    this.#listening = null;
    const server = await listening?.catch(() => null);
    server?.close();
  }

  #listen(): Promise<Server> {
    const server = createServer((socket) => this.#answer(socket));
    return new Promise((resolve, reject) => {
      server.on("error", reject);
      server.listen(this.#options.isLan ? { port: 0 } : { port: 0, host: "127.0.0.1" }, () => resolve(server));
    });
  }

  #answer(socket: Socket): void {
    const { keyPair, hasRoom, onStream, hasCall } = this.#options;
    socket.on("error", () => {});
    if (hasRoom()) onStream(secretStream(socket, { isInitiator: false, keyPair, remoteKey: null, hasCall }));
    else socket.destroy();
  }
}

export interface Call {
  readonly keyPair: KeyPair;
  /** This device is in a call of voices. */
  readonly hasCall: () => boolean;
  readonly remoteKey: Uint8Array;
  /** Aborted: hung up. */
  readonly signal: AbortSignal;
}

/** All at once; the first that shows it is that peer is kept, the others are hung up. Null: none. */
export async function callOverTcp({ port, addresses }: TcpPlace, call: Call): Promise<SecretStream | null> {
  const streams = addresses.map((host) => callAt(host, port, call));
  const first = await Promise.any(streams.map(answered)).catch(() => null);
  for (const stream of streams) if (stream !== first) stream.destroy();
  return first;
}

function callAt(host: string, port: number, { keyPair, remoteKey, signal, hasCall }: Call): SecretStream {
  const stream = secretStream(connect({ host, port }), { isInitiator: true, keyPair, remoteKey, hasCall });
  signal.addEventListener("abort", () => stream.destroy());
  return stream;
}

async function answered(stream: SecretStream): Promise<SecretStream> {
  const limit = setTimeout(() => stream.destroy(), CALL_MS);
  const isOpen = await stream.opened;
  clearTimeout(limit);
  if (!isOpen) throw new Error("nobody there");
  return stream;
}
