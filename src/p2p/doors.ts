/** The invites of the rooms: made, listed, taken back, and answered where there are any. */
import b4a from "b4a";
import BlindPairing from "blind-pairing";
import { KeetError } from "../errors.js";
import { MAX_INVITE_USES } from "./decode.js";
import { hex } from "./hex.js";
import type { Identity } from "./identity.js";
import { linkOf, parseLink } from "./invite-link.js";
import type { LocalStore } from "./local-store.js";
import type { MemberRoom } from "./member-room.js";
import type { Pairing } from "./pairing.js";
import { closedBecause } from "./room-peers.js";
import type { InviteRecord } from "./view.js";

export const DEFAULT_INVITE_MS = 24 * 3_600_000;
const MIN_INVITE_MS = 1_000;
/** Who comes that late with an invite that is over still hears so, and does not wait for nothing. */
const REFUSE_FOR_MS = 7 * 86_400_000;
const MIN_ID_CHARS = 4;

export interface Invite {
  readonly id: Buffer;
  readonly record: InviteRecord;
  readonly link: string | null;
  readonly state: "open" | "used" | "expired" | "revoked";
}

export interface DoorsOptions {
  readonly local: LocalStore;
  readonly pairing: Pairing;
  readonly identity: Identity;
  readonly now: () => number;
}

interface Door {
  /** Version of the view when its invites were last read, and when the first of the open ones ends. */
  readonly version: number;
  readonly checkedAt: number;
  readonly checkAt: number;
  /** End of the last open invite, ms since 1970; null where none is open. */
  readonly until: number | null;
  /** Ids of all invites, in hex. */
  readonly ids: ReadonlySet<string>;
}

export class Doors {
  readonly #options: DoorsOptions;
  readonly #doors = new WeakMap<MemberRoom, Door>();

  constructor(options: DoorsOptions) {
    this.#options = options;
  }

  /** Until when somebody can still come in, ms since 1970; null where nobody can. */
  until(member: MemberRoom): number | null {
    return this.#doors.get(member)?.until ?? null;
  }

  isKnown(member: MemberRoom): boolean {
    return this.#doors.has(member);
  }

  /** @throws KeetError `BAD_ARGUMENT`, `NOT_ALLOWED`, `NOT_WRITABLE` */
  async make(
    member: MemberRoom,
    {
      expiresMs = DEFAULT_INVITE_MS,
      uses = 1,
      only = [],
    }: { expiresMs?: number; uses?: number; only?: readonly Uint8Array[] },
  ): Promise<Invite> {
    const { local, now } = this.#options;
    const expiresAt = now() + expiresMs;
    if (!Number.isSafeInteger(expiresAt) || expiresMs < MIN_INVITE_MS) {
      throw new KeetError("user", "BAD_ARGUMENT", "An invite lasts at least a second and has an end.", {
        hint: "For example --expires 7d.",
      });
    }
    if (uses < 1 || uses > MAX_INVITE_USES) {
      throw new KeetError("user", "BAD_ARGUMENT", "An invite is for 1 to 1,000 people.");
    }
    // The clock is asked by whoever answers, against the room's own record: the link needs no date.
    const made = BlindPairing.createInvite(member.room.key);
    await member.write({ type: "add-invite", invite: made.id, publicKey: made.publicKey, uses, expiresAt, only });
    const link = linkOf(made.invite);
    await local.put(`link/${member.id}/${hex(made.id)}`, link);
    const record = await member.room.invite(made.id);
    if (!record) throw new KeetError("peer", "NOT_ALLOWED", "You may not invite people to this room.");
    await this.check(member);
    return { id: made.id, record, link, state: "open" };
  }

  async list(member: MemberRoom): Promise<Invite[]> {
    const { local, now } = this.#options;
    const kept = await local.list<string>(`link/${member.id}/`);
    const links = new Map(kept.map(({ key, value }) => [key.split("/")[2], value]));
    return (await member.room.invites()).map(({ key, value }) => ({
      id: key,
      record: value,
      link: links.get(hex(key)) ?? null,
      state: closedBecause(value, now()) ?? "open",
    }));
  }

  /**
   * @param which the invite's link, or the first hex digits of its id
   * @throws KeetError `NO_SUCH_INVITE`, `NOT_ALLOWED`
   */
  async revoke(member: MemberRoom, which: string): Promise<Invite> {
    const invite = await this.#find(member, which);
    const isOwn = b4a.equals(invite.record.by, this.#options.identity.key);
    if (member.summary().role === "member" && !isOwn) {
      throw new KeetError("user", "NOT_ALLOWED", "Members can take back only their own invites.", {
        hint: "Ask an owner or moderator.",
      });
    }
    await member.write({ type: "revoke-invite", invite: invite.id });
    await this.check(member);
    const now = (await this.list(member)).find(({ id }) => b4a.equals(id, invite.id));
    if (now?.state !== "revoked" && now?.state !== "used") {
      throw new KeetError("peer", "NOT_ALLOWED", "The room did not take it: you may not do that here.");
    }
    return now;
  }

  async #find(member: MemberRoom, which: string): Promise<Invite> {
    const wanted = which.trim();
    const byLink = wanted.startsWith("keet-tui://") ? hex(parseLink(wanted).id) : null;
    const fitting = (await this.list(member)).filter(({ id }) =>
      byLink ? hex(id) === byLink : wanted.length >= MIN_ID_CHARS && hex(id).startsWith(wanted.toLowerCase()),
    );
    if (fitting.length === 1) return fitting[0]!;
    const why = fitting.length === 0 ? "This room has no such invite." : "More than one invite begins like that.";
    throw new KeetError("user", "NO_SUCH_INVITE", why, { hint: "/invites lists them." });
  }

  /** Answers knocks just where there is an invite. Reads anew when the room changed or an invite ran out. */
  async check(member: MemberRoom): Promise<void> {
    const { room } = member;
    if (room.stopReason !== null || !room.writable || member.closing) return;
    const { version } = room.base.view;
    const known = this.#doors.get(member);
    const before = this.#options.now();
    // A clock that was put back opens again what it had ended.
    const isKnown = known && version === known.version && before >= known.checkedAt && before < known.checkAt;
    if (isKnown) return;
    const all = await room.invites().catch(() => null);
    if (!all || member.closing) return;
    const now = this.#options.now();
    const ends = all.filter(({ value }) => closedBecause(value, now) === null).map(({ value }) => value.expiresAt);
    this.#doors.set(member, {
      version,
      checkedAt: now,
      checkAt: Math.min(...ends),
      until: ends.length > 0 ? Math.max(...ends) : null,
      ids: new Set(all.map(({ key }) => hex(key))),
    });
    if (!all.some(({ value }) => value.expiresAt > now - REFUSE_FOR_MS)) {
      this.#options.pairing.shut(room.discoveryKey);
      return;
    }
    this.#options.pairing.answer({
      key: room.key,
      encryptionKey: room.base.encryptionKey,
      discoveryKey: room.discoveryKey,
      isKnown: (id) => this.#doors.get(member)?.ids.has(hex(id)) === true,
      invite: (id) => room.invite(id),
    });
  }
}
