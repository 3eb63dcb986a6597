/**
 * What a room ought to be after an order of deeds: written down a second time, from docs/moderation.md and
 * docs/protocol.md and nothing of src, in names and plain values.
 */
import type { Mark } from "../../src/p2p/view.js";
import type { Act, Cast, Deed, Kind, Role, RoomChange, Writer } from "./cast.js";
import { INVITE, idName, lengthName } from "./cast.js";
import type { Follower } from "./linear.js";

/** `own`, `lower`: one's own, and that of somebody with a lower role. `set`: whose role the room asks for. */
type Cell = "no" | "yes" | "own" | "own, lower" | "own, any" | "set" | "own, set";
interface Line {
  readonly member: Cell;
  readonly moderator: Cell;
  readonly owner: Cell;
  readonly forTwo: boolean;
  readonly goesOn: boolean;
}

const line = (member: Cell, moderator: Cell, owner: Cell, forTwo: "two" | "-", goesOn: "after" | "-"): Line => ({
  member,
  moderator,
  owner,
  forTwo: forTwo === "two",
  goesOn: goesOn === "after",
});

const TABLE = {
  post: line("set", "set", "set", "two", "-"),
  share: line("set", "set", "set", "two", "-"),
  call: line("set", "set", "set", "two", "-"),
  finish: line("own", "own", "own", "two", "after"),
  unshare: line("own", "own, lower", "own, lower", "two", "after"),
  edit: line("own, set", "own, set", "own, set", "two", "-"),
  delete: line("own", "own, lower", "own, lower", "two", "after"),
  react: line("yes", "yes", "yes", "two", "-"),
  unreact: line("yes", "yes", "yes", "two", "-"),
  pin: line("no", "yes", "yes", "two", "-"),
  unpin: line("no", "yes", "yes", "two", "-"),
  profile: line("own", "own", "own", "two", "after"),
  naming: line("no", "yes", "yes", "two", "-"),
  rights: line("no", "no", "yes", "-", "-"),
  ending: line("no", "no", "yes", "-", "after"),
  signers: line("no", "yes", "yes", "-", "-"),
  role: line("no", "no", "own, lower", "-", "after"),
  remove: line("own", "own, lower", "own, lower", "-", "after"),
  invite: line("set", "set", "set", "two", "-"),
  revoke: line("own", "own, any", "own, any", "two", "after"),
} as const;
type What = keyof typeof TABLE;

const ORDER: readonly Role[] = ["member", "moderator", "owner"];
const above = (a: Role, b: Role) => ORDER.indexOf(a) > ORDER.indexOf(b);

interface Person {
  role: Role;
  removed: boolean;
  name: string;
  devices: number;
}

interface Message {
  writer: string;
  isFile: boolean;
  /** Of a file: the act that said it is whole. */
  finish: string | null;
  edit: string | null;
  deletion: string | null;
  /** By person and folded sign: the act. */
  reactions: Record<string, string>;
  /** The how manieth pin of the room it was, and the act. */
  pin: [number, string] | null;
}

interface Invite {
  by: string;
  uses: number;
  used: number;
  revoked: boolean;
  only: readonly string[];
}

export interface Settings {
  name: string;
  topic: string;
  kind: Kind;
  post: Role;
  invite: Role;
  share: Role;
  call: Role;
  goesOn: boolean;
  comesFrom: boolean;
}

/** All that a room knows; compared as JSON with the keys in order. */
export interface State {
  persons: Record<string, Person>;
  writers: Record<string, { person: string; active: boolean }>;
  rows: string[];
  /** Names of acts that were taken: each once for each writer. With the row it made; null where it made none. */
  known: Record<string, number | null>;
  messages: Record<string, Message>;
  invites: Record<string, Invite>;
  room: Settings | null;
  pinned: number;
  signers: string[];
}

/** Numbers that the view keeps beside what it counts. */
export function countsOf({ persons, writers, messages, pinned }: State): object {
  return {
    writers: Object.values(writers).filter(({ active }) => active).length,
    persons: Object.values(persons).filter(({ devices }) => devices > 0).length,
    pins: Object.values(messages).filter(({ pin }) => pin).length,
    pinned,
  };
}

/** Two acts of one writer can have one name. */
function nameOf({ sameAs, label }: Act): string {
  return sameAs ?? label;
}

export class RoomModel {
  state: State;
  readonly #founder: string;
  readonly #writers: ReadonlyMap<string, Writer>;

