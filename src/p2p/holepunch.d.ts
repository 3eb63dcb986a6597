// The untyped modules, only the parts we call.

declare module "b4a" {
  const b4a: {
    alloc(size: number, fill?: number): Buffer;
    from(value: string | Uint8Array, encoding?: string): Buffer;
    toString(bytes: Uint8Array, encoding?: string): string;
    equals(a: Uint8Array, b: Uint8Array): boolean;
    compare(a: Uint8Array, b: Uint8Array): number;
    concat(parts: readonly Uint8Array[]): Buffer;
  };
  export default b4a;
}

declare module "compact-encoding" {
  export interface State {
    start: number;
    end: number;
    buffer: Uint8Array;
  }
  export interface Codec<T> {
    preencode(state: State, value: T): void;
    encode(state: State, value: T): void;
    decode(state: State): T;
  }
  const c: {
    encode<T>(codec: Codec<T>, value: T): Buffer;
    decode<T>(codec: Codec<T>, bytes: Uint8Array): T;
    uint: Codec<number>;
    uint8: Codec<number>;
    uint32: Codec<number>;
    string: Codec<string>;
    buffer: Codec<Uint8Array>;
    raw: Codec<Uint8Array>;
    fixed(bytes: number): Codec<Uint8Array>;
    fixed32: Codec<Uint8Array>;
    fixed64: Codec<Uint8Array>;
    array<T>(codec: Codec<T>): Codec<T[]>;
  };
  export default c;
}

declare module "hypercore-crypto" {
  export interface KeyPair {
    publicKey: Buffer;
    secretKey: Buffer;
  }
  const crypto: {
    keyPair(seed?: Uint8Array): KeyPair;
    sign(message: Uint8Array, secretKey: Uint8Array): Buffer;
    verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean;
    discoveryKey(key: Uint8Array): Buffer;
    hash(data: Uint8Array | readonly Uint8Array[]): Buffer;
    /** Of a leaf of a core's tree. */
    data(block: Uint8Array): Buffer;
    randomBytes(n: number): Buffer;
  };
  export default crypto;
}

declare module "sodium-universal" {
  const sodium: {
    crypto_generichash(out: Uint8Array, input: Uint8Array, key?: Uint8Array): void;
    crypto_generichash_batch(out: Uint8Array, inputs: readonly Uint8Array[], key?: Uint8Array): void;
    sodium_memzero(buffer: Uint8Array): void;
    readonly crypto_secretbox_NONCEBYTES: number;
    readonly crypto_secretbox_MACBYTES: number;
    crypto_secretbox_easy(out: Uint8Array, message: Uint8Array, nonce: Uint8Array, key: Uint8Array): void;
    crypto_secretbox_open_easy(out: Uint8Array, box: Uint8Array, nonce: Uint8Array, key: Uint8Array): boolean;
  };
  export default sodium;
}

declare module "z32" {
  const z32: { encode(bytes: Uint8Array): string; decode(text: string): Buffer };
  export default z32;
}

