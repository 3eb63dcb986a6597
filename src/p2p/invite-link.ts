import BlindPairing, { type Invite } from "blind-pairing";
import z32 from "z32";
import { KeetError } from "../errors.js";

const PREFIX = "keet-tui://join/";
const MAX_LINK_CHARS = 512;

export function linkOf(inviteBytes: Uint8Array): string {
  return PREFIX + z32.encode(inviteBytes);
}

export interface ParsedInvite extends Invite {
  readonly bytes: Uint8Array;
  readonly discoveryKey: Buffer;
}

/**
 * A link as people paste it: with or without the scheme, quotes or spaces around it.
 * @throws KeetError `FOREIGN_INVITE`, `BAD_INVITE`
 */
export function parseLink(link: string): ParsedInvite {
  const bad = (message: string, hint = "Ask for the whole link, keet-tui://join/…, and paste it as it is.") =>
    new KeetError("user", "BAD_INVITE", message, { hint });
  if (link.length > MAX_LINK_CHARS) throw bad("This is too long for an invite.");
  const text = link.trim().replace(/^["'<(]+|["'>).,]+$/g, "");
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === "keet" || scheme === "pear" || /^https?:\/\/keet\.io/i.test(text)) {
    throw new KeetError("user", "FOREIGN_INVITE", "This is an invite of Keet, which is another network.", {
      hint: "keet-tui invites begin with keet-tui://join/. Keet's rooms cannot be joined from here.",
    });
  }
  const isOurs = text.toLowerCase().startsWith(PREFIX);
  if (!isOurs && (scheme || !/^[a-z0-9]+$/i.test(text))) throw bad("This is not an invite.");
  const code = (isOurs ? text.slice(PREFIX.length) : text).toLowerCase();
  let bytes: Buffer;
  let invite: Invite;
  try {
    bytes = z32.decode(code);
    invite = BlindPairing.decodeInvite(bytes);
  } catch (cause) {
    throw code.length < 100
      ? bad("This invite is cut short.")
      : new KeetError("user", "BAD_INVITE", "This invite is damaged.", { hint: "Ask for the link again.", cause });
  }
  if (!invite.discoveryKey) throw bad("This invite names no room.");
  return { ...invite, discoveryKey: invite.discoveryKey, bytes };
}
