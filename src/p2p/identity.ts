/**
 * Who this profile is. 24 words → identity key; this device's own key, attested by the identity once; the key of its
 * connections. The file `identity` holds all of it, for its owner's eyes alone; the words leave it only on request.
 */
import { hostname } from "node:os";
import { join } from "node:path";
import b4a from "b4a";
import crypto, { type KeyPair } from "hypercore-crypto";
import IdentityKey from "keet-identity-key";
import { readPrivateFile, replaceFile } from "../config.js";
import { KeetError } from "../errors.js";
import { MAX_NAME_BYTES, MAX_PROOF_BYTES, MAX_TOPIC_BYTES, textBytes } from "./decode.js";

const FILE_VERSION = 1;
const JOIN_DOMAIN = b4a.from("keet-tui/join/1");

interface IdentityFile {
  readonly version: number;
  readonly name: string;
  readonly device: string;
  readonly words: string;
  readonly wordsSeen: boolean;
  readonly identityKey: string;
  readonly deviceSeed: string;
  readonly deviceProof: string;
  readonly noiseSeed: string;
}

export interface JoinClaim {
  readonly roomKey: Uint8Array;
  readonly writerKey: Uint8Array;
  readonly signingKey: Uint8Array;
  readonly noiseKey: Uint8Array;
}

function claimBytes(claim: JoinClaim): Buffer {
  return b4a.concat([JOIN_DOMAIN, claim.roomKey, claim.writerKey, claim.signingKey, claim.noiseKey]);
}

/**
 * Checks a proof that a person's device speaks as this writer in this room. Total.
 * @returns the person's and the device's key, or null
 */
export function verifyJoin(
  proof: Uint8Array,
  claim: JoinClaim,
): { identityKey: Uint8Array; deviceKey: Uint8Array } | null {
  if (proof.byteLength > MAX_PROOF_BYTES) return null;
  try {
    const checked = IdentityKey.verify(b4a.from(proof), claimBytes(claim));
    return checked ? { identityKey: checked.identityPublicKey, deviceKey: checked.devicePublicKey } : null;
  } catch {
    return null;
  }
}

/** Five groups of four, from the hash of the identity key: what two people read to each other. */
export function fingerprintOf(identityKey: Uint8Array): string {
  const alphabet = "ybndrfg8ejkmcpqxot1uwisza345h769";
  const hash = crypto.hash([b4a.from("keet-tui/fingerprint/1"), identityKey]);
  const letters = [...hash.subarray(0, 20)].map((byte) => alphabet[byte & 31]).join("");
  return letters.match(/.{4}/g)!.join(" ");
}

/** A name as people type it → as it is kept. @throws KeetError `BAD_NAME` */
export function checkedName(name: string, what = "A name"): string {
  const trimmed = name.trim();
  if (trimmed.length === 0) throw new KeetError("user", "BAD_NAME", `${what} has at least one character.`);
  if (textBytes(trimmed) > MAX_NAME_BYTES) {
    throw new KeetError(
      "user",
      "BAD_NAME",
      `${what} has at most ${MAX_NAME_BYTES} bytes; this one has ${textBytes(trimmed)}.`,
      {
        hint: "Choose a shorter one.",
      },
    );
  }
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(trimmed)) {
    throw new KeetError("user", "BAD_NAME", `${what} is one line without control characters.`);
  }
  return trimmed;
}

/** A topic as people type it → as it is kept; it may be empty. @throws KeetError `BAD_NAME` */
export function checkedTopic(topic: string): string {
  const trimmed = topic.trim();
  const bytes = textBytes(trimmed);
  if (bytes > MAX_TOPIC_BYTES) {
    throw new KeetError("user", "BAD_NAME", `A topic has at most ${MAX_TOPIC_BYTES} bytes; this one has ${bytes}.`, {
      hint: "Say it shorter, and pin a message for the rest.",
    });
  }
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(trimmed)) {
    throw new KeetError("user", "BAD_NAME", "A topic is one line without control characters.");
  }
  return trimmed;
}

export class Identity {
  readonly #path: string;
  #file: IdentityFile;
  readonly deviceKeyPair: KeyPair;
  readonly noiseKeyPair: KeyPair;

  private constructor(path: string, file: IdentityFile) {
    this.#path = path;
    this.#file = file;
    this.deviceKeyPair = crypto.keyPair(b4a.from(file.deviceSeed, "hex"));
    this.noiseKeyPair = crypto.keyPair(b4a.from(file.noiseSeed, "hex"));
  }

