/** Amounts as a person would say them: rounded, with a unit. */
import type { SafeText } from "./safe-text.js";

const UNITS = ["bytes", "KB", "MB", "GB", "TB", "PB"];
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;

/** `812 KB`, `4.2 MB` */
export function sizeOf(bytes: number): SafeText {
  let value = bytes;
  let unit = 0;
  // What would be rounded up to a thousand is one of the next unit.
  while (Math.round(value) >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit >= 2 && value < 99.95 ? 1 : 0;
  const number = value.toFixed(digits);
  return `${number} ${unit === 0 && number === "1" ? "byte" : UNITS[unit]}` as SafeText;
}

/** `3.4 MB/s` */
export function rateOf(bytesPerSecond: number): SafeText {
  return `${sizeOf(bytesPerSecond)}/s` as SafeText;
}

/** `2 s`, `3 min`, `5 h`: how long it still takes, never less. */
export function timeLeft(seconds: number): SafeText {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole < 100) return `${whole} s` as SafeText;
  if (whole < 100 * MINUTE_S) return `${Math.ceil(whole / MINUTE_S)} min` as SafeText;
  if (whole < 100 * HOUR_S) return `${Math.ceil(whole / HOUR_S)} h` as SafeText;
  return `${Math.ceil(whole / (24 * HOUR_S))} days` as SafeText;
}

/** `5,000 files` */
export function filesOf(count: number): SafeText {
  const digits = String(count).replace(/\B(?=(\d{3})+$)/g, ",");
  return (count === 1 ? "1 file" : `${digits} files`) as SafeText;
}

const WRITTEN = /^(\d{1,9}(?:[.,]\d{1,3})?) ?(b|bytes?|[kmgt]b?)?$/i;

/** What `10MB`, `1.5 g` or `500k` means, in bytes. Null where it is no size. */
export function bytesIn(written: string): number | null {
  const match = WRITTEN.exec(written.trim());
  if (!match) return null;
  const power = "kmgt".indexOf((match[2] ?? "b").charAt(0).toLowerCase()) + 1;
  return Math.round(Number(match[1]!.replace(",", ".")) * 1000 ** power);
}

/** How long a sound is: `0:07`, `12:03`, `1:02:03`. */
export function clockOf(ms: number): SafeText {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const two = (number: number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / MINUTE_S);
  const short = `${minutes % 60}:${two(seconds % 60)}`;
  return (
    seconds < HOUR_S ? short : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`
  ) as SafeText;
}

/** How long something was: `40 s`, `3 min`, `1 h 5 min`. */
export function lengthOf(seconds: number): SafeText {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.round(seconds)) : 0;
  if (whole < MINUTE_S) return `${whole} s` as SafeText;
  const minutes = Math.floor((whole % HOUR_S) / MINUTE_S);
  if (whole < HOUR_S) return `${minutes} min` as SafeText;
  const hours = `${Math.floor(whole / HOUR_S)} h`;
  return (minutes === 0 ? hours : `${hours} ${minutes} min`) as SafeText;
}
