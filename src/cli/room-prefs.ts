import { KeetError } from "../errors.js";
import type { ParamsOf } from "../rpc/methods.js";
import { defineCliCommand, type OptionSpec } from "./define.js";
import { durationMs } from "./duration.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, printTable } from "./output.js";
import { mutedWords } from "./room-words.js";
import { roomJson } from "./shapes.js";

const MAX_MUTE_MS = 365 * 86_400_000;
const ON_OFF = ["on", "off"] as const;

const onOff = (describe: string): OptionSpec => ({ type: "text", describe, choices: ON_OFF });

export const roomPrefs = defineCliCommand({
  path: ["room", "prefs"],
  summary: "Your own settings of a room; without options it shows them",
  details: "Nobody else sees them. They are kept on this device.",
  positionals: [ROOM_ARGUMENT],
  options: {
    mute: { type: "text", describe: "No alerts: on for good, a time such as 8h, or off" },
    archive: onOff("Put it away, at the end of the list"),
    favourite: onOff("Keep it at the beginning of the list"),
    unread: onOff("Mark it as unread, or all as read"),
  },
  examples: [
    ["keet-tui room prefs tea --mute 8h", "quiet for eight hours"],
    ["keet-tui room prefs tea --archive on", "out of the way"],
    ["keet-tui room prefs tea", "how it is set"],
  ],
  async run(shot, args) {
    const changes = changesIn((name) => args.option(name));
    const core = await shot.person();
    const found = await findRoom(core, args.text("room"));
    const isAsked = Object.keys(changes).length > 0;
    const room = isAsked ? await core.request("room.prefs", { room: found.id, ...changes }) : found;
    if (shot.globals.json) printJson(roomJson(room));
    else {
      await printTable([
        ["muted", mutedWords(room)],
        ["archived", room.archived ? "yes" : "no"],
        ["favourite", room.favourite ? "yes" : "no"],
        ["unread", room.markedUnread ? "marked by you" : room.unread > 0 ? String(room.unread) : "no"],
      ]);
    }
    return 0;
  },
});

/** @throws USAGE */
function changesIn(option: (name: string) => string | null): Omit<ParamsOf<"room.prefs">, "room"> {
  const flag = (name: string, key: "archived" | "favourite" | "unread") => {
    const value = option(name);
    return value === null ? {} : { [key]: value === "on" };
  };
  return {
    ...muteIn(option("mute")),
    ...flag("archive", "archived"),
    ...flag("favourite", "favourite"),
    ...flag("unread", "unread"),
  };
}

function muteIn(value: string | null): { muted?: boolean; mutedMs?: number } {
  if (value === null) return {};
  if (value === "on") return { muted: true };
  if (value === "off") return { muted: false, mutedMs: 0 };
  try {
    return { muted: true, mutedMs: durationMs(value, "--mute", { maxMs: MAX_MUTE_MS }) };
  } catch (error) {
    if (!(error instanceof KeetError)) throw error;
    throw new KeetError("user", "USAGE", error.message, { hint: "Or on, for good, and off." });
  }
}
