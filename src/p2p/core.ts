/**
 * One person on one device: one store, one swarm, many rooms. Emits `room` (id), `room-gone` (id), `timeline`,
 * `marks`, `late`, `arriving`, `arriving-gone`, `states`, `members`, `typing` (each with the room's id first), `identity`, `network`, `call` (id), `sound` (id, writer, bytes),
 * `notice` (room id or null, text, level) and `warning` (error, for the log).
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import b4a from "b4a";
import type Corestore from "corestore";
import crypto from "hypercore-crypto";
import type { Connection } from "hyperswarm";
import ProtomuxWakeup from "protomux-wakeup";
import ReadyResource from "ready-resource";
import { privateFolder } from "../config.js";
import { KeetError } from "../errors.js";
import { Calls } from "./calls/calls.js";
import type { Offer } from "./channel.js";
import { Doors, type Invite } from "./doors.js";
import { Files } from "./files/files.js";
import type { TransferInfo } from "./files/held.js";
import { OpenShares } from "./files/open-shares.js";
import { Roads } from "./files/roads.js";
import { hex } from "./hex.js";
import { checkedName, checkedTopic, Identity } from "./identity.js";
import { linkOf, parseLink } from "./invite-link.js";
import { Joining } from "./joining.js";
import { type CoreHands, type Live, newLive, type OpenRoom, type RoomEntry } from "./live-room.js";
import { LocalStore } from "./local-store.js";
import { MemberRoom } from "./member-room.js";
import { Network, type NetworkState } from "./network.js";
import { Offers } from "./offers.js";
import { openStore } from "./open-store.js";
import { OwnSettings, type RoomPrefs } from "./own-settings.js";
import { type Keys, Pairing } from "./pairing.js";
import { Renewal } from "./renewal.js";
import { joinWithNewLog, readAnew, takeNewLog } from "./repair.js";
import { Room } from "./room.js";
import { RoomsForTwo } from "./rooms-for-two.js";
import type { SetRoom } from "./spec/generated/types.js";
import { atMost } from "./time-limit.js";
import { KINDS, type Kind } from "./view.js";

const INVITES_CHECK_MS = 1_000;
const CLOCK_CHECK_MS = 2_000;
const CLOCK_JUMP_MS = 4_000;
const CLOSE_NETWORK_MS = 500;
const CLOSE_FAILED_MS = 2_000;

export interface CoreOptions {
  /** The profile's folder; made for its owner alone where it is not there. */
  readonly folder: string;
  readonly bootstrap: readonly { host: string; port: number }[] | null;
  readonly lan: boolean;
  /** ms since 1970; tests hand in another. */
  readonly now?: () => number;
  /** A device has to have been in a room for so long in all before it may sign its order; tests make it short. */
  readonly promoteAfterMs?: number;
}

export class Core extends ReadyResource {
  readonly #options: CoreOptions;
  readonly #now: () => number;
  #store: Corestore | null = null;
  #local: LocalStore | null = null;
  #wakeup = new ProtomuxWakeup();
  #identity: Identity | null = null;
  #network: Network | null = null;
  #pairing: Pairing | null = null;
  #doors: Doors | null = null;
  #settings: OwnSettings | null = null;
  #offers: Offers | null = null;
  #two: RoomsForTwo | null = null;
  #renewal: Renewal | null = null;
  #roads: Roads | null = null;
  #files: Files | null = null;
  #openShares: OpenShares | null = null;
  #calls: Calls | null = null;
  readonly #rooms = new Map<string, Live>();
  #timers: NodeJS.Timeout[] = [];
  /** Of rooms that are just being made, too. */
  #lastOrder = -1;
  #wall = 0;
  #monotonic = 0;
  #busyMs = 0;

