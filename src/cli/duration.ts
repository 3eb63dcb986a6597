/** `90s`, `10m`, `24h`, `7d`, `2w`, and how a person would say them. */
import { KeetError } from "../errors.js";

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** @throws USAGE */
export function durationMs(text: string, option: string, limits: { maxMs: number }): number {
  const match = /^(\d{1,9})([smhdw])$/.exec(text.trim());
  const value = match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : 0;
  if (value <= 0) {
    throw new KeetError("user", "USAGE", `${option} takes a number and a unit: 90s, 10m, 24h, 7d or 2w`);
  }
  if (value > limits.maxMs) {
    throw new KeetError("user", "USAGE", `${option} is at most ${sayDuration(limits.maxMs)}`);
  }
  return value;
}

export function sayDuration(ms: number): string {
  if (ms < UNITS.m) return `${Math.max(1, Math.round(ms / UNITS.s))} s`;
  if (ms < UNITS.h) return `${Math.round(ms / UNITS.m)} min`;
  if (ms < 2 * UNITS.d) return `${Math.round(ms / UNITS.h)} h`;
  return `${Math.round(ms / UNITS.d)} days`;
}
