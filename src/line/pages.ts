/** What the screen lays over the talk, as pages of lines. Pure. */
import { type Command, type Group, type Page, usageOf } from "../commands/define.js";
import { GROUPS } from "../commands/index.js";
import { TOPICS, type Topic } from "../commands/topics.js";
import { plainDetails } from "../commands/usage-page.js";
import { plainText, type SafeText, safe, safeLine } from "../safe-text.js";
import { extentOf, stateWords } from "../state/file-lines.js";
import { spanOf } from "../state/local-time.js";
import type { InviteView, MemberView, MessageView, RoomView } from "../state/model.js";
import { inListOrder } from "../state/room-order.js";
import { presenceText } from "../state/room-words.js";
import { authorWord, nameWord } from "./message-words.js";
import { listWords } from "./room-words.js";
import { asLines } from "./wording.js";

const WORDS_IN_ROW = 4;

/** With the number that names a message, where it takes one. */
export function lineUsage(command: Command<never>): string {
  const [name, ...args] = usageOf(command).split(" ");
  return [name, ...(command.takesMessage ? ["[#number]"] : []), ...args].join(" ");
}

/** All of it, or what belongs to a topic; of a group of commands with what the one line about each leaves out. */
export function helpPage(all: readonly Command<never>[], topic: Topic | null): Page {
  const commandRows = (group: Group, isWhole: boolean) =>
    all
      .filter((command) => command.group === group)
      .map((command) => {
        const details = isWhole && command.details ? `. ${asLines(plainDetails(command))}` : "";
        return { text: safe`${lineUsage(command)}: ${asLines(command.summary)}${details}` };
      });
  if (topic === "keys") return keysPage();
  if (topic === "selecting") {
    return { title: plainText("Messages by number"), rows: [SELECTING, ...numberedRows(all)] };
  }
  if (topic === "writing") return { title: plainText("Writing"), rows: WRITING };
  if (topic !== null) return { title: safe`${TOPICS[topic]}`, rows: commandRows(topic, true) };
  return {
    title: plainText("Help"),
    rows: [
      ...WRITING,
      SELECTING,
      { text: plainText("Ctrl-C drops what was begun, else ends this; Ctrl-D ends it.") },
      {
        text: plainText(
          "/help and the name of a command says more, so does /help rooms, people, messages, files, calls or program.",
        ),
      },
      ...GROUPS.flatMap((group) => [
        { text: safe`${group.charAt(0).toUpperCase()}${group.slice(1)}:` },
        ...commandRows(group, false),
      ]),
    ],
  };
}

const WRITING = [
  {
    text: plainText("A line is sent to the room you are in. One that begins with a slash is a command; //x sends /x."),
  },
  { text: plainText("A line that ends in a backslash goes on with the next one. /paste takes lines as they are.") },
];
const SELECTING = {
  text: plainText(
    "/last reads the latest messages with their numbers. #3 behind a command means the third: /reply #3 yes.",
  ),
};

function numberedRows(all: readonly Command<never>[]): Page["rows"] {
  return all
    .filter(({ takesMessage }) => takesMessage)
    .map((command) => ({ text: safe`${lineUsage(command)}: ${asLines(command.summary)}` }));
}

export function usagePage(command: Command<never>): Page {
  const aliases = (command.aliases ?? []).map((alias) => `/${alias}`).join(", ");
  return {
    title: safe`${lineUsage(command)}`,
    rows: [
      { text: safe`${asLines(command.summary)}.` },
      ...(command.details ? [{ text: asLines(plainDetails(command)) }] : []),
      ...(command.takesMessage ? [{ text: plainText("#3 in front means the message that /last read as 3.") }] : []),
      ...(aliases === "" ? [] : [{ label: plainText("also"), text: safe`${aliases}` }]),
    ],
  };
}

export function keysPage(): Page {
  return {
    title: plainText("The keyboard is the terminal's here, and a line is yours until Enter"),
    rows: [
      { label: plainText("Enter"), text: plainText("sends the line") },
      { label: plainText("Ctrl-U"), text: plainText("takes the line back") },
      { label: plainText("Ctrl-W"), text: plainText("takes the last word back") },
      { label: plainText("Ctrl-R"), text: plainText("shows what you have typed so far, after others wrote into it") },
      { label: plainText("Ctrl-C"), text: plainText("drops a question or a message of several lines; else ends this") },
      { label: plainText("Ctrl-D"), text: plainText("on an empty line: ends this when all is stored") },
      { label: plainText("Ctrl-Z"), text: plainText("back to the shell; fg returns") },
      {
        text: plainText(
          "Where stty says otherwise, other keys do that. rlwrap keet-tui --plain adds history and editing.",
        ),
      },
    ],
  };
}

/** The number is what /get takes. */
export function filesPage(room: RoomView, files: readonly MessageView[]): Page {
  const row = (message: MessageView, at: number) => {
    const file = message.file!;
    const path = file.transfer?.path ? safe`, ${safeLine(file.transfer.path)}` : "";
    const what = safe`${nameWord({ name: file.name })}, ${extentOf(file)}, from ${authorWord(message)}`;
    return { text: safe`${at + 1} ${what}: ${stateWords(file, message.mine)}${path}` };
  };
  const hint = files.length === 0 ? "/send and a path shares a file." : "/get and a number or a name fetches one.";
  return {
    title: safe`Files in ${nameWord(room)}: ${files.length}`,
    rows: [...files.map(row), { text: safe`${hint}` }],
  };
}

export function roomsPage(rooms: readonly RoomView[], current: string | null, now: number): Page {
  const listed = inListOrder(rooms, current);
  const others = rooms.filter((room) => !listed.includes(room));
  return {
    title: safe`Rooms: ${rooms.length}`,
    rows: [
      ...[...listed, ...others].map((room) => ({ text: listWords(room, room.id === current, now) })),
      {
        text:
          rooms.length === 0
            ? plainText("/create makes one, /join takes an invite.")
            : plainText("/go and a name goes there."),
      },
    ],
  };
}

export function membersPage(members: readonly MemberView[], now: number): Page {
  return {
    title: safe`Who is in this room: ${members.length}`,
    rows: members.map((member) => ({
      text: safe`${nameWord(member)}: ${member.role}, ${member.mine ? "you" : (presenceText(member, now) ?? "away")}`,
    })),
  };
}

/** Without its link, which stands on a line of its own. */
export function inviteWords(room: RoomView, invite: InviteView, now: number): SafeText {
  const people = invite.uses === 1 ? plainText("1 person") : safe`${invite.uses} people`;
  const left = spanOf(Math.max(0, invite.expiresAt - now));
  return safe`Invite to ${nameWord(room)}, for ${people} and ${left}. Send it to one you trust: whoever has it first gets in.`;
}

/** `1 abandon, 2 ability, 3 able, 4 about` */
export function recoveryRows(words: readonly string[]): readonly SafeText[] {
  const numbered = words.map((word, index) => safe`${index + 1} ${word}`);
  return Array.from({ length: Math.ceil(words.length / WORDS_IN_ROW) }, (_, row) => {
    return safe`${numbered.slice(row * WORDS_IN_ROW, (row + 1) * WORDS_IN_ROW).join(", ")}`;
  });
}