  /** @returns null where this profile has none yet. @throws KeetError `IDENTITY_DAMAGED`: never replaced by a new one */
  static read(folder: string): Identity | null {
    const path = join(folder, "identity");
    const text = readPrivateFile(path);
    if (text === null) return null;
    const damaged = (cause?: unknown) =>
      new KeetError("storage", "IDENTITY_DAMAGED", `The file ${path} is ${text.length === 0 ? "empty" : "damaged"}.`, {
        hint: "Put back a copy of it, or move it away and restore from your 24 words: keet-tui identity restore.",
        cause,
      });
    try {
      const file = JSON.parse(text) as IdentityFile;
      if (file.version > FILE_VERSION) {
        throw new KeetError("storage", "IDENTITY_NEWER", `${path} was written by a newer keet-tui.`, {
          hint: "Update keet-tui.",
        });
      }
      const isHex = (value: unknown) => typeof value === "string" && /^([0-9a-f]{2})+$/.test(value);
      const whole =
        file.version === FILE_VERSION &&
        typeof file.name === "string" &&
        typeof file.words === "string" &&
        [file.identityKey, file.deviceSeed, file.deviceProof, file.noiseSeed].every(isHex);
      if (!whole) throw damaged();
      return new Identity(path, file);
    } catch (cause) {
      throw cause instanceof KeetError ? cause : damaged(cause);
    }
  }

  static async create(folder: string, name: string): Promise<Identity> {
    return Identity.#make(folder, name, IdentityKey.generateMnemonic(), false);
  }

  /** The same person on a new device: keys of a device are never restored. @throws KeetError `BAD_WORDS` */
  static async restore(folder: string, name: string, words: string): Promise<Identity> {
    const clean = words
      .normalize("NFKD")
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean);
    const count = clean.length;
    if (count !== 24) {
      throw new KeetError("user", "BAD_WORDS", `There are 24 words; this is ${count}.`, {
        hint: "Write them in order, with spaces.",
      });
    }
    return Identity.#make(folder, name, clean.join(" "), true);
  }

  static async #make(folder: string, name: string, words: string, wordsSeen: boolean): Promise<Identity> {
    const checked = checkedName(name);
    if (Identity.read(folder)) {
      throw new KeetError("user", "IDENTITY_EXISTS", "This profile already has an identity.", {
        hint: "Use another profile: keet-tui --profile other.",
      });
    }
    let key: IdentityKey;
    try {
      key = await IdentityKey.from({ mnemonic: words });
    } catch (cause) {
      throw new KeetError(
        "user",
        "BAD_WORDS",
        "These 24 words do not belong together: one is wrong or in the wrong place.",
        { cause },
      );
    }
    const deviceSeed = crypto.randomBytes(32);
    const device = crypto.keyPair(deviceSeed);
    const file: IdentityFile = {
      version: FILE_VERSION,
      name: checked,
      device: hostname().slice(0, 32),
      words,
      wordsSeen,
      identityKey: b4a.toString(key.identityPublicKey, "hex"),
      deviceSeed: b4a.toString(deviceSeed, "hex"),
      deviceProof: b4a.toString(await key.bootstrap(device.publicKey), "hex"),
      noiseSeed: b4a.toString(crypto.randomBytes(32), "hex"),
    };
    key.clear();
    const path = join(folder, "identity");
    replaceFile(path, `${JSON.stringify(file, null, 1)}\n`);
    return new Identity(path, file);
  }

  get key(): Buffer {
    return b4a.from(this.#file.identityKey, "hex");
  }

  get name(): string {
    return this.#file.name;
  }

  get device(): string {
    return this.#file.device;
  }

  get wordsSeen(): boolean {
    return this.#file.wordsSeen;
  }

  words(): string[] {
    return this.#file.words.split(" ");
  }

  rename(name: string): void {
    this.#write({ ...this.#file, name: checkedName(name) });
  }

  markWordsSeen(): void {
    if (!this.#file.wordsSeen) this.#write({ ...this.#file, wordsSeen: true });
  }

  /** The proof that goes into `join-room`: identity → this device → these keys in that room. */
  proveJoin(claim: Omit<JoinClaim, "noiseKey">): Buffer {
    const bytes = claimBytes({ ...claim, noiseKey: this.noiseKeyPair.publicKey });
    return IdentityKey.attestData(bytes, this.deviceKeyPair, b4a.from(this.#file.deviceProof, "hex"));
  }

  #write(file: IdentityFile): void {
    replaceFile(this.#path, `${JSON.stringify(file, null, 1)}\n`);
    this.#file = file;
  }
}
