import { bytesIn } from "../amounts.js";
import { KeetError } from "../errors.js";
import { safeLine } from "../safe-text.js";
import { AutoGet } from "./auto-get.js";
import { Calls, later, type SoundDoor } from "./calls.js";
import { hasCode } from "./core-link.js";
import { Messaging, type MessagingOptions, refuseTooLong } from "./messaging.js";
import type {
  DebugInfo,
  Fact,
  Finding,
  IdentityView,
  InviteView,
  MemberView,
  NetworkView,
  RoomDetailView,
  RoomView,
  Told,
  VerifyView,
} from "./model.js";
import { NotePlaying } from "./note-playing.js";
import { Running } from "./running.js";
import type { Session } from "./session.js";
import { Settings } from "./settings.js";
import { Sharing } from "./sharing.js";
import { identityView, inviteView, memberView, networkView, roomDetailView, verifyView } from "./views.js";
import { VoiceRecorder } from "./voice-recorder.js";

/** Long enough to be read; the list goes on saying that the room is being joined. */
const JOIN_NOTICE_MS = 30_000;
const DEBUG_MS = 5_000;

export interface ActionsOptions extends MessagingOptions {
  /** Starts the echo friend and answers with an invite of its room. */
  readonly startDemo?: (() => Promise<string>) | undefined;
  /** What a report of a fault says of this front end. */
  readonly facts?: (() => readonly Fact[]) | undefined;
  /** What `keet-tui doctor` finds, one by one. */
  readonly doctor?: (() => AsyncIterable<Finding>) | undefined;
  /** How long the core has for its part of a report. */
  readonly debugMs?: number | undefined;
  /** Hands a file to the system's program for it. */
  readonly openPath?: ((path: string) => Promise<void>) | undefined;
  /** What can still be written where files go. */
  readonly freeBytes?: ((folder: string) => Promise<number>) | undefined;
  /** Where calls can be made. */
  readonly sound?: SoundDoor | undefined;
  /** Keys can be held here. */
  readonly holdsKeys?: boolean | undefined;
  /** Calls back after so many ms; gives what calls that off. */
  readonly after?: ((ms: number, act: () => void) => () => void) | undefined;
  /** Those that hold until the end where none are handed in. */
  readonly settings?: Settings | undefined;
}

/** The verbs of the program: what commands and keys do. */
export class Actions {
  readonly now: () => number;
  readonly running: Running;
  readonly messages: Messaging;
  readonly settings: Settings;
  readonly files: Sharing;
  readonly calls: Calls;
  readonly voice: VoiceRecorder;
  readonly playing: NotePlaying;
  readonly #options: ActionsOptions;
  readonly #session: Session;

  constructor(options: ActionsOptions) {
    this.#options = options;
    this.#session = options.session;
    this.now = options.session.now;
    this.running = new Running(options.session);
    this.messages = new Messaging(options);
    this.settings = options.settings ?? new Settings();
    this.files = new Sharing({ ...options, downloads: () => this.settings.get("downloads") });
    this.calls = new Calls({
      ...{ session: options.session, settings: this.settings, sound: options.sound, after: options.after },
      holdsKeys: options.holdsKeys ?? true,
      markUnread: (room) => this.running.setPrefs(room, { unread: true }),
      onStart: () => {
        this.voice.refuseIfOpen();
        void this.playing.stop();
      },
    });
    const { session, sound, after = later } = options;
    const around = { session, settings: this.settings, files: this.files, after, isInCall: () => this.calls.isIn };
    this.playing = new NotePlaying({ ...around, play: sound && ((wish) => sound.play(wish)) });
    this.voice = new VoiceRecorder({
      ...around,
      record: sound && ((wish) => sound.record(wish)),
      folder: sound?.notes,
      onBegin: () => void this.playing.stop(),
    });
    // Lives as long as the session, which tells it of rows.
    new AutoGet({
      session: options.session,
      limitBytes: () => bytesIn(this.settings.get("autoget")) ?? 0,
      folder: () => this.files.folder(),
      freeBytes: options.freeBytes,
    });
  }

  /** @throws NO_ROOM_HERE */
  here(): RoomView {
    const room = this.#session.roomView(this.#options.room());
    if (!room) throw new KeetError("user", "NO_ROOM_HERE", "No room is open", { hint: "/create makes one." });
    return room;
  }

  where(): string | null {
    return this.#options.room();
  }

  rooms(): readonly RoomView[] {
    return this.#session.profile.getSnapshot().rooms;
  }

  members(): readonly MemberView[] {
    const id = this.#options.room();
    return id === null ? [] : this.#session.room(id).members.getSnapshot();
  }

  /** @throws NO_IDENTITY */
  identity(): IdentityView {
    const { identity } = this.#session.profile.getSnapshot();
    if (!identity) throw new KeetError("user", "NO_IDENTITY", "You have no name yet");
    return identity;
  }

