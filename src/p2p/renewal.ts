/** Rooms that go on in another one: with new keys, and without those who were removed. */
import b4a from "b4a";
import { KeetError } from "../errors.js";
import { hex } from "./hex.js";
import { parseLink } from "./invite-link.js";
import type { CoreHands, Live, OpenRoom } from "./live-room.js";
import type { MemberRoom } from "./member-room.js";
import type { Op } from "./spec/generated/types.js";
import { KINDS, ROLES, type Role } from "./view.js";

const RENEW_INVITE_MS = 365 * 86_400_000;

export class Renewal {
  readonly #core: CoreHands;
  /** Links to the rooms that rooms go on in, by the id of the old one. */
  readonly #links = new Map<string, string>();

  constructor(core: CoreHands) {
    this.#core = core;
  }

  async load(): Promise<void> {
    for (const { key, value } of await this.#core.kept().list<string>("renew/")) this.#links.set(key.slice(6), value);
  }

  /**
   * By which the members of that room are taken along; null where this device has none, or none that is known to be
   * good: only who got in by it passes it on.
   */
  linkOf(roomId: string): string | null {
    const link = this.#links.get(roomId);
    return link && this.#isIn(hex(parseLink(link).discoveryKey)) ? link : null;
  }

  #isIn(id: string): boolean {
    const live = this.#core.rooms.get(id);
    return live?.joining === null && live.member?.summary().role != null;
  }

  forget(roomId: string): void {
    this.#links.delete(roomId);
  }

  /**
   * Goes on in a new room with new keys. The others are handed its invite, which is for them alone, as they appear.
   * @throws KeetError `NOT_ALLOWED`
   */
  async renew(id: string): Promise<OpenRoom> {
    const old = this.#core.member(id);
    const { record } = old.summary();
    const ending: Op = { type: "set-room", successor: b4a.alloc(32).fill(1) };
    const why = await old.room.whyNot(ending);
    if (why || !record) {
      throw new KeetError("user", "NOT_ALLOWED", why?.message ?? "This room is not all here yet.", {
        ...(why?.hint ? { hint: why.hint } : {}),
      });
    }
    const level = (role: Role) => ROLES.indexOf(role) + 1;
    const made = await this.#core.make(record.name, {
      topic: record.topic,
      kind: KINDS.indexOf(record.kind) + 1,
      post: level(record.post),
      invite: level(record.invite),
      share: level(record.share),
      call: level(record.call),
      predecessor: b4a.from(id, "hex"),
    });
    const others = (await old.members()).filter(({ mine }) => !mine);
    const roles = others.filter(({ role }) => role !== "member").map(({ identity, role }) => [hex(identity), role]);
    if (others.length > 0) {
      const only = others.map(({ identity }) => identity);
      const door = await this.#core.doors().make(this.#core.member(made.id), {
        expiresMs: RENEW_INVITE_MS,
        uses: only.length,
        only,
      });
      this.#links.set(id, door.link!);
      await this.#core.kept().put(`renew/${id}`, door.link);
      await this.#core.kept().put(`carry/${made.id}`, Object.fromEntries(roles));
    }
    await old.write({ type: "set-room", successor: b4a.from(made.id, "hex") });
    this.#core.offer();
    return this.#core.describe(this.#core.rooms.get(made.id)!);
  }

  /** Somebody of a room that goes on elsewhere hands over the way in. A false one holds only until the next one comes. */
  async follow(old: MemberRoom, link: string): Promise<void> {
    const id = hex(parseLink(link).discoveryKey);
    if (this.#isIn(id) || this.#links.get(old.id) === link) return;
    const isNew = !this.#core.rooms.has(id);
    this.#links.set(old.id, link);
    await this.#core.kept().put(`renew/${old.id}`, link);
    await this.#core.join(link);
    const name = old.summary().record?.name ?? "";
    if (isNew) this.#core.notice(old.id, `${name} goes on in a new room; you are taken along.`, "info");
  }

  /** Who was more than a member in the old room is so in the new one. */
  async carryRoles({ entry, member }: Live): Promise<void> {
    if (member?.summary().role !== "owner") return;
    const roles = await this.#core.kept().get<Record<string, Role>>(`carry/${entry.id}`);
    if (!roles) return;
    for (const person of await member.members()) {
      const role = roles[hex(person.identity)];
      if (!role || person.role === role) continue;
      delete roles[hex(person.identity)];
      await this.#core.kept().put(`carry/${entry.id}`, roles);
      await member.write({ type: "set-role", identity: person.identity, role: ROLES.indexOf(role) + 1 });
    }
  }
}
