import { Alerts } from "../alerts.js";
import { plainText, safe } from "../safe-text.js";
import type { MemberView, ProfileState, RoomView } from "../state/model.js";
import { isMuted } from "../state/room-words.js";
import type { Session } from "../state/session.js";
import { fileNewsWords } from "./file-words.js";
import { nameWord } from "./message-words.js";
import type { Paper } from "./paper.js";
import { NETWORK, stateWords } from "./room-words.js";

/** In a room of more people, who comes and goes is noise; /who tells who is here. */
const MAX_COMPANY = 10;
/** Whoever is back before this was never away. */
const AWAY_MS = 30_000;

export interface NewsOptions {
  readonly session: Session;
  readonly paper: Paper;
  readonly room: () => string | null;
  /** A command waits to be let in somewhere, and says itself when it is. */
  readonly isJoining: () => boolean;
  readonly after: (ms: number, act: () => void) => () => void;
}

/** What happens beside the talk one is in: the other rooms, who is here, the network, the background part. */
export class News {
  readonly #options: NewsOptions;
  readonly #undos: (() => void)[] = [];
  /** Rooms as the core told them last, which is before the session has made its own of it. */
  readonly #told = new Map<string, RoomView>();
  #before: ProfileState;
  /** What the network was said to be; null before anything was said. */
  #network: ProfileState["network"] = null;
  #here: ReadonlyMap<string, MemberView> | null = null;
  #undoMembers: (() => void) | null = null;
  /** What calls off the word that somebody is away, by identity. */
  readonly #leaving = new Map<string, () => void>();