declare module "hypercore" {
  import type { EventEmitter } from "node:events";
  import type { Duplex } from "node:stream";
  export interface CoreEncryption {
    key: Uint8Array;
  }
  export default class Hypercore extends EventEmitter {
    static key(manifest: unknown, options?: object): Buffer;
    static treeHashFromStorage(session: Hypercore, length?: number): Promise<Buffer>;
    readonly key: Buffer;
    readonly discoveryKey: Buffer;
    readonly keyPair: { publicKey: Buffer; secretKey: Buffer } | null;
    readonly manifest: { version: number; signers: { publicKey: Buffer; namespace: Buffer }[] } | null;
    readonly length: number;
    readonly signedLength: number;
    readonly contiguousLength: number;
    readonly fork: number;
    readonly writable: boolean;
    readonly opened: boolean;
    readonly peers: readonly {
      readonly remoteContiguousLength: number;
      readonly remoteLength: number;
      readonly remotePublicKey: Buffer;
    }[];
    ready(): Promise<void>;
    close(): Promise<void>;
    has(index: number, end?: number): Promise<boolean>;
    get(index: number, options?: { wait?: boolean; timeout?: number }): Promise<Uint8Array | null>;
    append(blocks: Uint8Array | readonly Uint8Array[]): Promise<{ length: number }>;
    download(range: { start: number; end: number }): { done(): Promise<boolean>; destroy(): void };
    treeHash(length?: number): Promise<Buffer>;
    setUserData(key: string, value: Uint8Array): Promise<void>;
    getUserData(key: string): Promise<Buffer | null>;
    update(options?: { wait?: boolean }): Promise<boolean>;
    snapshot(): Hypercore;
    clear(start: number, end: number): Promise<unknown>;
    replicate(stream: Duplex): Duplex;
    setActive(active: boolean): void;
    readonly byteLength: number;
    readonly core: {
      readonly bitfield: { get(index: number): boolean; countSet(start: number, length: number): number };
      hasSession(): boolean;
      readonly replicator: { setInflightRange(min: number, max: number): void };
    };
  }
}

declare module "hyperdrive" {
  import type { EventEmitter } from "node:events";
  import type { Duplex } from "node:stream";
  import type Corestore from "corestore";
  import type Hyperbee from "hyperbee";
  import type Hypercore from "hypercore";
  export interface Blob {
    readonly blockOffset: number;
    readonly blockLength: number;
    readonly byteOffset: number;
    readonly byteLength: number;
  }
  export interface DriveEntry {
    readonly key: string;
    readonly value: { readonly blob: Blob | null; readonly linkname?: string | null };
  }
  export default class Hyperdrive extends EventEmitter {
    constructor(store: Corestore, key: Uint8Array | null, options?: { readonly encryptionKey?: Uint8Array });
    readonly key: Buffer;
    readonly core: Hypercore;
    readonly db: Hyperbee;
    readonly contentKey: Buffer | null;
    readonly blobs: { readonly core: Hypercore } | null;
    ready(): Promise<void>;
    close(): Promise<void>;
    getBlobs(): Promise<{ readonly core: Hypercore }>;
    batch(): Hyperdrive;
    flush(): Promise<void>;
    putEntry(name: string, entry: { readonly blob: Blob | null; readonly linkname?: string }): Promise<unknown>;
    entry(name: string): Promise<DriveEntry | null>;
    entries(): AsyncIterable<DriveEntry>;
    get(name: string): Promise<Buffer | null>;
    createReadStream(
      name: string,
      options?: { readonly start?: number; readonly length?: number },
    ): AsyncIterable<Buffer>;
    replicate(stream: Duplex | boolean): Duplex;
  }
}

declare module "hypercore/lib/messages.js" {
  import type { Codec } from "compact-encoding";

  const messages: { manifest: Codec<unknown> };
  export default messages;
}

declare module "hypercore-storage" {
  export default class CoreStorage {
    constructor(path: string, options?: { readonly writeBufferSize?: number });
  }
}

declare module "rache" {
  export default class Rache {
    constructor(options: { readonly maxSize: number });
    readonly maxSize: number;
    /** Entries of this one and of all that were made from it. */
    readonly globalSize: number;
  }
}

declare module "corestore" {
  import type { EventEmitter } from "node:events";
  import type { Duplex } from "node:stream";
  import type Hypercore from "hypercore";
  import type CoreStorage from "hypercore-storage";
  import type Rache from "rache";
  export default class Corestore extends EventEmitter {
    constructor(storage: string | CoreStorage, options?: { readonly globalCache?: Rache });
    readonly globalCache: Rache | null;
    readonly storage: { compact?(): Promise<void> };
    ready(): Promise<void>;
    close(): Promise<void>;
    namespace(name: string | Uint8Array): Corestore;
    session(): Corestore;
    get(options: object): Hypercore;
    replicate(stream: Duplex | boolean, options?: object): Duplex;
    suspend(): Promise<void>;
  }
}

