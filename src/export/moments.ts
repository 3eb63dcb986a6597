/** Moments in a time zone, as written-out talk shows them. The zone is a parameter, so that a test can be anywhere. */
import type { MessageInfo } from "../rpc/methods.js";

export interface Moments {
  /** `Tue 24 Nov 2026` */
  day(at: Date): string;
  /** `09:04` */
  time(at: Date): string;
  /** `Europe/Berlin` */
  readonly zone: string;
}

/** @throws RangeError for a zone that is none; without one, that of this machine */
export function momentsIn(timeZone?: string): Moments {
  const format = new Intl.DateTimeFormat("en-US", {
    ...(timeZone === undefined ? {} : { timeZone }),
    hourCycle: "h23",
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
  const parts = (at: Date) => new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    day(at) {
      const of = parts(at);
      return `${of.get("weekday")} ${of.get("day")} ${of.get("month")} ${of.get("year")}`;
    },
    time(at) {
      const of = parts(at);
      return `${of.get("hour")}:${of.get("minute")}`;
    },
    zone: format.resolvedOptions().timeZone,
  };
}

/** When a message counts as written: a clock far ahead is not believed. Null for what is no moment. */
export function writtenAt(message: Pick<MessageInfo, "sentAt" | "receivedAt" | "clockOff">): Date | null {
  const at = new Date(message.clockOff ? (message.receivedAt ?? message.sentAt) : message.sentAt);
  return Number.isNaN(at.getTime()) ? null : at;
}