  constructor(options: CoreOptions) {
    super();
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  protected override async _open(): Promise<void> {
    privateFolder(this.#options.folder);
    // Before the store: opening that one writes, and with a damaged identity nothing may.
    this.#identity = Identity.read(this.#options.folder);
    this.#store = await openStore(this.#options.folder);
    try {
      this.#local = new LocalStore(this.#store);
      await this.#local.ready();
      this.#settings = new OwnSettings(this.#local, this.#now);
      await this.#settings.load();
      const hands = this.#hands();
      this.#two = new RoomsForTwo(hands);
      this.#renewal = new Renewal(hands);
      await this.#renewal.load();
      if (this.#identity) await this.#startWithIdentity();
    } catch (error) {
      await this.#store.close().catch(() => {});
      throw error;
    }
    this.#every(INVITES_CHECK_MS, () => void this.#checkDoors());
    this.#wall = this.#now();
    this.#monotonic = performance.now();
    this.#busyMs = busyMs();
    this.#every(CLOCK_CHECK_MS, () => this.#checkClock());
  }

  protected override async _close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const rooms = [...this.#rooms.values()];
    for (const { joining } of rooms) joining?.stop();
    this.#openShares?.close();
    this.#calls?.close();
    await this.#files?.close().catch(() => {});
    await Promise.allSettled(rooms.map(({ member }) => member?.close()));
    // Both may wait for a DHT that does not answer; the store must not.
    await atMost(
      CLOSE_NETWORK_MS,
      Promise.allSettled([this.#roads?.close(), this.#pairing?.close(), this.#network?.close()]),
    );
    this.#wakeup.destroy();
    await this.#local?.close().catch(() => {});
    await this.#store?.close();
  }

  #every(ms: number, run: () => void): void {
    this.#timers.push(setInterval(run, ms).unref());
  }

  /** The store and the wakeup protocol, for tests that connect cores without a network. */
  get parts(): { readonly store: Corestore; readonly wakeup: ProtomuxWakeup } {
    return { store: this.#store!, wakeup: this.#wakeup };
  }

  // --- identity

  get identity(): Identity | null {
    return this.#identity;
  }

  get now(): number {
    return this.#now();
  }

  async createIdentity(name: string): Promise<Identity> {
    return this.#takeIdentity(Identity.create(this.#options.folder, name));
  }

  async restoreIdentity(name: string, words: string): Promise<Identity> {
    return this.#takeIdentity(Identity.restore(this.#options.folder, name, words));
  }

  async #takeIdentity(making: Promise<Identity>): Promise<Identity> {
    const identity = await making;
    this.#identity = identity;
    await this.#startWithIdentity();
    this.emit("identity");
    return identity;
  }

  async rename(name: string): Promise<Identity> {
    const identity = this.#me();
    identity.rename(checkedName(name));
    this.emit("identity");
    await Promise.allSettled([...this.#rooms.values()].map(({ member }) => member?.rename(name)));
    return identity;
  }

  wordsSeen(): void {
    this.#me().markWordsSeen();
    this.emit("identity");
  }

  #me(): Identity {
    if (this.#identity) return this.#identity;
    throw new KeetError("user", "NO_IDENTITY", "This profile has no name yet.", {
      hint: "Start keet-tui and choose one.",
    });
  }

  // --- network

  async #startWithIdentity(): Promise<void> {
    const identity = this.#me();
    const network = new Network({
      keyPair: identity.noiseKeyPair,
      bootstrap: this.#options.bootstrap,
      lan: this.#options.lan,
      standing: (key) => this.#standing(key),
    });
    this.#network = network;
    network.on("connection", (connection: Connection) => this.#onConnection(connection));
    network.on("changed", () => this.emit("network"));
    this.#pairing = new Pairing(network.swarm, this.#now);
    this.#doors = new Doors({ local: this.#kept(), pairing: this.#pairing, identity, now: this.#now });
    const warn = (error: unknown) => this.emit("warning", error);
    this.#offers = new Offers({
      rooms: () => [...this.#rooms.values()].flatMap(({ member }) => (member ? [member] : [])),
      asking: () => this.#two?.asking() ?? [],
      successorLink: (id) => this.#renewal?.linkOf(id) ?? null,
      onSuccessor: (member, link) => void this.#renewal?.follow(member, link).catch(warn),
      onRequest: (member, identity, link) => void this.#two?.receive(member, identity, link).catch(warn),
    });
    await this.#startFiles(network, identity);
    this.#startCalls();
    network.start();
    const entries = await this.#kept().list<RoomEntry>("room/");
    entries.sort((a, b) => a.value.order - b.value.order);
    for (const { value } of entries) {
      this.#rooms.set(value.id, newLive(value));
    }
    await Promise.all([...this.#rooms.values()].map((live) => this.#openLive(live)));
  }

  async #startFiles(network: Network, identity: Identity): Promise<void> {
    const { folder, lan } = this.#options;
    const hasCall = () => this.#calls?.current != null;
    this.#roads = new Roads({
      keyPair: identity.noiseKeyPair,
      dht: network.swarm.dht,
      now: this.#now,
      isLan: lan,
      hasCall,
    });
    this.#files = new Files({
      folder,
      roads: this.#roads,
      room: (id) => this.#rooms.get(id)?.member ?? null,
      hasCall,
    });
    this.#files.on("transfer", (info: TransferInfo) => this.emit("transfer", info));
    this.#files.on("transfer-gone", (which) => this.emit("transfer-gone", which));
    this.#files.on("warning", (error) => this.emit("warning", error));
    await this.#files.open();
    this.#openShares = new OpenShares({
      connections: () => network.swarm.connections,
      join: (topic) => network.join(topic),
      leave: (topic) => network.leave(topic),
      trust: (connection) => network.trust(connection),
      isMember: (key) => this.#standing(key) === "member",
    });
  }

