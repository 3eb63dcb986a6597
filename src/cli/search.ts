import { type Tags, tagsOf } from "../export/words.js";
import type { MessageInfo, SearchResult } from "../rpc/methods.js";
import { safeName } from "../safe-text.js";
import { defineCliCommand } from "./define.js";
import { findRoom } from "./find-room.js";
import { printJson, printRaw, talk } from "./output.js";
import { wholeNumber } from "./room-invite.js";
import { messageJson } from "./shapes.js";
import { plainLine } from "./tail-line.js";

const DEFAULT_LIMIT = "50";
const MAX_LIMIT = 10_000;
/** The most the core gives at once. */
const PAGE = 200;
/** A long history is read through. */
const SEARCH_MS = 120_000;

export const search = defineCliCommand({
  path: ["search"],
  summary: "Messages with all of these words, the newest first",
  details:
    'Case and accents count as the same. "…" keeps words together, from:name asks for an author. Without a room, in all of them.',
  positionals: [
    { name: "text", describe: "What to look for, as one argument" },
    {
      name: "room",
      describe: "Only in this one: exact name, or 8 or more characters of the id",
      optional: true,
      completes: "room",
    },
  ],
  options: { limit: { type: "text", alias: "n", describe: "How many at most", default: DEFAULT_LIMIT } },
  examples: [
    ["keet-tui search kettle", "in every room"],
    ["keet-tui search '\"green tea\" from:bob' tea --json", "a phrase, by one author, in one room"],
  ],
  async run(shot, args) {
    const limit = wholeNumber(args.option("limit") ?? DEFAULT_LIMIT, "--limit", MAX_LIMIT);
    const core = await shot.person();
    const said = args.optionalText("room");
    const within = said === null ? {} : { room: (await findRoom(core, said)).id };
    const rooms = new Map((await core.request("room.list", {})).map(({ id, name }) => [id, safeName(name)]));
    const found: MessageInfo[] = [];
    const incomplete = new Set<string>();
    for (let after: string | null = null; ; ) {
      const asked = { text: args.text("text"), ...within, limit: Math.min(PAGE, limit - found.length) };
      const page: SearchResult = await core.request("message.search", after === null ? asked : { ...asked, after }, {
        timeoutMs: SEARCH_MS,
      });
      for (const room of page.incomplete) incomplete.add(room);
      found.push(...page.messages);
      after = page.more;
      if (after === null || found.length >= limit) break;
    }
    if (shot.globals.json) printJson(found.map(messageJson));
    else {
      const tags = new Map<string, Tags>();
      for (const message of found) {
        const known = tags.get(message.room) ?? tagsOf(await core.request("room.members", { room: message.room }));
        tags.set(message.room, known);
        const room = said === null ? `${rooms.get(message.room) ?? message.room.slice(0, 16)}  ` : "";
        printRaw(`${room}${plainLine(message, known)}\n`);
      }
      if (found.length === 0) talk("Nothing found.");
    }
    for (const room of incomplete) {
      talk(
        `Some of ${rooms.get(room) ?? room.slice(0, 16)} is on no device that is here now, and was not looked through.`,
      );
    }
    return 0;
  },
});
