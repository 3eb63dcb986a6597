/** Moments as a person at this machine reads them. Only front ends format a time; the core knows UTC alone. */
import type { SafeText } from "../safe-text.js";

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

function two(number: number): string {
  return String(number).padStart(2, "0");
}

/** `09:04` */
export function timeOf(at: number): SafeText {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}` as SafeText;
}

/** The same number for two moments of one local day. */
export function dayOf(at: number): number {
  const date = new Date(at);
  return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate();
}

/** `Tue 24 Nov`, with the year where it is another one. */
export function dayName(at: number, now: number): SafeText {
  const date = new Date(at);
  const day = `${WEEKDAYS[date.getDay()]} ${date.getDate()} ${MONTHS[date.getMonth()]}`;
  const year = date.getFullYear();
  return (year === new Date(now).getFullYear() ? day : `${day} ${year}`) as SafeText;
}

/** `24 h`, `3 days`, `20 min`: rounded as a person would say it. */
export function spanOf(ms: number): SafeText {
  if (ms < 90 * 1000) return "a minute" as SafeText;
  if (ms < 100 * MINUTE_MS) return `${Math.round(ms / MINUTE_MS)} min` as SafeText;
  if (ms < 2 * DAY_MS) return `${Math.round(ms / HOUR_MS)} h` as SafeText;
  return `${Math.round(ms / DAY_MS)} days` as SafeText;
}