  async createIdentity(name: string): Promise<IdentityView> {
    const identity = identityView(await this.#session.request("identity.create", { name }));
    this.#session.profile.update((old) => ({ ...old, identity }));
    return identity;
  }

  async words(): Promise<readonly string[]> {
    return (await this.#session.request("identity.words", {})).words;
  }

  async wordsSeen(): Promise<void> {
    await this.#session.request("identity.wordsSeen", {});
    this.#session.profile.update((old) => ({
      ...old,
      identity: old.identity && { ...old.identity, wordsSeen: true },
    }));
  }

  async rename(name: string): Promise<IdentityView> {
    const identity = identityView(await this.#session.request("identity.rename", { name }));
    this.#session.profile.update((old) => ({ ...old, identity }));
    return identity;
  }

  async createRoom(name: string): Promise<RoomView> {
    return this.#session.takeRoom(await this.#session.request("room.create", { name }));
  }

  /** Waits for as long as this screen is there: whoever can let us in may come much later. */
  async joinRoom(invite: string): Promise<RoomView> {
    this.#session.tell("Joining; somebody of that room has to be there to let you in", { staysMs: JOIN_NOTICE_MS });
    for (;;) {
      try {
        const info = await this.#session.request("room.join", { invite }, { timeoutMs: 0 });
        this.#session.clearNotice();
        return this.#session.takeRoom(info);
      } catch (error) {
        // Joining again is the same joining: the core knows the invite.
        if (!hasCode(error, "CORE_GONE")) throw error;
      }
    }
  }

  async invite(room: string, options: { uses?: number; expiresMs?: number }): Promise<InviteView> {
    return inviteView(await this.#session.request("room.invite", { room, ...options }));
  }

  async invites(room: string): Promise<readonly InviteView[]> {
    return (await this.#session.request("room.invites", { room })).map(inviteView);
  }

  async revoke(room: string, invite: string): Promise<InviteView> {
    return inviteView(await this.#session.request("room.revoke", { room, invite }));
  }

  async roomDetail(room: string): Promise<RoomDetailView> {
    return roomDetailView(await this.#session.request("room.show", { room }));
  }

  async leaveRoom(room: string): Promise<void> {
    await this.#session.request("room.leave", { room });
    this.#session.forgetRoom(room);
  }

  async loadMembers(room: string): Promise<readonly MemberView[]> {
    const members = (await this.#session.request("room.members", { room })).map(memberView);
    this.#session.room(room).takeMembers(members);
    return members;
  }

  /** @throws TOO_LONG */
  send(room: string, text: string, options: { action: boolean }): void {
    refuseTooLong(text);
    const sending = this.#session.room(room).send(text, options);
    this.#options.onSending?.(sending);
  }

  /** @throws NO_SUCH_MESSAGE */
  async verify(): Promise<VerifyView> {
    const { room, id, writer } = this.messages.meant("theirs");
    // Two writers can choose the same id, one of them on purpose: the row that is looked at is meant.
    const named = writer === "" ? {} : { writer };
    return verifyView(await this.#session.request("message.verify", { room, id, ...named }));
  }

  async network(): Promise<NetworkView> {
    return networkView(await this.#session.request("network", {}));
  }

  told(): readonly Told[] {
    return this.#session.told();
  }

  /** @throws NO_DEMO */
  async startDemo(): Promise<string> {
    const start = this.#options.startDemo;
    if (!start) {
      throw new KeetError("user", "NO_DEMO", "The echo friend cannot be started from here", {
        hint: "In another terminal: keet-tui demo",
      });
    }
    this.#session.tell("Starting the echo friend, in a process of its own", { staysMs: 20_000 });
    const room = await this.joinRoom(await start());
    return room.id;
  }

  facts(): readonly Fact[] {
    return this.#options.facts?.() ?? [];
  }

  /** Of the core and of the room on screen; null where no core answers in time, as it may where it is what is reported. */
  async debug(): Promise<DebugInfo | null> {
    const room = this.#options.room();
    const asked = this.#session.request("debug", room === null ? {} : { room });
    const late = Promise.withResolvers<null>();
    const timer = setTimeout(() => late.resolve(null), this.#options.debugMs ?? DEBUG_MS);
    try {
      return await Promise.race([asked.catch(() => null), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws NO_DOCTOR */
  doctor(): AsyncIterable<Finding> {
    const look = this.#options.doctor;
    if (look) return look();
    throw new KeetError("user", "NO_DOCTOR", "That cannot be looked at from here", {
      hint: "In another terminal: keet-tui doctor",
    });
  }

  /** @throws NO_OPENER */
  async openPath(path: string): Promise<void> {
    const { openPath } = this.#options;
    if (openPath) return openPath(path);
    throw new KeetError("user", "NO_OPENER", "Nothing here opens files", { hint: `It is ${safeLine(path)}` });
  }

  async stay(): Promise<string | null> {
    return (await this.#session.request("stay", {})).warning;
  }
}
