/**
 * Files of all rooms on this device: what is shared from here, what is fetched, what is passed on. Emits `transfer`
 * (TransferInfo) when something of one changed, at most twice a second each, `transfer-gone` (room, writer and share in
 * hex) when nothing of it is held any more, `begun` when blocks of one can come, and `warning`.
 */
import { EventEmitter } from "node:events";
import b4a from "b4a";
import type Corestore from "corestore";
import type Hypercore from "hypercore";
import { KeetError } from "../../errors.js";
import { hex } from "../hex.js";
import type { MemberRoom } from "../member-room.js";
import type { RoomMessage } from "../messages.js";
import { newId } from "../room.js";
import { within } from "../time-limit.js";
import { copyTo, removeLeftCopies } from "./copying.js";
import { Exchange } from "./exchange.js";
import { Fetching } from "./fetching.js";
import { folderAsFile, listLate, noSuchFile } from "./file-errors.js";
import { GiveWay, givingWay } from "./give-way.js";
import { Held, type OpenFileWork, type TransferInfo } from "./held.js";
import { type FileSize, layOut, totalsOf } from "./layout.js";
import { filesKnown, type Goal, type KeptShare, Ledger, shareOfOurs, shareOfTheirs } from "./ledger.js";
import { listOf } from "./listing.js";
import { type LeftOut, looksAt } from "./look.js";
import { openCores } from "./opening.js";
import { removeLeftNotes, removeOwnNote } from "./own-notes.js";
import { covers, fileOf, notInside, onlyPart } from "./parts.js";
import type { Roads } from "./roads.js";
import { openFileStore, type ShareCores } from "./share-cores.js";
import { readIn } from "./sharing.js";
import { watchTakenBack } from "./taken-back.js";
import { GONE_WORDS, type GoneReason } from "./talk.js";
import { checkIsFree, TargetFiles } from "./target.js";
import { Telling } from "./telling.js";
import { partIdOf, removeUnfinished } from "./unfinished.js";

const TELL_MS = 500;
const LIST_MS = 30_000;
export interface FilesOptions {
  /** The profile's. */
  readonly folder: string;
  readonly roads: Roads;
  readonly room: (id: string) => MemberRoom | null;
  /** Somebody here is in a call. */
  readonly hasCall: () => boolean;
}