declare module "hyperbee" {
  import type Hypercore from "hypercore";
  export interface Entry {
    seq: number;
    key: Buffer;
    value: Buffer;
  }
  export interface Range {
    gt?: Uint8Array;
    gte?: Uint8Array;
    lt?: Uint8Array;
    lte?: Uint8Array;
  }
  export interface ReadOptions {
    reverse?: boolean;
    limit?: number;
    wait?: boolean;
    timeout?: number;
  }
  export interface Batch {
    get(key: Uint8Array): Promise<Entry | null>;
    put(key: Uint8Array, value: Uint8Array): Promise<void>;
    del(key: Uint8Array): Promise<void>;
    peek(range: Range, options?: ReadOptions): Promise<Entry | null>;
    createReadStream(range: Range, options?: ReadOptions): AsyncIterable<Entry>;
    flush(): Promise<void>;
    close(): Promise<void>;
  }
  export default class Hyperbee {
    constructor(core: Hypercore, options?: object);
    readonly core: Hypercore;
    readonly version: number;
    ready(): Promise<void>;
    close(): Promise<void>;
    get(key: Uint8Array, options?: ReadOptions): Promise<Entry | null>;
    put(key: Uint8Array, value: Uint8Array): Promise<void>;
    del(key: Uint8Array): Promise<void>;
    batch(options?: { update?: boolean }): Batch;
    peek(range: Range, options?: ReadOptions): Promise<Entry | null>;
    createReadStream(range: Range, options?: ReadOptions): AsyncIterable<Entry>;
    snapshot(): Hyperbee;
  }
}

declare module "autobase" {
  import type { EventEmitter } from "node:events";
  import type Corestore from "corestore";
  import type Hyperbee from "hyperbee";
  import type Hypercore from "hypercore";
  export interface ApplyNode {
    readonly value: Uint8Array | null;
    readonly from: Hypercore;
    readonly length: number;
    readonly optimistic: boolean;
  }
  export interface Host {
    readonly key: Buffer;
    addWriter(key: Uint8Array, options: { indexer: boolean }): Promise<void>;
    removeWriter(key: Uint8Array): Promise<void>;
    removeable(key: Uint8Array): boolean;
  }
  export interface SystemView {
    readonly indexers: readonly { key: Buffer }[];
    get(key: Uint8Array): Promise<{ length: number; isRemoved: boolean } | null>;
    list(): AsyncIterable<{ key: Buffer; value: { length: number; isRemoved: boolean } }>;
  }
  export default class Autobase extends EventEmitter {
    constructor(store: Corestore, bootstrap: Uint8Array | null, handlers: object);
    static getLocalCore(store: Corestore): Hypercore;
    readonly key: Buffer;
    readonly discoveryKey: Buffer;
    readonly encryptionKey: Buffer;
    readonly local: Hypercore;
    readonly view: Hyperbee;
    readonly core: Hypercore;
    readonly system: SystemView | null;
    readonly writable: boolean;
    readonly isIndexer: boolean;
    readonly signedLength: number;
    readonly length: number;
    readonly closing: Promise<void> | null;
    readonly activeWriters: Iterable<{ core: Hypercore }>;
    readonly linearizer: { readonly indexers: readonly unknown[] } | null;
    readonly fastForwarding: unknown;
    ready(): Promise<void>;
    close(): Promise<void>;
    update(): Promise<void>;
    append(value: Uint8Array | readonly Uint8Array[] | null, options?: { optimistic?: boolean }): Promise<number>;
    pause(): void;
    resume(): void;
    /** Takes the signed order over from others. */
    repair(): Promise<void>;
    hash(): Promise<Buffer>;
    hintWakeup(hints: { key: Uint8Array; length: number }[]): void;
    isFastForwarding(): boolean;
  }
}

