import type { Op } from "./spec/generated/types.js";
import type { Role } from "./view.js";

/**
 * Who may do what, decided in `apply` at the causal point of the op. What is not here is denied.
 * `join-room` has rules of its own (admission), so it is in no row.
 */
const ALLOWED: { readonly [T in Exclude<Op["type"], "join-room">]: readonly Role[] } = {
  "post-message": ["member", "moderator", "owner"],
  "set-profile": ["member", "moderator", "owner"],
  "set-room": ["owner"],
  "set-indexers": ["moderator", "owner"],
  "add-invite": ["member", "moderator", "owner"],
  // A member may close a door of their own making; `apply` looks whose it is.
  "revoke-invite": ["member", "moderator", "owner"],
};

export function mayDo(role: Role, type: Exclude<Op["type"], "join-room">): boolean {
  return ALLOWED[type].includes(role);
}
