/** People with real keys and proofs, and what they do as blocks: for tests of `apply` without a network. */
import { mkdirSync } from "node:fs";
import c from "compact-encoding";
import Hypercore from "hypercore";
import messages from "hypercore/lib/messages.js";
import crypto, { type KeyPair } from "hypercore-crypto";
import { signAdmission } from "../../src/p2p/admission.js";
import { encode } from "../../src/p2p/decode.js";
import { Identity } from "../../src/p2p/identity.js";
import type { Op } from "../../src/p2p/spec/generated/types.js";
import type { Block } from "./linear.js";

export type Role = "member" | "moderator" | "owner";
export type Kind = "group" | "direct" | "broadcast";
const ROLES: readonly Role[] = ["member", "moderator", "owner"];
const KINDS: readonly Kind[] = ["group", "direct", "broadcast"];

/** What somebody does, by names. */
export type Deed =
  | { readonly do: "post"; readonly text?: string }
  | { readonly do: "share" }
  | { readonly do: "call"; readonly ended?: boolean }
  | { readonly do: "edit" | "delete" | "pin" | "unpin" | "finish" | "unshare"; readonly on: string }
  | { readonly do: "react" | "unreact"; readonly on: string; readonly emoji: string }
  | { readonly do: "profile"; readonly name: string }
  | ({ readonly do: "room" } & RoomChange)
  | { readonly do: "signers"; readonly writers: readonly string[]; readonly wrongManifest?: boolean }
  | { readonly do: "role"; readonly who: string; readonly role: Role }
  | { readonly do: "remove"; readonly who: string }
  /** `idOf`: by the id of that other invite. */
  | { readonly do: "invite"; readonly uses: number; readonly only?: readonly string[]; readonly idOf?: string }
  | { readonly do: "revoke"; readonly invite: string }
  /** `as`: for that device's person, who proves it; `proofOf`: with what was proved of that other log. */
  | {
      readonly do: "join";
      readonly invite?: string;
      readonly by?: string;
      readonly as?: string;
      readonly proofOf?: string;
    };

export interface RoomChange {
  readonly name?: string;
  readonly topic?: string;
  readonly clearTopic?: boolean;
  readonly kind?: Kind;
  readonly post?: Role;
  readonly invite?: Role;
  readonly share?: Role;
  readonly call?: Role;
  readonly goesOn?: "elsewhere" | "here";
  readonly comesFrom?: boolean;
}

export interface Act extends Block {
  readonly writer: string;
  readonly deed: Deed;
  readonly id: Uint8Array;
  /** The act of the same writer whose id it has. */
  readonly sameAs: string | null;
}

export interface Writer {
  readonly name: string;
  readonly person: string;
  readonly key: Buffer;
  readonly signing: KeyPair;
  readonly manifest: Buffer;
  length: number;
}

export const ELSEWHERE = Buffer.alloc(32, 7);
export const BEFORE = Buffer.alloc(32, 8);
const DRIVE = Buffer.alloc(32, 9);
const BLOBS = Buffer.alloc(32, 10);

const latin = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
export const lengthName = (writerKey: Uint8Array, length: number) => `${latin(writerKey)} ${length}`;
export const idName = (writerKey: Uint8Array, id: Uint8Array) => `${latin(writerKey)}${latin(id)}`;

/** In place of an id: the key is that of an invite. */
export const INVITE = new Uint8Array(0);

export class Cast {
  readonly #folder: string;
  /** Names by key, in latin1: of writers and of persons. */
  readonly #names = new Map<string, string>();
  readonly #identities = new Map<string, Identity>();
  readonly #devices = new Map<string, Identity>();
  readonly writers = new Map<string, Writer>();
  readonly acts = new Map<string, Act>();
  /** By the writer's key and the length of its log, or the id of the act: labels. */
  readonly labels = new Map<string, string>();
  #count = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param devices names of devices by person; the first one founds the room */
  static async of(folder: string, devices: Readonly<Record<string, readonly string[]>>): Promise<Cast> {
    const cast = new Cast(folder);
    for (const [person, names] of Object.entries(devices)) {
      for (const name of names) await cast.#add(person, name);
    }
    return cast;
  }

