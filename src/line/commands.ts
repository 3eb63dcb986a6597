/** What can be typed here: all that the screen has, and what takes the place of its keys. */
import type { CommandContext } from "../commands/context.js";
import { type Command, defineCommand } from "../commands/define.js";
import { COMMANDS, tableOf } from "../commands/index.js";

export interface LineContext extends CommandContext {
  /** Says the latest messages with their numbers. */
  readLast(count: number): Promise<void>;
  /** Says one message whole, with all that is known of it. */
  readWhole(): void;
  /** Says who is typing now. */
  readTyping(): void;
  /** From now on lines are text until one that is a dot alone. */
  paste(): void;
  /** Runs a command and says yes to what it asks. */
  runYes(line: string): Promise<void>;
}

const DEFAULT_COUNT = 10;

const last = defineCommand<LineContext>()({
  name: "last",
  group: "messages",
  summary: "The latest messages, each with its number",
  details:
    "Ten where no number is given. A number stays with its message: `/reply #3 yes` answers the one that was read as 3.",
  args: [{ name: "count", type: "count", optional: true }],
  async run(context, { count }) {
    await context.readLast(count ?? DEFAULT_COUNT);
    return undefined;
  },
});

const show = defineCommand<LineContext>()({
  name: "show",
  group: "messages",
  summary: "One message whole, with reactions and state",
  takesMessage: true,
  args: [],
  run(context) {
    context.readWhole();
    return undefined;
  },
});

const typing = defineCommand<LineContext>()({
  name: "typing",
  group: "people",
  summary: "Who is typing in this room now",
  details: "It is not said by itself. Others do not see that you are typing here.",
  args: [],
  run(context) {
    context.readTyping();
    return undefined;
  },
});

const paste = defineCommand<LineContext>()({
  name: "paste",
  group: "messages",
  summary: "Begin a message of several lines, exactly as they come",
  details:
    "It ends, and is sent, with a line that is a dot alone; two dots alone stand for one. A line that ends in a " +
    "backslash goes on with the next one, without this command.",
  args: [],
  run(context) {
    context.paste();
    return undefined;
  },
});

const yes = defineCommand<LineContext>()({
  name: "yes",
  group: "program",
  summary: "Run a command and say yes to what it asks",
  details: "`/yes /leave tea` leaves without asking. Where nobody can be asked, as in a pipe, it is the only way.",
  args: [{ name: "command", type: "rest" }],
  async run(context, { command }) {
    await context.runYes(command);
    return undefined;
  },
});

/** Of this front end alone. */
export const OWN_COMMANDS: readonly Command<LineContext>[] = [last, show, typing, paste, yes];

export const LINE_TABLE = tableOf<LineContext>([...COMMANDS, ...OWN_COMMANDS]);
