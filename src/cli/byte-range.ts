/** What of a file a request for bytes means. */

export interface ByteRange {
  readonly from: number;
  /** The last byte of it. */
  readonly to: number;
}

/**
 * One range, as players ask. `whole`: none, several or such as are no ranges, which all may be answered by all of it.
 * `none`: nothing of it is in the file.
 */
export function rangeIn(header: string | undefined, size: number): ByteRange | "whole" | "none" {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (!match || (first === "" && last === "")) return "whole";
  if (first === "")
    return Number(last) > 0 && size > 0 ? { from: Math.max(0, size - Number(last)), to: size - 1 } : "none";
  const [from, to] = [Number(first), last === "" ? size - 1 : Math.min(Number(last), size - 1)];
  if (last !== "" && Number(last) < from) return "whole";
  return from < size ? { from, to } : "none";
}