declare module "autobase/lib/apply-state.js" {
  export default class ApplyState {
    localCheckpoint: { update(): Promise<void> } | null;
    _appendLocalNodes(nodes: readonly unknown[]): Promise<void>;
    _flush(nodes: readonly unknown[] | null): Promise<void>;
  }
}

declare module "protomux-wakeup" {
  import type { Duplex } from "node:stream";
  export default class ProtomuxWakeup {
    addStream(stream: Duplex): void;
    destroy(): void;
  }
}

declare module "protomux" {
  import type { Duplex } from "node:stream";
  import type { Codec } from "compact-encoding";
  export interface Channel {
    readonly opened: boolean;
    readonly closed: boolean;
    readonly messages: { send(value: unknown): boolean }[];
    open(handshake?: unknown): void;
    close(): void;
  }
  export default class Protomux {
    static from(stream: Duplex): Protomux;
    readonly stream: Duplex;
    createChannel(options: {
      protocol: string;
      id: Uint8Array;
      handshake: Codec<unknown>;
      messages: { encoding: Codec<unknown>; onmessage: (value: never) => void }[];
      onopen: (handshake: never) => void;
      onclose: () => void;
    }): Channel | null;
    pair(options: { protocol: string; id: Uint8Array }, onpair: () => void): void;
    unpair(options: { protocol: string; id: Uint8Array }): void;
  }
}

declare module "blind-pairing" {
  export interface Invite {
    id: Buffer;
    invite: Buffer;
    seed: Buffer;
    publicKey: Buffer;
    discoveryKey: Buffer | null;
    expires: number;
  }
  export interface Request {
    readonly inviteId: Buffer;
    open(publicKey: Uint8Array): Buffer;
    confirm(answer: { key: Uint8Array; encryptionKey: Uint8Array }): void;
    deny(options: { status: number }): void;
  }
  export interface Closable {
    close(): Promise<void>;
  }
  export interface Candidate extends Closable {
    readonly request: import("node:events").EventEmitter;
    readonly visited: Set<unknown>;
    readonly signal: { destroy(): void } | null;
    broadcast(): Promise<void>;
  }
  export default class BlindPairing {
    constructor(swarm: unknown, options?: { poll?: number });
    static createInvite(key: Uint8Array, options?: { expires?: number }): Invite;
    static decodeInvite(bytes: Uint8Array): Invite;
    ready(): Promise<void>;
    close(): Promise<void>;
    addMember(options: { discoveryKey: Uint8Array; onadd: (request: Request) => Promise<void> }): Closable;
    addCandidate(options: {
      invite: Uint8Array;
      userData: Uint8Array;
      onadd: (answer: { key: Buffer; encryptionKey: Buffer }) => Promise<void> | void;
    }): Candidate;
  }
}

declare module "keet-identity-key" {
  import type { KeyPair } from "hypercore-crypto";
  export default class IdentityKey {
    static generateMnemonic(): string;
    static from(source: { mnemonic: string }): Promise<IdentityKey>;
    static attestData(data: Uint8Array, keyPair: KeyPair, proof: Uint8Array): Buffer;
    static verify(
      proof: Uint8Array,
      data: Uint8Array | null,
      options?: { expectedDevice?: Uint8Array; expectedIdentity?: Uint8Array },
    ): { identityPublicKey: Buffer; devicePublicKey: Buffer } | null;
    readonly identityPublicKey: Buffer;
    bootstrap(device: Uint8Array): Promise<Buffer>;
    clear(): void;
  }
}

declare module "@hyperswarm/secret-stream" {
  import { Duplex } from "node:stream";
  import type { KeyPair } from "hypercore-crypto";
  export default class NoiseSecretStream extends Duplex {
    constructor(
      isInitiator: boolean,
      rawStream: Duplex,
      options: {
        readonly pattern: "IK";
        readonly keyPair: KeyPair;
        readonly remotePublicKey?: Uint8Array;
        readonly keepAlive: number;
      },
    );
    readonly isInitiator: boolean;
    readonly remotePublicKey: Buffer;
    /** Once the handshake is done; false where it closed before. */
    readonly opened: Promise<boolean>;
    readonly destroying: boolean;
    setTimeout(ms: number): void;
  }
}