  constructor(options: NewsOptions) {
    const { session } = options;
    this.#options = options;
    this.#before = session.profile.getSnapshot();
    const alerts = new Alerts({
      now: session.now,
      after: options.after,
      announce: ({ room }) => this.#announce(room),
      lookedAt: options.room,
      isReady: () => session.profile.getSnapshot().connection === "ready",
    });
    session.onRoom = (id, room) => {
      if (room) {
        this.#told.set(id, room);
        alerts.room(room, session.roomView(id));
      } else {
        this.#told.delete(id);
        alerts.gone(id);
      }
    };
    session.onAttach = () => alerts.forget();
    session.fileNews.onNews = (news) => options.paper.tell(fileNewsWords(news));
    this.#undos.push(session.profile.subscribe(() => this.#follow()));
    this.#undos.push(() => {
      session.onRoom = null;
      session.onAttach = null;
      session.fileNews.onNews = null;
      alerts.forget();
    });
  }

  /** Another room is the one whose people are told of. */
  enter(room: string | null): void {
    this.#leaveRoom();
    if (room === null) return;
    const { members } = this.#options.session.room(room);
    this.#undoMembers = members.subscribe(() => this.#followMembers(members.getSnapshot()));
    this.#followMembers(members.getSnapshot());
  }

  close(): void {
    for (const undo of this.#undos.splice(0)) undo();
    this.#leaveRoom();
  }

  #leaveRoom(): void {
    this.#undoMembers?.();
    this.#undoMembers = null;
    this.#here = null;
    for (const callOff of this.#leaving.values()) callOff();
    this.#leaving.clear();
  }

  #follow(): void {
    const before = this.#before;
    const now = this.#options.session.profile.getSnapshot();
    this.#before = now;
    this.#tellConnection(before, now);
    if (!now.isLoaded) return;
    this.#tellNetwork(now);
    if (!before.isLoaded) {
      // What stands at the start is told where somebody looks for it, except for those who wait for an answer.
      for (const room of now.rooms) if (room.state === "request") this.#tellState(room, now);
      return;
    }
    for (const room of now.rooms) {
      const old = before.rooms.find(({ id }) => id === room.id);
      if (old !== room) this.#tellRoom(old ?? null, room, now);
    }
  }

  /** That somebody wants to talk is told with what answers it. */
  #announce(id: string): void {
    const room = this.#told.get(id);
    if (!room || room.state === "request") return;
    const forMe = room.mentions > 0 ? safe`, ${room.mentions} for you` : "";
    this.#options.paper.tell(safe`${nameWord(room)}: ${room.unread} new${forMe}`);
  }

  #tellConnection(before: ProfileState, { connection }: ProfileState): void {
    const { paper } = this.#options;
    if (connection === "lost" && before.connection !== "lost") {
      paper.tell("the background part stopped; starting it again (nothing you sent is lost)");
    }
    if (connection === "ready" && before.connection === "lost") paper.tell("the background part is back");
  }

  /** That all is well goes without saying until it was not. */
  #tellNetwork({ network }: ProfileState): void {
    if (!network || network.state === this.#network?.state) return;
    const words = NETWORK[network.state];
    if (words === null) return;
    if (network.state !== "online" || this.#network !== null) this.#options.paper.tell(words, networkReason(network));
    this.#network = network;
  }

  #tellRoom(before: RoomView | null, room: RoomView, profile: ProfileState): void {
    const { paper } = this.#options;
    const isHere = room.id === this.#options.room();
    const place = nameWord(room);
    if (before?.state !== room.state || before.continuedBy !== room.continuedBy) {
      if (isHere || room.state === "request") this.#tellState(room, profile);
      if (before?.state === "joining" && room.state === "open" && !this.#options.isJoining())
        paper.tell(safe`you are in ${place} now`);
      if (before?.state === "asked" && room.state === "open") paper.tell(safe`${place} said yes: you can talk`);
    }
    if (room.alarm !== null && before?.alarm !== room.alarm) {
      paper.tell(safe`alarm in ${place}: ${room.alarm}`, "/room says more.");
    }
    if (isHere) this.#tellProgress(before, room);
    else if (before && room.unread > 0 && before.unread === 0) this.#tellUnread(before, room);
  }

  #tellState(room: RoomView, { rooms }: ProfileState): void {
    if (room.state === "request") {
      const name = nameWord(room);
      this.#options.paper.tell(safe`${name} wants to talk to you: /accept ${name}, or /decline ${name}`);
      return;
    }
    const words = stateWords(room, rooms);
    if (words !== null) this.#options.paper.tell(safe`in ${nameWord(room)}: ${words}`);
  }

  /** Once that it began, once that it is over. */
  #tellProgress(before: RoomView | null, room: RoomView): void {
    const { paper } = this.#options;
    const place = nameWord(room);
    const wasFetching = (before?.fetched ?? null) !== null;
    if (room.fetched !== null && !wasFetching) paper.tell(safe`fetching the history of ${place}`);
    if (room.fetched === null && wasFetching) paper.tell(safe`the history of ${place} is here`);
    const wasBehind = (before?.behind ?? 0) > 0;
    if (room.fetched !== null) return;
    if (room.behind > 0 && !wasBehind) {
      const count = room.behind === 1 ? plainText("1 message") : safe`${room.behind} messages`;
      paper.tell(safe`${count} behind in ${place}; catching up`);
    }
    if (room.behind === 0 && wasBehind) paper.tell(safe`${place} is up to date`);
  }

  /** The first of them; what names this person and talk for two is announced with its number all the same. */
  #tellUnread(before: RoomView, room: RoomView): void {
    const { session, paper } = this.#options;
    const isAnnounced = room.kind === "direct" || room.favourite || room.mentions > before.mentions;
    if (isAnnounced || room.archived || isMuted(room, session.now())) return;
    paper.tell(safe`${room.unread} new in ${nameWord(room)}`);
  }

  #followMembers(members: readonly MemberView[]): void {
    const before = this.#here;
    const here = new Map(members.filter((member) => member.here && !member.mine).map((member) => [member.id, member]));
    if (members.length === 0) return;
    this.#here = here;
    if (before === null || members.length > MAX_COMPANY) return;
    for (const [id, member] of here) if (!before.has(id)) this.#appeared(member);
    for (const [id, member] of before) if (!here.has(id)) this.#vanished(member);
  }

  #appeared(member: MemberView): void {
    const callOff = this.#leaving.get(member.id);
    this.#leaving.delete(member.id);
    if (callOff) callOff();
    else if (!member.blocked) this.#options.paper.tell(safe`${nameWord(member)} is here`);
  }

  #vanished(member: MemberView): void {
    const callOff = this.#options.after(AWAY_MS, () => {
      this.#leaving.delete(member.id);
      if (!member.blocked) this.#options.paper.tell(safe`${nameWord(member)} is away`);
    });
    this.#leaving.set(member.id, callOff);
  }
}

function networkReason({ reason }: NonNullable<ProfileState["network"]>): string | null {
  return reason === null ? null : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
}
