import type { Role } from "./view.js";

/** A signer that was not here for so long is replaced. */
export const REPLACE_AFTER_MS = 7 * 86_400_000;

export interface Device {
  /** Writer in hex. */
  readonly writer: string;
  /** Identity in hex. */
  readonly identity: string;
  readonly role: Role;
  readonly here: boolean;
  /** How long it was here in all, in ms. */
  readonly totalMs: number;
  /** Since when it was not here, in ms; 0 while it is. */
  readonly absentMs: number;
}

export interface Choice {
  /** Who signs now, as the room has it. */
  readonly signers: readonly string[];
  /** This device's writer. */
  readonly own: string;
  readonly devices: readonly Device[];
  /** A device has to have been here for so long in all, in ms. */
  readonly afterMs: number;
}

/**
 * Who shall sign a room's order, where that should change; null where it is well as it is. One or three, never two:
 * with two either one away stops it. All of the new set are here, since an absent one would sign nothing.
 * Only a device that signs already proposes, so that two never propose at once against each other.
 */
export function nextSigners({ signers, own, devices, afterMs }: Choice): string[] | null {
  if (!signers.includes(own)) return null;
  const device = new Map(devices.map((one) => [one.writer, one]));
  const isGone = (writer: string) => {
    const one = device.get(writer);
    return !one || one.absentMs > REPLACE_AFTER_MS;
  };
  const staying = signers.filter((writer) => writer === own || !isGone(writer));
  // The room's own majority has to agree to any change: with more than one of three gone nothing can be done.
  if (signers.length === 3 && staying.length !== 2) return null;
  if (staying.some((writer) => writer !== own && !device.get(writer)?.here)) return null;
  const taken = new Set(staying.map((writer) => device.get(writer)?.identity));
  const found = [...staying];
  const rank: { readonly [R in Role]: number } = { owner: 2, moderator: 1, member: 0 };
  const fit = devices
    .filter(({ writer, here, totalMs }) => here && totalMs >= afterMs && !found.includes(writer))
    .sort((a, b) => rank[b.role] - rank[a.role] || b.totalMs - a.totalMs || (a.writer < b.writer ? -1 : 1));
  for (const one of fit) {
    if (found.length === 3) break;
    // Two devices of one person may well stand on one desk.
    if (taken.has(one.identity)) continue;
    taken.add(one.identity);
    found.push(one.writer);
  }
  return found.length === 3 ? found : null;
}
