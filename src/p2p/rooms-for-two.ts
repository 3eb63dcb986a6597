/** Rooms for two: asking somebody, being asked, and both asking at once. */
import b4a from "b4a";
import crypto from "hypercore-crypto";
import { KeetError } from "../errors.js";
import { hex } from "./hex.js";
import { parseLink } from "./invite-link.js";
import { type CoreHands, type Live, newLive, type OpenRoom, type RoomEntry } from "./live-room.js";
import type { MemberRoom } from "./member-room.js";
import { KINDS } from "./view.js";

/** They may be away for long, and it is for them alone. */
const DIRECT_INVITE_MS = 365 * 86_400_000;
const MAX_REQUESTS = 32;
/** Who said no is not asked by the same person for so long. */
const DECLINED_FOR_MS = 24 * 3_600_000;

export class RoomsForTwo {
  readonly #core: CoreHands;

  constructor(core: CoreHands) {
    this.#core = core;
  }

  *asking(): Generator<{ identity: Uint8Array; link: string }> {
    for (const { entry, member } of this.#core.rooms.values()) {
      if (!entry.direct || !entry.offer || !member || member.summary().members > 1) continue;
      yield { identity: b4a.from(entry.direct.identity, "hex"), link: entry.offer };
    }
  }

  with(identity: string): Live | null {
    for (const live of this.#core.rooms.values()) {
      const { with: other, record } = live.member?.summary() ?? {};
      if (record && record.kind !== "direct") continue;
      if (live.entry.direct?.identity === identity || (other && hex(other.identity) === identity)) return live;
    }
    return null;
  }

  /** The room for two with that person; a new one, for which they are asked, where there is none. */
  async open(identity: Uint8Array, name: string): Promise<OpenRoom> {
    const other = hex(identity);
    if (b4a.equals(identity, this.#core.me().key)) {
      throw new KeetError("user", "BAD_ARGUMENT", "That is you.", { hint: "For notes to yourself: /create notes." });
    }
    if (this.#core.settings().isBlocked(other)) {
      throw new KeetError("user", "NOT_ALLOWED", `You have blocked ${name}.`, { hint: `/unblock ${name}` });
    }
    const known = this.with(other);
    if (known?.entry.request) return this.accept(known.entry.id);
    if (known) return this.#core.describe(known);
    const made = await this.#core.make(name, { kind: KINDS.indexOf("direct") + 1 }, { identity: other, name });
    const live = this.#core.rooms.get(made.id)!;
    const { link } = await this.#core.doors().make(live.member!, { expiresMs: DIRECT_INVITE_MS, only: [identity] });
    live.entry = { ...live.entry, offer: link };
    await this.#core.keep(live.entry);
    this.#core.offer();
    return this.#core.describe(live);
  }

  async receive(member: MemberRoom, identity: Uint8Array, link: string): Promise<void> {
    const other = hex(identity);
    const id = hex(parseLink(link).discoveryKey);
    if (
      this.#core.settings().isBlocked(other) ||
      this.#core.rooms.has(id) ||
      this.#core.now() - ((await this.#core.kept().get<number>(`declined/${id}`)) ?? 0) < DECLINED_FOR_MS
    )
      return;
    const known = this.with(other);
    const name = await member.room.nameOf(identity);
    if (known && !known.entry.request) {
      // Both asked at once: both take the same one of the two rooms, and nobody is asked again.
      const isWaiting = known.entry.offer && (known.member?.summary().members ?? 0) < 2;
      if (!isWaiting || known.entry.id < id) return;
      // What was said in the one that is let go is said in the other.
      const said: { text: string; action: boolean }[] = [];
      for await (const { op } of known.member?.room.ownOps() ?? []) {
        if (op.type === "post-message") said.unshift({ text: op.text, action: op.action === true });
      }
      if (said.length > 0) await this.#core.kept().put(`said/${id}`, said);
      await this.#core.leave(known.entry.id);
      await this.#core.join(link);
      return;
    }
    if (known) await this.#core.leave(known.entry.id);
    const waiting = [...this.#core.rooms.values()].filter(({ entry }) => entry.request);
    if (waiting.length >= MAX_REQUESTS) return;
    const entry: RoomEntry = {
      id,
      namespace: hex(crypto.randomBytes(16)),
      order: this.#core.nextOrder(),
      joinedAt: this.#core.now(),
      name,
      key: null,
      encryptionKey: null,
      link,
      ownJoin: null,
      wasIn: false,
      direct: { identity: other, name },
      request: true,
    };
    this.#core.rooms.set(id, newLive(entry));
    await this.#core.keep(entry);
    this.#core.changed(id);
    this.#core.notice(id, `${name} wants to talk to you: /accept or /decline.`, "info");
  }

  /** Says yes; to say no, leave it. @throws KeetError `NOTHING_TO_DO` */
  async accept(id: string): Promise<OpenRoom> {
    const live = this.#core.rooms.get(id);
    if (!live?.entry.request) throw new KeetError("user", "NOTHING_TO_DO", "Nobody asks for anything here.");
    live.entry = { ...live.entry, request: false };
    await this.#core.keep(live.entry);
    this.#core.startJoining(live);
    this.#core.changed(id);
    return this.#core.describe(live);
  }

  /** Once in: what was said before both found out that they had asked each other. */
  async sayAgain({ entry, member }: Live): Promise<void> {
    const said = await this.#core.kept().get<{ text: string; action?: boolean }[]>(`said/${entry.id}`);
    if (!said || !member) return;
    await this.#core.kept().del(`said/${entry.id}`);
    for (const { text, action } of said) await member.send(text, { action: action === true });
  }

  /** Says no: the same request is not shown again. */
  async decline(id: string): Promise<void> {
    await this.#core.kept().put(`declined/${id}`, this.#core.now());
    await this.#core.leave(id);
  }
}
