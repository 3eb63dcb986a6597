/** A room's talk written out: pages in, text out, a page at a time. Pure; knows no core and no file. */
import type { MessageInfo, RoomInfo } from "../rpc/methods.js";
import { jsonText } from "../safe-text.js";
import { markdownWriter } from "./markdown.js";
import { messageJson } from "./message-json.js";
import { momentsIn } from "./moments.js";
import { plainWriter } from "./plain.js";
import { NO_TAGS, type Tags } from "./words.js";

export const EXPORT_FORMATS = ["json", "md", "txt"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly room: Pick<RoomInfo, "name" | "topic">;
  /** Of the members, so that names of one look stay apart. */
  readonly tags?: Tags;
  /** For day lines and times in `md` and `txt`, as in `Europe/Berlin`; without one, that of this machine. */
  readonly timeZone?: string;
  /** When this is, ms since 1970; stands in the heading. */
  readonly now?: number;
}

/** One format. `row` is called once a message, in order. */
export interface RowWriter {
  readonly head: string;
  row(message: MessageInfo): string;
  readonly end: string;
}

/**
 * `json` is one array of messages, one a line, every text exactly as it was sent; `md` and `txt` are for reading, with
 * what could work on a terminal or break out of its line made harmless. Whatever the pages throw goes through: what
 * was given until then is good as far as it goes.
 */
export async function* exportRoom(
  pages: AsyncIterable<{ readonly messages: readonly MessageInfo[] }>,
  options: ExportOptions,
): AsyncGenerator<string> {
  const writer = writerOf(options);
  yield writer.head;
  for await (const { messages } of pages) yield messages.map((message) => writer.row(message)).join("");
  yield writer.end;
}

function writerOf(options: ExportOptions): RowWriter {
  if (options.format === "json") return jsonWriter();
  const { room, tags = NO_TAGS, now = Date.now() } = options;
  const moments = momentsIn(options.timeZone);
  return options.format === "md"
    ? markdownWriter(room, tags, moments, new Date(now))
    : plainWriter(room, tags, moments, new Date(now));
}

function jsonWriter(): RowWriter {
  let separator = "\n";
  return {
    head: "[",
    row(message) {
      const text = `${separator}${jsonText(messageJson(message))}`;
      separator = ",\n";
      return text;
    },
    end: "\n]\n",
  };
}