declare module "hyperdht" {
  import type { EventEmitter } from "node:events";
  import type SecretStream from "@hyperswarm/secret-stream";
  import type { KeyPair } from "hypercore-crypto";
  export interface DhtServer {
    listen(keyPair: KeyPair): Promise<unknown>;
    close(): Promise<void>;
  }
  export default class HyperDHT extends EventEmitter {
    constructor(options?: object);
    readonly io: { bind(): Promise<void>; serverSocket: { address(): { port: number } } | null };
    readonly online: boolean;
    readonly bootstrapped: boolean;
    readonly nodes: { readonly length: number };
    ready(): Promise<void>;
    fullyBootstrapped(): Promise<void>;
    destroy(options?: { force?: boolean }): Promise<void>;
    connect(publicKey: Uint8Array, options: { readonly keyPair: KeyPair }): SecretStream;
    createServer(
      /** Firewall: true keeps them out. */
      options: { readonly firewall: (remoteKey: Uint8Array) => boolean },
      onconnection: (stream: SecretStream) => void,
    ): DhtServer;
    static bootstrapper(port: number, host: string, options?: object): HyperDHT;
    address(): { host: string; port: number };
  }
}

declare module "hyperdht/testnet.js" {
  export default function createTestnet(
    size: number,
    options?: { host?: string },
  ): Promise<{ readonly bootstrap: readonly { host: string; port: number }[]; destroy(): Promise<void> }>;
}

declare module "hyperswarm" {
  import type { EventEmitter } from "node:events";
  import type { Duplex } from "node:stream";
  import type HyperDHT from "hyperdht";
  export interface Connection extends Duplex {
    readonly publicKey: Buffer;
    readonly remotePublicKey: Buffer;
    readonly handshakeHash: Buffer;
    readonly isInitiator: boolean;
    readonly rawStream: {
      readonly remoteHost: string;
      readonly rtt: number;
      readonly packetsTransmitted?: number;
      readonly retransmits?: number;
    };
    setKeepAlive(ms: number): void;
    /** A datagram, encrypted as all else: it may be lost, and nothing waits for it. `message` tells of one that came. */
    trySend(bytes: Uint8Array): void;
  }
  export interface Discovery {
    refresh(options?: object): Promise<void>;
    destroy(): Promise<void>;
  }
  export default class Hyperswarm extends EventEmitter {
    constructor(options: object);
    readonly dht: HyperDHT;
    readonly server: { refresh(): void };
    readonly keyPair: { publicKey: Buffer; secretKey: Buffer };
    readonly connections: Set<Connection>;
    readonly connecting: number;
    listen(): Promise<void>;
    join(topic: Uint8Array, options?: { server?: boolean; client?: boolean }): Discovery;
    leave(topic: Uint8Array): Promise<void>;
    joinPeer(publicKey: Uint8Array): void;
    leavePeer(publicKey: Uint8Array): void;
    suspend(): Promise<void>;
    resume(): Promise<void>;
    clear(): Promise<unknown>;
    destroy(options?: { force?: boolean }): Promise<void>;
    _handlePeer(
      peer: { publicKey: Uint8Array; relayAddresses: { host: string; port: number }[] },
      topic: Uint8Array,
    ): void;
  }
}

declare module "ready-resource" {
  import { EventEmitter } from "node:events";
  export default class ReadyResource extends EventEmitter {
    readonly opened: boolean;
    readonly opening: Promise<void> | null;
    readonly closing: Promise<void> | null;
    readonly closed: boolean;
    ready(): Promise<void>;
    close(): Promise<void>;
    protected _open(): Promise<void>;
    protected _close(): Promise<void>;
  }
}