  async #add(person: string, name: string): Promise<void> {
    const folder = `${this.#folder}/${name}`;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const known = this.#identities.get(person);
    const device = known
      ? await Identity.restore(folder, person, known.words().join(" "))
      : await Identity.create(folder, person);
    if (!known) this.#identities.set(person, device);
    this.#devices.set(name, device);
    // The same in each run, so that a seed gives the same order of keys.
    const signing = crypto.keyPair(crypto.hash(Buffer.from(`signing ${name}`)));
    // As hypercore makes it of a key pair: one signer, quorum 1, the default namespace.
    const namespace = crypto.hash([crypto.hash(Buffer.from("hypercore")), Uint8Array.of(4)]);
    const manifest = Buffer.concat([Uint8Array.of(1, 0, 0, 1, 1, 0), namespace, signing.publicKey]);
    const key = Hypercore.key(c.decode(messages.manifest, manifest));
    this.writers.set(name, { name, person, key, signing, manifest, length: 0 });
    this.#names.set(latin(key), name).set(latin(device.key), person);
  }

  nameOf(key: Uint8Array): string {
    return this.#names.get(latin(key))!;
  }

  get roomKey(): Buffer {
    return [...this.writers.values()][0]!.key;
  }

  identityOf(person: string): Buffer {
    return this.#identities.get(person)!.key;
  }

  /** One more block of that writer. */
  act(writer: string, deed: Deed, options: { label?: string; sameAs?: string; optimistic?: boolean } = {}): Act {
    const from = this.writers.get(writer)!;
    this.#count += 1;
    const label = options.label ?? `${writer}-${deed.do}-${this.#count}`;
    const id = this.acts.get(options.sameAs ?? "")?.id ?? crypto.randomBytes(16);
    from.length += 1;
    const place = {
      roomKey: this.roomKey,
      writerKey: from.key,
      secretKey: from.signing.secretKey,
      id,
      sentAt: this.#count,
    };
    const act: Act = {
      label,
      writer,
      deed,
      id,
      sameAs: options.sameAs ?? null,
      writerKey: from.key,
      length: from.length,
      bytes: encode(this.#opOf(from, deed, label), place),
      optimistic: options.optimistic ?? false,
    };
    this.acts.set(label, act);
    this.labels.set(idName(act.writerKey, act.id), act.sameAs ?? label);
    this.labels.set(lengthName(act.writerKey, act.length), label);
    if (deed.do === "invite") this.labels.set(idName(inviteId(label), INVITE), label);
    return act;
  }

  forget(acts: readonly Act[]): void {
    for (const act of acts) {
      this.acts.delete(act.label);
      this.labels.delete(lengthName(act.writerKey, act.length));
      if (!act.sameAs) this.labels.delete(idName(act.writerKey, act.id));
    }
  }

  #opOf(from: Writer, deed: Deed, label: string): Op {
    switch (deed.do) {
      case "post":
        return { type: "post-message", text: deed.text ?? "words" };
      case "share":
        return { type: "share-file", name: "tea.txt", size: 4, files: 1, drive: DRIVE, blobs: BLOBS, blocks: 1 };
      case "call":
        return { type: "note-call", ended: deed.ended ?? false, seconds: 60 };
      case "finish":
        return { type: "finish-file", target: this.#ref(deed.on), hash: crypto.hash(Buffer.from(label)) };
      case "unshare":
        return { type: "unshare-file", target: this.#ref(deed.on) };
      case "edit":
        return { type: "edit-message", target: this.#ref(deed.on), text: "other words" };
      case "delete":
        return { type: "delete-message", target: this.#ref(deed.on) };
      case "pin":
        return { type: "pin-message", target: this.#ref(deed.on) };
      case "unpin":
        return { type: "unpin-message", target: this.#ref(deed.on) };
      case "react":
        return { type: "add-reaction", target: this.#ref(deed.on), emoji: deed.emoji };
      case "unreact":
        return { type: "remove-reaction", target: this.#ref(deed.on), emoji: deed.emoji };
      case "profile":
        return { type: "set-profile", name: deed.name };
      case "room":
        return roomOp(deed);
      case "signers":
        return {
          type: "set-indexers",
          indexers: deed.writers.map((name) => {
            const writer = this.writers.get(name)!;
            const other = deed.wrongManifest ? [...this.writers.values()].find((one) => one !== writer)! : writer;
            return { writer: writer.key, manifest: other.manifest };
          }),
        };
      case "role":
        return { type: "set-role", identity: this.identityOf(deed.who), role: ROLES.indexOf(deed.role) + 1 };
      case "remove":
        return { type: "remove-member", identity: this.identityOf(deed.who) };
      case "invite":
        return {
          type: "add-invite",
          invite: inviteId(deed.idOf ?? label),
          publicKey: Buffer.alloc(32, 1),
          uses: deed.uses,
          expiresAt: 1,
          only: (deed.only ?? []).map((person) => this.identityOf(person)),
        };
      case "revoke":
        return { type: "revoke-invite", invite: inviteId(deed.invite) };
      case "join":
        return this.#join(from, deed);
    }
  }

  #ref(label: string): { writer: Uint8Array; id: Uint8Array } {
    const act = this.acts.get(label);
    return act
      ? { writer: act.writerKey, id: act.id }
      : { writer: this.roomKey, id: crypto.hash(Buffer.from(label)).subarray(0, 16) };
  }

  #join(from: Writer, { invite, by, as, proofOf }: Extract<Deed, { do: "join" }>): Op {
    const device = as ? this.#devices.get(as)! : this.#devices.get(from.name)!;
    const claim = { roomKey: this.roomKey, writerKey: from.key, signingKey: from.signing.publicKey };
    const admitter = by ? this.writers.get(by)! : null;
    const newcomer = { ...claim, invite: inviteId(invite ?? "none"), identity: device.key };
    return {
      type: "join-room",
      name: device.name,
      signingKey: claim.signingKey,
      noiseKey: device.noiseKeyPair.publicKey,
      proof: device.proveJoin(proofOf ? { ...claim, writerKey: this.writers.get(proofOf)!.key } : claim),
      admission:
        invite && admitter
          ? {
              invite: newcomer.invite,
              admitter: admitter.key,
              signature: signAdmission(newcomer, admitter.signing.secretKey),
            }
          : null,
    };
  }
}

export function inviteId(label: string): Buffer {
  return crypto.hash(Buffer.from(`invite ${label}`));
}

function roomOp({ goesOn, comesFrom, kind, post, invite, share, call, ...texts }: RoomChange & { do: "room" }): Op {
  const level = (role: Role | undefined) => (role ? ROLES.indexOf(role) + 1 : 0);
  return {
    type: "set-room",
    name: texts.name ?? "",
    topic: texts.topic ?? "",
    clearTopic: texts.clearTopic ?? false,
    kind: kind ? KINDS.indexOf(kind) + 1 : 0,
    post: level(post),
    invite: level(invite),
    share: level(share),
    call: level(call),
    successor: goesOn ? (goesOn === "here" ? Buffer.alloc(32) : ELSEWHERE) : null,
    predecessor: comesFrom ? BEFORE : null,
  };
}