export class Files extends EventEmitter {
  readonly #options: FilesOptions;
  readonly #ledger: Ledger;
  readonly #held = new Map<string, Held>();
  readonly #exchange: Exchange;
  readonly #telling = new Telling();
  readonly #giveWay: GiveWay;
  #store: Promise<Corestore> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: FilesOptions) {
    super();
    this.#options = options;
    this.#ledger = new Ledger(options.folder);
    this.#giveWay = new GiveWay({ isWanted: options.hasCall });
    this.#exchange = new Exchange({ roads: options.roads, serve: (room, share) => this.#serve(room, share) });
    this.#exchange.on("gone", (share: string, why: GoneReason) => this.#onGone(share, why));
    this.#exchange.on("warning", (error) => this.emit("warning", error));
    this.#telling.on("transfer", (info: TransferInfo) => this.emit("transfer", info));
  }

  /** What was under way goes on as soon as its room is there (`addRoom`). */
  async open(): Promise<void> {
    for (const kept of await this.#ledger.load((error) => this.emit("warning", error))) {
      this.#held.set(kept.id, new Held(kept));
    }
    await removeLeftCopies(this.#ledger);
    const kept = [...this.#held.values()].map((held) => held.kept);
    await removeLeftNotes(this.#options.folder, kept).catch((error: unknown) => this.emit("warning", error));
    this.#timer = setInterval(() => this.#tick(), TELL_MS).unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearInterval(this.#timer);
    this.#exchange.close();
    await Promise.all([...this.#held.values()].map((held) => held.close()));
    await (await this.#store?.catch(() => null))?.close();
  }

  addRoom(member: MemberRoom): void {
    this.#exchange.addRoom(member.id, member.peers);
    for (const held of this.#held.values()) {
      if (held.kept.room !== member.id || !held.isBusy || held.cores || held.opening) continue;
      if (held.kept.state === "reading") this.#run(held, () => this.#goOnReading(held, member));
      else this.#run(held, () => this.#fetch(held, member));
    }
    watchTakenBack(member, {
      kept: () => [...this.#held.values()].flatMap(({ kept }) => (kept.room === member.id ? [kept] : [])),
      drop: (share) => this.#dropTakenBack(share),
      warn: (error) => this.emit("warning", error),
    });
  }

  removeRoom(room: string): void {
    this.#exchange.removeRoom(room);
    for (const [id, { kept }] of this.#held) if (kept.room === room) void this.drop(id).catch(() => {});
  }

  transfer(share: string): TransferInfo | null {
    return this.#held.get(share)?.info() ?? null;
  }

  /** What would be cut off if this device went now. */
  openWork(room: string): OpenFileWork[] {
    return [...this.#held.values()].flatMap((held) => {
      const what = held.kept.room === room ? held.openWork : null;
      return what === null ? [] : [{ name: held.kept.name, what }];
    });
  }

  // --- sharing

  /**
   * The row is in the room at once; reading in goes on behind it.
   * @param durationMs of a voice note
   * @returns the row, and what of a folder is not in it
   * @throws KeetError as `looksAt`, as `MemberRoom.share`
   */
  async share(
    member: MemberRoom,
    paths: readonly string[],
    durationMs?: number,
  ): Promise<{ message: RoomMessage; leftOut: readonly LeftOut[] }> {
    const source = await looksAt(paths);
    const id = newId();
    const files = source.files.map(({ path, size }) => ({ path, size }));
    const parts = layOut(files);
    const { bytes, blocks } = totalsOf(parts);
    const held = new Held(shareOfOurs(member, id, source));
    const cores = await this.#open(held, member);
    await cores.writeEntries(parts);
    const [drive, blobs] = [cores.drive.key, cores.blobs.key];
    this.#keep(held, { drive: hex(drive), blobs: hex(blobs) });
    this.#held.set(held.kept.id, held);
    try {
      const { name, isFolder } = source;
      const message = await member.share({
        id,
        name,
        size: bytes,
        files: files.length,
        isFolder,
        drive,
        blobs,
        blocks,
        ...(durationMs && !isFolder ? { durationMs } : {}),
      });
      this.#run(held, () => this.#goOnReading(held, member));
      return { message, leftOut: source.leftOut };
    } catch (error) {
      await this.drop(held.kept.id);
      throw error;
    }
  }

  async #goOnReading(held: Held, member: MemberRoom): Promise<void> {
    const cores = await this.#open(held, member);
    const { blocks } = held.kept;
    const target = { writer: b4a.from(held.kept.writer, "hex"), id: held.id };
    try {
      const hash = await readIn({
        cores,
        source: held.source!,
        blocks,
        onProgress: () => {},
        isStopped: () => held.isStopped || this.#isClosed,
      });
      if (!hash) return;
      await member.finish(target, hash);
      this.#keep(held, { state: "whole" });
    } catch (error) {
      if (held.isStopped || this.#isClosed) return;
      this.#fail(held, error);
      await member.unshare(target).catch(() => {});
    }
  }

  // --- fetching

  /**
   * Begins, or goes on with, what was begun.
   * @param where the folder it goes to, or exactly where it is wanted
   * @throws KeetError `NO_SUCH_FILE`, `BUSY` while another part of it is on its way, and what `TargetFiles` throws for the place
   */
  async get(member: MemberRoom, message: RoomMessage, { folder, to, part = null }: Goal): Promise<TransferInfo> {
    const file = fileOf(message);
    if (part !== null && !file.isFolder) throw notInside(part, file.name);
    if (to !== null) await checkIsFree(to);
    const id = hex(message.id);
    const known = this.#held.get(id);
    if (known && covers(known.kept, part)) return known.info();
    if (known) await this.drop(id);
    const held = new Held(shareOfTheirs(member, message, file, { folder, to, part }));
    this.#held.set(id, held);
    this.#keep(held, {});
    this.#run(held, () => this.#fetch(held, member));
    return held.info();
  }

  async #fetch(held: Held, member: MemberRoom): Promise<void> {
    const cores = await this.#open(held, member);
    const { id } = held;
    if (!held.kept.files) {
      this.#exchange.want(member.id, id, [cores.drive.core]);
      const files = await listOf(cores.drive, held.kept);
      if (held.isStopped) return;
      this.#keep(held, held.kept.part ? onlyPart(files, held.kept.part, held.kept.name) : { files });
    }
    const { id: share, folder, isFolder, placing } = held.kept;
    const target = await TargetFiles.open(folder!, partIdOf(share), held.parts, isFolder, { placing });
    if (held.isStopped) return target.close();
    held.target = target;
    const read = (block: number, pad: number) => target.read(block, pad);
    const write = (block: number, bytes: Uint8Array) => target.write(block, bytes);
    cores.keepBlocksIn(givingWay({ read, write }, this.#giveWay));
    const fetching = new Fetching({ cores, target, blocks: held.kept.blocks });
    held.fetching = fetching;
    this.emit("begun");
    fetching.on("changed", () => this.#tell(held));
    this.#exchange.want(member.id, id, cores.all);
    if (!(await fetching.run())) return;
    await this.#finish(held, member, target);
  }

  /**
   * What is in a shared folder; a file alone is its only one.
   * @throws KeetError `NO_SUCH_FILE`, `BAD_SHARE`, `TIMED_OUT` where nobody said it in time
   */
  async tree(member: MemberRoom, message: RoomMessage): Promise<readonly FileSize[]> {
    const file = fileOf(message);
    const all = filesKnown(file);
    if (all) return all;
    const id = hex(message.id);
    const known = this.#held.get(id);
    if (known?.kept.files && !known.kept.part) return known.kept.files;
    // Only looked at: it is not kept, and not fetched.
    const looking = known ?? new Held(shareOfTheirs(member, message, file, { folder: "", to: null }));
    const cores = await this.#open(looking, member);
    if (!known) this.#exchange.want(member.id, looking.id, [cores.drive.core]);
    try {
      return await within(listOf(cores.drive, { ...file, count: file.files }), LIST_MS, listLate);
    } finally {
      if (!known) {
        if (!this.#held.has(id)) this.#exchange.unwant(id);
        await looking.close();
      }
    }
  }

  async #finish(held: Held, member: MemberRoom, target: TargetFiles): Promise<void> {
    const [row] = (await member.message(held.id)).filter(({ writer }) => hex(writer) === held.kept.writer);
    const known = row?.file?.hash;
    if (known && !b4a.equals(known, await held.cores!.hashAt(held.kept.blocks))) {
      throw new KeetError("peer", "WRONG_HASH", "What came is not what was shared.", {
        hint: "Ask for it to be shared again.",
      });
    }
    const { name, to } = held.kept;
    if (target.path === null) this.#keep(held, { placing: target.identity });
    const path = target.path ?? (await (to === null ? target.putInPlace(held.kept.folder!, name) : target.putAt(to)));
    held.fetching = null;
    this.#exchange.unwant(held.kept.id);
    this.#keep(held, { state: "whole", path, at: target.files, placing: null });
    target.on("changed", () => void this.#onSourceChanged(held));
  }

  /**
   * A further one of what is here, under a free name or exactly where it is wanted.
   * @returns where it lies
   * @throws KeetError `NO_SUCH_FILE`, `SOURCE_CHANGED`, and what `TargetFiles` throws for the place
   */
  async copy(member: MemberRoom, share: string, goal: Goal): Promise<string> {
    const held = this.#held.get(share);
    if (held?.kept.state !== "whole") throw noSuchFile(held?.kept.reason);
    await this.#open(held, member);
    return copyTo(held.target ?? held.source!, held.kept, goal, this.#ledger);
  }

  /**
   * What of it is here, whole or not.
   * @throws KeetError `NO_SUCH_FILE`
   */
  async cores(member: MemberRoom, share: string): Promise<ShareCores> {
    const held = this.#held.get(share);
    if (!held || held.kept.state === "failed") throw noSuchFile(held?.kept.reason);
    return this.#open(held, member);
  }

  /** Resolves when that byte is here: where it lies, and how many bytes from there on are here too. */
  async readable(share: string, offset: number): Promise<{ path: string; bytes: number }> {
    const held = this.#held.get(share);
    if (!held) throw noSuchFile();
    // What a part is shows when the folder's list is here.
    const isFolder = () => held.kept.isFolder && (held.kept.files !== null || !held.kept.part);
    for (;;) {
      if (isFolder()) throw folderAsFile();
      const { state, path, size, reason } = held.kept;
      if (state === "whole") return { path: path!, bytes: size - offset };
      if (held.fetching) return held.fetching.from(offset);
      if (state !== "fetching") throw noSuchFile(reason);
      await this.#nextChange();
    }
  }

  /** Of any share. What is told waits for its time; that something can be read now must not. */
  #nextChange(): Promise<void> {
    return new Promise((done) => {
      const settle = () => {
        this.off("transfer", settle).off("begun", settle);
        done();
      };
      this.on("transfer", settle).on("begun", settle);
    });
  }

  /** Not fetched any more, or not shared any more by this device; what is whole stays where it is. */
  async drop(share: string, why: GoneReason = "not-here"): Promise<void> {
    const held = this.#held.get(share);
    if (!held) throw noSuchFile();
    this.#held.delete(share);
    this.#telling.forget(share);
    this.#exchange.unwant(share);
    await this.#exchange.withdraw(held.kept.room, held.id, why);
    // What somebody else has put in its place stays.
    await removeUnfinished(held).catch((error: unknown) => this.emit("warning", error));
    await held.close();
    const others = [...this.#held.values()].map(({ kept }) => kept);
    await removeOwnNote(this.#options.folder, held.kept, others).catch((error) => this.emit("warning", error));
    this.#ledger.forget(share);
    const { room, writer } = held.kept;
    // It may have been asked for anew meanwhile.
    if (!this.#held.has(share)) this.emit("transfer-gone", { room, writer, share });
  }

  async #dropTakenBack(share: string): Promise<void> {
    const held = this.#held.get(share);
    if (!held || this.#isClosed) return;
    await this.drop(share, "unshared");
    // Whoever waits for it hears why it does not come.
    held.kept = { ...held.kept, state: "failed", reason: GONE_WORDS.unshared };
    this.emit("transfer", held.info());
  }

  // --- what is open

  async #open(held: Held, member: MemberRoom): Promise<ShareCores> {
    if (held.cores) return held.cores;
    held.opening ??= this.#openCores(held, member);
    held.cores = await held.opening;
    return held.cores;
  }

  async #openCores(held: Held, member: MemberRoom): Promise<ShareCores> {
    // Costs memory, so only where files are used at all.
    this.#store ??= openFileStore(this.#options.folder);
    return openCores(await this.#store, held, member, {
      onChanged: () => void this.#onSourceChanged(held),
      onMore: () => this.#noteElsewhere(held),
      giveWay: this.#giveWay,
    });
  }

  async #serve(room: string, share: string): Promise<readonly Hypercore[] | GoneReason | null> {
    const held = this.#held.get(share);
    const member = this.#options.room(room);
    if (held?.kept.room !== room || !member || this.#isClosed) return null;
    if (held.kept.state === "failed") return held.kept.ours ? "changed" : null;
    return (await this.#open(held, member)).all;
  }

  async #onSourceChanged(held: Held): Promise<void> {
    if (held.kept.state !== "whole") return;
    this.#keep(held, { state: "failed", reason: "it was changed or moved after it was shared" });
    await this.#exchange.withdraw(held.kept.room, held.id, held.kept.ours ? "changed" : "not-here");
    await held.close();
    this.#tell(held);
  }

  #onGone(share: string, why: GoneReason): void {
    const held = this.#held.get(share);
    if (held?.kept.state === "fetching") held.gone = GONE_WORDS[why];
  }

  // --- what is told

  #run(held: Held, work: () => Promise<void>): void {
    void work()
      .catch((error: unknown) => {
        if (!held.isStopped && !this.#isClosed) this.#fail(held, error);
      })
      .then(() => this.#tell(held));
  }

  #fail(held: Held, error: unknown): void {
    if (!(error instanceof KeetError)) this.emit("warning", error);
    this.#exchange.unwant(held.kept.id);
    this.#keep(held, { state: "failed", reason: error instanceof Error ? error.message : String(error) });
  }

  #keep(held: Held, change: Partial<KeptShare>): void {
    held.kept = { ...held.kept, ...change };
    this.#ledger.keep(held.kept);
  }

  #tick(): void {
    for (const held of this.#held.values()) {
      if (held.isBusy) this.#tell(held);
      this.#noteElsewhere(held);
    }
  }

  #noteElsewhere(held: Held): void {
    if (held.isElsewhereNow && this.#held.has(held.kept.id)) this.#keep(held, { isElsewhere: true });
  }

  #tell(held: Held): void {
    if (this.#held.has(held.kept.id)) this.#telling.tell(held);
  }
}