  constructor(writers: ReadonlyMap<string, Writer>, state: State | null = null) {
    const founder = [...writers.keys()][0]!;
    this.#founder = founder;
    this.#writers = writers;
    this.state = state ?? {
      persons: {},
      writers: {},
      rows: [],
      known: {},
      messages: {},
      invites: {},
      room: null,
      pinned: 0,
      signers: [founder],
    };
  }

  copy(): RoomModel {
    return new RoomModel(this.#writers, JSON.parse(JSON.stringify(this.state)) as State);
  }

  /** @returns whether it was taken */
  take(act: Act): boolean {
    const { state } = this;
    const outcome = this.#outcome(act);
    if (outcome !== "out") state.known[nameOf(act)] = outcome === "row" ? state.rows.length : null;
    if (outcome === "row") state.rows.push(act.label);
    return outcome !== "out";
  }

  #isKnown(act: Act): boolean {
    return nameOf(act) in this.state.known;
  }

  #outcome(act: Act): "row" | "quiet" | "out" {
    const { deed, writer } = act;
    if (deed.do === "join") return this.#join(act, deed);
    const from = this.state.writers[writer];
    if (act.optimistic || !from?.active || this.#isKnown(act)) return "out";
    const me = this.state.persons[from.person]!;
    if (me.removed) return "out";
    switch (deed.do) {
      case "post":
      case "share": {
        if (!this.#may(deed.do, me, true)) return "out";
        const isFile = deed.do === "share";
        const nothing = { edit: null, deletion: null, finish: null, reactions: {}, pin: null };
        this.state.messages[act.label] = { writer, isFile, ...nothing };
        return "row";
      }
      case "call":
        return this.#may("call", me, true) ? "row" : "out";
      case "profile": {
        if (!this.#may("profile", me, true)) return "out";
        const same = me.name === deed.name;
        me.name = deed.name;
        return same ? "quiet" : "row";
      }
      case "room":
        return this.#change(deed, me);
      case "signers":
        return this.#setSigners(deed.writers, deed.wrongManifest === true, me);
      case "role":
        return this.#setRole(deed, from.person, me);
      case "remove":
        return this.#remove(deed.who, from.person, me);
      case "invite":
        if (!this.#may("invite", me, true)) return "out";
        this.state.invites[act.label] = {
          by: from.person,
          uses: deed.uses,
          used: 0,
          revoked: false,
          only: deed.only ?? [],
        };
        return "quiet";
      case "revoke": {
        const invite = this.state.invites[deed.invite];
        if (!invite || !this.#may("revoke", me, invite.by === from.person)) return "out";
        invite.revoked = true;
        return "quiet";
      }
      default:
        return this.#touch(act, deed, from.person, me) ? "quiet" : "out";
    }
  }

  #may(what: What, me: Person, own: boolean, theirs: Role = "member"): boolean {
    const { room } = this.state;
    const row: Line = TABLE[what];
    if (room?.kind === "direct" && !row.forTwo) return false;
    if (room?.goesOn && !row.goesOn) return false;
    const asked = room?.[what === "invite" || what === "share" || what === "call" ? what : "post"];
    const asSet = !above(asked ?? "member", me.role);
    switch (row[me.role]) {
      case "no":
        return false;
      case "yes":
        return true;
      case "set":
        return asSet;
      case "own":
        return own;
      case "own, set":
        return own && asSet;
      case "own, any":
        return true;
      case "own, lower":
        return own || above(me.role, theirs);
    }
  }

  #touch(act: Act, deed: Extract<Deed, { on: string }>, identity: string, me: Person): boolean {
    const message = this.state.messages[deed.on];
    if (!message || message.deletion) return false;
    // Words are edited and taken back, files finished and unshared; all the rest goes for both.
    if (message.isFile ? deed.do === "edit" || deed.do === "delete" : deed.do === "finish" || deed.do === "unshare") {
      return false;
    }
    const author = this.state.writers[message.writer]!.person;
    if (!this.#may(deed.do, me, author === identity, this.state.persons[author]!.role)) return false;
    const sign = "emoji" in deed ? `${identity} ${deed.emoji.replace(/[\ufe0e\ufe0f]/g, "")}` : "";
    switch (deed.do) {
      case "edit":
        message.edit = act.label;
        return true;
      case "delete":
        Object.assign(message, { edit: null, deletion: act.label, pin: null });
        return true;
      case "finish":
        if (message.finish) return false;
        message.finish = act.label;
        return true;
      case "unshare":
        Object.assign(message, { deletion: act.label, pin: null });
        return true;
      case "react": {
        const mine = Object.keys(message.reactions).filter((key) => key.startsWith(`${identity} `));
        if (message.reactions[sign] || mine.length >= 20) return false;
        message.reactions[sign] = act.label;
        return true;
      }
      case "unreact":
        return Boolean(message.reactions[sign]) && delete message.reactions[sign];
      case "pin": {
        const pins = Object.values(this.state.messages).filter(({ pin }) => pin).length;
        if (message.pin || pins >= 100) return false;
        message.pin = [this.state.pinned++, act.label];
        return true;
      }
      case "unpin":
        if (!message.pin) return false;
        message.pin = null;
        return true;
    }
  }

  #here(): string[] {
    return Object.entries(this.state.persons).flatMap(([name, { devices }]) => (devices > 0 ? [name] : []));
  }

  #change(change: RoomChange, me: Person): "row" | "quiet" | "out" {
    const before = this.state.room;
    const kind = change.kind ?? before?.kind ?? "group";
    const otherKind = kind !== before?.kind;
    // The kind is decided before anybody else is in.
    if (otherKind && before && this.#here().length > 1) return "out";
    const rights = otherKind || change.post || change.invite || change.share || change.call || change.comesFrom;
    if (rights && !this.#may("rights", me, true)) return "out";
    if (change.goesOn && !this.#may("ending", me, true)) return "out";
    if ((change.name || change.topic || change.clearTopic) && !this.#may("naming", me, true)) return "out";
    const few: Role | null = otherKind && kind === "broadcast" ? "moderator" : null;
    const after: Settings = {
      name: change.name || (before?.name ?? ""),
      topic: change.clearTopic ? "" : change.topic || (before?.topic ?? ""),
      kind,
      post: change.post ?? few ?? before?.post ?? "member",
      invite: change.invite ?? few ?? before?.invite ?? "member",
      share: change.share ?? few ?? before?.share ?? "member",
      call: change.call ?? before?.call ?? "member",
      goesOn: change.goesOn ? change.goesOn === "elsewhere" : (before?.goesOn ?? false),
      comesFrom: change.comesFrom ?? before?.comesFrom ?? false,
    };
    this.state.room = after;
    return !before || JSON.stringify(before) === JSON.stringify(after) ? "quiet" : "row";
  }

  #setSigners(wanted: readonly string[], wrongManifest: boolean, me: Person): "quiet" | "out" {
    if (!this.#may("signers", me, true) || wrongManifest) return "out";
    if (wanted.some((writer) => !this.state.writers[writer]?.active)) return "out";
    if (new Set(wanted).size !== wanted.length) return "out";
    const staying = this.state.signers.filter((writer) => wanted.includes(writer));
    this.state.signers = [...staying, ...wanted.filter((writer) => !staying.includes(writer))];
    return "quiet";
  }

  #setRole({ who, role }: { who: string; role: Role }, identity: string, me: Person): "row" | "quiet" | "out" {
    const person = this.state.persons[who];
    if (!person || !this.#may("role", me, who === identity, person.role)) return "out";
    if (role === person.role && !person.removed) return "quiet";
    if (who === identity && this.#owners().length < 2) return "out";
    Object.assign(person, { role, removed: false });
    return "row";
  }

  #owners(): string[] {
    return this.#here().filter((name) => this.state.persons[name]!.role === "owner");
  }

  #remove(who: string, identity: string, me: Person): "row" | "out" {
    const person = this.state.persons[who];
    if (!person || person.removed || !this.#may("remove", me, who === identity, person.role)) return "out";
    // Who is alone may go; others are not left without an owner.
    const leaves = who === identity && me.role === "owner" && this.#here().length > 1;
    if (leaves && this.#owners().length < 2) return "out";
    const here = this.#here();
    const owners = here.filter((name) => this.state.persons[name]!.role === "owner");
    // A room with others in it is never left without an owner.
    if (who === identity && person.role === "owner" && here.length > 1 && owners.length < 2) return "out";
    const keyOf = (name: string) => this.#writers.get(name)!.key;
    const theirs = Object.keys(this.state.writers)
      .filter((name) => this.state.writers[name]!.person === who && this.state.writers[name]!.active)
      .sort((a, b) => keyOf(a).compare(keyOf(b)));
    for (const name of theirs) {
      this.state.writers[name]!.active = false;
      // The last one that signs goes on signing, though what it writes is nobody's any more.
      if (this.state.signers.length > 1) this.state.signers = this.state.signers.filter((signer) => signer !== name);
    }
    if (this.state.signers.length === 2) {
      const [first, second] = this.state.signers as [string, string];
      const order = ["member", "moderator", "owner"];
      const rank = (writer: string) => order.indexOf(this.state.persons[this.state.writers[writer]!.person]!.role);
      this.state.signers = [rank(second) > rank(first) ? second : first];
    }
    for (const invite of Object.values(this.state.invites)) if (invite.by === who) invite.revoked = true;
    Object.assign(person, { role: "member", removed: true, devices: 0 });
    return "row";
  }

  #join(act: Act, { invite: label, by, as }: Extract<Deed, { do: "join" }>): "row" | "out" {
    const { state } = this;
    const identity = this.#writers.get(as ?? act.writer)!.person;
    const before = state.writers[act.writer];
    // A writer is one person's for good.
    if (before?.active || (before && before.person !== identity) || this.#isKnown(act)) return "out";
    const person = state.persons[identity];
    if (person?.removed) return "out";
    const isIn = (person?.devices ?? 0) > 0;
    const founds = act.writer === this.#founder && !before;
    if (isIn && person!.devices >= 16) return "out";
    if (!isIn && state.room?.kind === "direct" && this.#here().length >= 2) return "out";
    if (!isIn && !founds) {
      const invite = label ? state.invites[label] : undefined;
      const admitter = by ? state.writers[by] : undefined;
      if (!invite || invite.revoked || invite.used >= invite.uses || !admitter?.active) return "out";
      if (invite.only.length > 0 && !invite.only.includes(identity)) return "out";
      invite.used += 1;
    }
    state.writers[act.writer] = { person: identity, active: true };
    const role: Role = founds || state.room?.kind === "direct" ? "owner" : "member";
    state.persons[identity] = person ?? { role, removed: false, name: identity, devices: 0 };
    state.persons[identity].devices += 1;
    return "row";
  }
}

/** A view as a state, by what the layout says of it. */
export async function stateOf({ view, host, reader }: Follower, cast: Cast): Promise<State> {
  const called = (key: Uint8Array) => cast.nameOf(key);
  const markOf = (mark: Mark | null) => mark && cast.labels.get(lengthName(mark.writer, mark.length))!;
  const rows = await reader.fullRows(0, 1_000);
  const state: State = {
    persons: {},
    writers: {},
    rows: rows.map(({ row }) => cast.labels.get(lengthName(row.writer, row.length))!),
    known: {},
    messages: {},
    invites: {},
    room: null,
    pinned: (await reader.counts()).pinned,
    signers: host.system.indexers.map(({ key }) => called(key)),
  };
  for (const { key, value } of await reader.persons()) {
    const { role, removed, name, writers: devices } = value;
    state.persons[called(key)] = { role, removed, name, devices };
  }
  for (const { key, value } of await reader.writers()) {
    state.writers[called(key)] = { person: called(value.identity), active: value.active };
  }
  for (const { place, row, marks, pin, reactions, file } of rows) {
    const label = state.rows[place]!;
    const { deed } = cast.acts.get(label) ?? {};
    if (deed?.do !== "post" && deed?.do !== "share") continue;
    const signs: Record<string, string> = {};
    for (const reaction of reactions) {
      const act = cast.acts.get(markOf(reaction)!)!;
      const { person } = state.writers[act.writer]!;
      if (act.deed.do === "react") signs[`${person} ${act.deed.emoji.replace(/[\ufe0e\ufe0f]/g, "")}`] = act.label;
    }
    state.messages[label] = {
      writer: called(row.writer),
      isFile: file !== null,
      finish: markOf(file?.finish ?? null),
      edit: markOf(marks?.edit ?? null),
      deletion: markOf(marks?.deletion ?? file?.unshare ?? null),
      reactions: signs,
      pin: pin && [pin.order, markOf(pin.mark)!],
    };
  }
  for (const { key, value } of await reader.invites()) {
    const { by, uses, used, revoked, only } = value;
    const guests = Array.from({ length: only.byteLength / 32 }, (_, i) => called(only.subarray(i * 32, i * 32 + 32)));
    state.invites[cast.labels.get(idName(key, INVITE))!] = { by: called(by), uses, used, revoked, only: guests };
  }
  const room = await reader.room();
  if (room) {
    const { name, topic, kind, post, invite, share, call, successor, predecessor } = room;
    const [goesOn, comesFrom] = [successor !== null, predecessor !== null];
    state.room = { name, topic, kind, post, invite, share, call, goesOn, comesFrom };
  }
  // 02 writer 32 ‖ id 16 → place, ffffffff for an op that made no row.
  for (const { key, value } of view.under(2)) {
    const place = value.readUInt32BE(0);
    const name = cast.labels.get(idName(key.subarray(1, 33), key.subarray(33)))!;
    state.known[name] = place === 0xffff_ffff ? null : place;
  }
  return state;
}

/** Equal strings are equal states, whatever came first in them. */
export function inOrder(state: State): string {
  return JSON.stringify(state, (_key, inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