  #startCalls(): void {
    this.#calls = new Calls({
      isBlocked: (identity) => this.#own().isBlocked(hex(identity)),
      keyPair: this.#me().noiseKeyPair,
    });
    this.#calls.on("call", (id: string) => this.emit("call", id));
    this.#calls.on("sound", (id, writer, packet) => this.emit("sound", id, writer, packet));
    this.#calls.on("warning", (error) => this.emit("warning", error));
  }

  /** @throws KeetError `NO_IDENTITY` */
  get calls(): Calls {
    this.#me();
    return this.#calls!;
  }

  /**
   * For a minute, whoever has the keys of that share gets it from here, in the room or not.
   * @throws KeetError `NO_SUCH_FILE` where nothing of it is here
   */
  async openShare(member: MemberRoom, share: string): Promise<void> {
    this.#openShares!.open(await this.files.cores(member, share));
  }

  /** @throws KeetError `NO_IDENTITY` */
  get files(): Files {
    this.#me();
    return this.#files!;
  }

  networkState(): NetworkState {
    return (
      this.#network?.state() ?? { state: "looking", peers: 0, reason: "nobody has a name here yet", interfaces: [] }
    );
  }

  #standing(key: Uint8Array): "member" | "removed" | "unknown" {
    const said = [...this.#rooms.values()].map(({ member }) => member?.peers.standing(key) ?? "unknown");
    if (said.includes("member")) return "member";
    return said.includes("removed") ? "removed" : "unknown";
  }

  #onConnection(connection: Connection): void {
    this.#store?.replicate(connection);
    this.#wakeup.addStream(connection);
    for (const { member } of this.#rooms.values()) member?.peers.attach(connection);
    this.#openShares?.attach(connection);
    this.#calls?.attach(connection);
  }

  /**
   * Timers do not count sleep, and connections do not notice it: they look alive. Asleep, the wall clock runs ahead of
   * the monotonic one; stopped, both go on and no processor time is used, which tells it from a busy time.
   */
  #checkClock(): void {
    const [wall, monotonic, busy] = [this.#now(), performance.now(), busyMs()];
    const elapsed = monotonic - this.#monotonic;
    const ahead = wall - this.#wall - elapsed;
    const stoodStill = elapsed - (busy - this.#busyMs) > CLOCK_CHECK_MS + CLOCK_JUMP_MS;
    [this.#wall, this.#monotonic, this.#busyMs] = [wall, monotonic, busy];
    if (ahead > CLOCK_JUMP_MS || stoodStill) this.#network?.redial();
    // A clock that was put back: nothing was missed.
    else if (ahead < -CLOCK_JUMP_MS) this.#network?.refresh();
  }

  // --- rooms

  rooms(): OpenRoom[] {
    return [...this.#rooms.values()].map((live) => this.#describe(live));
  }

  room(id: string): OpenRoom | null {
    const live = this.#rooms.get(id);
    return live ? this.#describe(live) : null;
  }

  #describe({ entry, member, joining, failed }: Live): OpenRoom {
    const waitsFor = joining ? joining.waitsFor : null;
    const doorUntil = member ? (this.#doors?.until(member) ?? null) : null;
    // What somebody asked for as a room for two may turn out to be another one.
    const isForTwo = (member?.summary().record?.kind ?? "direct") === "direct";
    const asked =
      entry.direct && isForTwo ? { identity: b4a.from(entry.direct.identity, "hex"), name: entry.direct.name } : null;
    return {
      id: entry.id,
      name: entry.name,
      order: entry.order,
      member,
      waitsFor,
      failed,
      doorUntil,
      isRequest: entry.request === true,
      direct: member?.summary().with ?? asked,
      prefs: this.#own().prefs(entry.id),
    };
  }

  #own(): OwnSettings {
    if (!this.#settings) throw new Error("the core is not open");
    return this.#settings;
  }

  /** @throws KeetError `USAGE` for a room for two: that takes somebody to ask (`openDirect`) */
  async createRoom(name: string, topic: string, kind: Kind): Promise<OpenRoom> {
    if (kind === "direct") {
      throw new KeetError("user", "USAGE", "A room for two begins with whom it is for.", {
        hint: "/msg <name>, in a room where you both are.",
      });
    }
    return this.#make(name, { topic: checkedTopic(topic), kind: KINDS.indexOf(kind) + 1 });
  }

  async #make(
    name: string,
    settings: Omit<SetRoom, "type" | "name">,
    direct: { identity: string; name: string } | null = null,
  ): Promise<OpenRoom> {
    this.#me();
    const checked = checkedName(name, "A room's name");
    const order = this.#nextOrder();
    const namespace = hex(crypto.randomBytes(16));
    const room = await this.#openLog(namespace, null, crypto.randomBytes(32));
    const entry: RoomEntry = {
      id: hex(room.discoveryKey),
      namespace,
      order,
      joinedAt: this.#now(),
      name: checked,
      key: hex(room.key),
      encryptionKey: hex(room.base.encryptionKey),
      link: null,
      ownJoin: null,
      wasIn: true,
      direct,
    };
    // The first two ops make the room; both before anybody can hear of it.
    const now = this.#now();
    await Promise.all([
      room.append(room.seal(room.joinOp(null), crypto.randomBytes(16), now)),
      room.append(room.seal({ type: "set-room", name: checked, ...settings }, crypto.randomBytes(16), now)),
    ]);
    await this.#keep(entry);
    const live = newLive(entry);
    this.#rooms.set(entry.id, live);
    await this.#enter(live, room);
    return this.#describe(live);
  }

  /** The room at once, joined or not: joining is a state. The same room by another invite is the same room. */
  async joinRoom(link: string): Promise<OpenRoom> {
    this.#me();
    const invite = parseLink(link);
    const id = hex(invite.discoveryKey);
    const known = this.#rooms.get(id);
    if (known?.entry.request) return this.#parts().two.accept(id);
    if (known) {
      const isIn = known.entry.link === null && known.member?.summary().role !== null;
      if (isIn || known.entry.link === linkOf(invite.bytes)) return this.#describe(known);
      // A second invite for a room that is still on its way, or that took us out again: tried with the same writer.
      known.joining?.stop();
      if (known.member) known.member.peers.ownJoin = null;
      known.entry = { ...known.entry, link: linkOf(invite.bytes), ownJoin: null };
      known.failed = null;
      await this.#keep(known.entry);
      this.#startJoining(known);
      return this.#describe(known);
    }
    const entry: RoomEntry = {
      id,
      namespace: hex(crypto.randomBytes(16)),
      order: this.#nextOrder(),
      joinedAt: this.#now(),
      name: "",
      key: null,
      encryptionKey: null,
      link: linkOf(invite.bytes),
      ownJoin: null,
      wasIn: false,
    };
    const live = newLive(entry);
    this.#rooms.set(id, live);
    await this.#keep(entry);
    this.#startJoining(live);
    this.emit("room", id);
    return this.#describe(live);
  }

  /** Forgets a room here. Its log stays on disk, unread, and its writer never writes again. */
  async leaveRoom(id: string): Promise<void> {
    const live = this.#rooms.get(id);
    if (!live) return;
    this.#rooms.delete(id);
    this.#files?.removeRoom(id);
    this.#calls?.remove(id);
    live.joining?.stop();
    this.#network?.leave(b4a.from(id, "hex"));
    this.#pairing?.shut(b4a.from(id, "hex"));
    await live.member?.close();
    const local = this.#kept();
    // With all that was still on its way to the disk.
    await local.del(`room/${id}`);
    await this.#own().forget(id);
    this.#renewal?.forget(id);
    await rm(this.#searchFolder(id), { recursive: true, force: true });
    for (const prefix of [`out/${id}/`, `arr/${id}/`, `link/${id}/`, `seen/${id}/`]) {
      for (const { key } of await local.list(prefix)) void local.del(key);
    }
    await Promise.all(
      ["read", "sent", "draft", "alarm", "renew", "carry", "dropped"].map((what) => local.del(`${what}/${id}`)),
    );
    this.emit("room-gone", id);
  }

  #nextOrder(): number {
    const highest = Math.max(-1, ...[...this.#rooms.values()].map(({ entry }) => entry.order));
    this.#lastOrder = Math.max(this.#lastOrder, highest) + 1;
    return this.#lastOrder;
  }

  #searchFolder(id: string): string {
    return join(this.#options.folder, "search", id);
  }

  #kept(): LocalStore {
    if (!this.#local) throw new Error("the core is not open");
    return this.#local;
  }

  #keep(entry: RoomEntry): Promise<void> {
    return this.#kept().put(`room/${entry.id}`, entry);
  }

  async #openLog(namespace: string, key: Uint8Array | null, encryptionKey: Uint8Array): Promise<Room> {
    const room = new Room({
      store: this.#store!.namespace(b4a.from(namespace, "hex")),
      wakeup: this.#wakeup,
      key,
      encryptionKey,
      identity: this.#me(),
    });
    room.on("warning", (error) => this.emit("warning", error));
    room.on("stopped", (reason: string) => {
      this.emit("warning", new Error(`room stopped: ${reason}`));
      this.emit("room", hex(room.discoveryKey));
    });
    try {
      await room.ready();
    } catch (error) {
      // It would keep the log for itself.
      await atMost(
        CLOSE_FAILED_MS,
        room.base.close().catch(() => {}),
      );
      throw error;
    }
    return room;
  }

  async #openLive(live: Live): Promise<void> {
    try {
      const { key, encryptionKey, namespace, link } = live.entry;
      if (live.entry.request) return;
      if (key && encryptionKey && link === null) {
        await this.#enter(live, await this.#openLog(namespace, b4a.from(key, "hex"), b4a.from(encryptionKey, "hex")));
      } else this.#startJoining(live);
    } catch (error) {
      // This room cannot be opened; the others can.
      live.isLogDamaged = error instanceof Error && (error as { code?: string }).code === "DECODING_ERROR";
      live.failed = `its log cannot be opened (${error instanceof Error ? error.message : String(error)})`;
      this.emit("warning", error);
      this.emit("room", live.entry.id);
    }
  }

  async #enter(live: Live, room: Room): Promise<MemberRoom> {
    const { id } = live.entry;
    const member = new MemberRoom({
      room,
      identity: this.#me(),
      local: this.#kept(),
      now: this.#now,
      trust: (connection) => this.#network?.trust(connection),
      searchFolder: this.#searchFolder(id),
      isBlocked: (identity) => this.#own().isBlocked(hex(identity)),
      transferOf: (share) => this.#files?.transfer(share) ?? null,
      ...(this.#options.promoteAfterMs === undefined ? {} : { promoteAfterMs: this.#options.promoteAfterMs }),
    });
    live.member = member;
    if (live.entry.ownJoin) member.peers.ownJoin = b4a.from(live.entry.ownJoin, "hex");
    member.on("proven", () => this.#offers?.send());
    member.on("offer", (identity: Uint8Array, offer: Offer) => this.#offers?.receive(member, identity, offer));
    member.on("members", () => void this.#renewal?.carryRoles(live).catch((error) => this.emit("warning", error)));
    member.on("removed", () => {
      // Somebody let in again is told nothing of what was before.
      if (live.joining || live.entry.link !== null) return;
      this.emit("notice", id, `You were removed from ${live.entry.name || "a room"}.`, "warning");
    });
    for (const event of ["timeline", "marks", "late", "arriving", "arriving-gone", "states", "members", "typing"]) {
      member.on(event, (...values) => this.emit(event, id, ...values));
    }
    member.on("warning", (error) => this.emit("warning", error));
    member.on("info", () => this.#onInfo(live));
    member.on("lost", () => {
      const { name } = live.entry;
      this.emit(
        "notice",
        id,
        `Somebody else used your invite to ${name || "a room"} first. Ask for a new one; what you wrote is kept.`,
        "warning",
      );
    });
    await member.ready();
    for (const connection of this.#network?.swarm.connections ?? []) member.peers.attach(connection);
    this.#files?.addRoom(member);
    this.#calls?.add(member);
    this.#network?.join(room.discoveryKey);
    this.emit("room", id);
    // Somebody may be knocking already.
    await this.#checkDoor(live);
    return member;
  }

  #onInfo(live: Live): void {
    this.#offers?.send();
    if (live.member) this.#offers?.look(live.member);
    const name = live.member?.summary().record?.name;
    if (name && name !== live.entry.name) {
      live.entry = { ...live.entry, name };
      void this.#keep(live.entry).catch((error) => this.emit("warning", error));
    }
    if (live.member && !this.#doors?.isKnown(live.member)) void this.#checkDoor(live);
    this.emit("room", live.entry.id);
  }

  #startJoining(live: Live): void {
    const { entry } = live;
    const invite = parseLink(entry.link!);
    this.#network?.join(invite.discoveryKey);
    const joining = new Joining({
      invite,
      store: this.#store!.namespace(b4a.from(entry.namespace, "hex")),
      identity: this.#me(),
      pairing: this.#pairing!,
      now: this.#now,
      openRoom: (keys) => this.#openJoined(live, keys),
    });
    live.joining = joining;
    joining.on("warning", (error) => this.emit("warning", error));
    joining.on("progress", () => {
      const ownJoin = joining.ownJoin ? hex(joining.ownJoin) : null;
      if (ownJoin !== live.entry.ownJoin) {
        live.entry = { ...live.entry, ownJoin };
        void this.#keep(live.entry).catch((error) => this.emit("warning", error));
      }
      this.emit("room", entry.id);
    });
    joining.on("joined", () => void this.#onJoined(live).catch((error) => this.emit("warning", error)));
    joining.on("failed", (error: KeetError) => {
      live.joining = null;
      this.emit("join-failed", entry.id, error);
      this.emit("notice", entry.id, `${error.message} ${error.hint ?? ""}`.trim(), "warning");
      const end = live.entry.wasIn ? this.#keepWithoutLink(live) : this.leaveRoom(entry.id);
      void end.catch((cause) => this.emit("warning", cause));
    });
    const { key, encryptionKey } = entry;
    const keys =
      key && encryptionKey ? { key: b4a.from(key, "hex"), encryptionKey: b4a.from(encryptionKey, "hex") } : null;
    joining.start(keys).catch((error) => this.emit("warning", error));
  }

  async #onJoined(live: Live): Promise<void> {
    live.entry = { ...live.entry, link: null, ownJoin: null, wasIn: true, joinedAt: this.#now() };
    await this.#keep(live.entry);
    await live.member?.refresh();
    await live.member?.resend();
    await this.#two?.sayAgain(live);
    live.joining = null;
    this.#onInfo(live);
    this.emit("joined", live.entry.id);
  }

  async #keepWithoutLink(live: Live): Promise<void> {
    live.entry = { ...live.entry, link: null, ownJoin: null };
    await this.#keep(live.entry);
    this.emit("room", live.entry.id);
  }

  async #openJoined(live: Live, keys: Keys): Promise<MemberRoom> {
    if (live.member) return live.member;
    live.entry = { ...live.entry, key: hex(keys.key), encryptionKey: hex(keys.encryptionKey) };
    await this.#keep(live.entry);
    return this.#enter(live, await this.#openLog(live.entry.namespace, keys.key, keys.encryptionKey));
  }

  // --- invites

  async makeInvite(id: string, options: { expiresMs?: number; uses?: number }): Promise<Invite> {
    return this.#gates().make(this.#member(id), options);
  }

  async invites(id: string): Promise<Invite[]> {
    return this.#gates().list(this.#member(id));
  }

  /** @param which the invite's link, or the first hex digits of its id */
  async revokeInvite(id: string, which: string): Promise<Invite> {
    return this.#gates().revoke(this.#member(id), which);
  }

  #member(id: string): MemberRoom {
    const live = this.#rooms.get(id);
    if (live?.member) return live.member;
    throw new KeetError("peer", "NOT_WRITABLE", "You are not in this room yet.", {
      hint: "It goes on by itself when somebody of the room is online.",
    });
  }

  #gates(): Doors {
    if (!this.#doors) throw new Error("nobody is here yet");
    return this.#doors;
  }

  async #checkDoors(): Promise<void> {
    for (const live of this.#rooms.values()) await this.#checkDoor(live);
  }

  async #checkDoor({ member, entry }: Live): Promise<void> {
    if (member && entry.link === null && !this.closing) await this.#doors?.check(member);
  }

  // --- rooms for two, and rooms that go on in another

  #hands(): CoreHands {
    return {
      rooms: this.#rooms,
      now: this.#now,
      me: () => this.#me(),
      kept: () => this.#kept(),
      settings: () => this.#own(),
      doors: () => this.#gates(),
      member: (id) => this.#member(id),
      keep: (entry) => this.#keep(entry),
      nextOrder: () => this.#nextOrder(),
      describe: (live) => this.#describe(live),
      make: (name, settings, direct) => this.#make(name, settings, direct ?? null),
      join: (link) => this.joinRoom(link),
      leave: (id) => this.leaveRoom(id),
      startJoining: (live) => this.#startJoining(live),
      offer: () => this.#offers?.send(),
      changed: (id) => void this.emit("room", id),
      notice: (id, text, level) => void this.emit("notice", id, text, level),
    };
  }

  #parts(): { readonly two: RoomsForTwo; readonly renewal: Renewal } {
    if (!this.#two || !this.#renewal) throw new Error("the core is not open");
    return { two: this.#two, renewal: this.#renewal };
  }

  /** The room for two with that person; a new one, for which they are asked, where there is none. */
  openDirect(identity: Uint8Array, name: string): Promise<OpenRoom> {
    return this.#parts().two.open(identity, name);
  }

  /** Says yes. @throws KeetError `NOTHING_TO_DO` */
  acceptRequest(id: string): Promise<OpenRoom> {
    return this.#parts().two.accept(id);
  }

  /** Says no: the same request is not shown again. */
  declineRequest(id: string): Promise<void> {
    return this.#parts().two.decline(id);
  }

  /** @throws KeetError `NOT_ALLOWED` */
  renewRoom(id: string): Promise<OpenRoom> {
    return this.#parts().renewal.renew(id);
  }

  /** Builds a room anew from its logs. @returns what was done, as sentences */
  async repairRoom(id: string): Promise<string[]> {
    const live = this.#rooms.get(id);
    const { key, encryptionKey } = live?.entry ?? {};
    if (!live || !key || !encryptionKey || live.joining) {
      throw new KeetError("user", "NOTHING_TO_DO", "This room is not here yet, so there is nothing to repair.");
    }
    const done: string[] = [];
    const isLogDamaged = live.isLogDamaged || (live.member?.room.isOwnLogDamaged ?? false);
    await live.member?.close();
    live.member = null;
    live.failed = null;
    live.isLogDamaged = false;
    const roomKey = b4a.from(key, "hex");
    if (isLogDamaged) {
      const namespace = hex(crypto.randomBytes(16));
      await takeNewLog(this.#store!, this.#store!.namespace(b4a.from(namespace, "hex")), roomKey);
      live.entry = { ...live.entry, namespace };
      await this.#keep(live.entry);
    }
    const room = await this.#openLog(live.entry.namespace, roomKey, b4a.from(encryptionKey, "hex"));
    const member = await this.#enter(live, room);
    done.push("The room was closed and opened again.");
    // Also where that did not come to its end the last time.
    if (isLogDamaged || room.base.local.length === 0) {
      await joinWithNewLog(member, this.#now());
      done.push("Your own log was damaged at its end: you write in a new one from now on, and the old one is kept.");
    }
    done.push(...(await readAnew(member)));
    this.emit("room", id);
    this.emit("timeline", id, { from: 0, total: member.room.total });
    return done;
  }

  // --- this person's own settings

  async setPrefs(id: string, change: Partial<RoomPrefs>): Promise<OpenRoom> {
    await this.#own().change(id, change);
    this.emit("room", id);
    return this.room(id)!;
  }

  get blocked(): readonly { readonly id: string; readonly name: string }[] {
    return this.#own().blocked;
  }

  /** @param name as it is shown in the list; null ends it */
  async block(identity: Uint8Array, name: string | null): Promise<void> {
    if (b4a.equals(identity, this.#me().key)) throw new KeetError("user", "BAD_ARGUMENT", "That is you.");
    await this.#own().block(hex(identity), name);
    if (name !== null) {
      const request = this.#two?.with(hex(identity));
      if (request?.entry.request) await this.leaveRoom(request.entry.id);
    }
    for (const { member, entry } of this.#rooms.values()) {
      if (!member) continue;
      // What is hidden or shown again: whoever looks reads anew.
      this.emit("timeline", entry.id, { from: 0, total: member.room.total });
      this.emit("members", entry.id);
    }
  }

  // --- drafts

  draft<T>(id: string): Promise<T | null> {
    return this.#kept().get<T>(`draft/${id}`);
  }

  keepDraft(id: string, draft: unknown): Promise<void> {
    return this.#kept().put(`draft/${id}`, draft);
  }
}

/** Processor time this process has used, in ms. */
function busyMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
