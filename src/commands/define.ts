import type { SafeText } from "../safe-text.js";
import type { MessageView } from "../state/model.js";
import type { Topic } from "./topics.js";

/**
 * What an argument is; completion and checks belong to the type, not to the command. `member`: of the room on screen;
 * `person`: also whom one talks to alone, and anybody by 8 or more digits of their id; `blocked`: one of those blocked;
 * `former`: a member, or somebody who was one; `command`: one of these, or a topic of help; `value`: of the setting before it;
 * `caller`: somebody in the call one is in; `microphone`, `speaker`: their names, or `auto`, `on`, `off`;
 * `paths`: of this machine, as they were written; `file`: of the room on screen, its name or number.
 */
export type ArgType =
  | "text"
  | "rest"
  | "room"
  | "member"
  | "person"
  | "blocked"
  | "former"
  | "invite"
  | "count"
  | "hours"
  | "duration"
  | "command"
  | "setting"
  | "value"
  | "paths"
  | "file"
  | "caller"
  | "microphone"
  | "speaker"
  | "choice";

export interface Arg {
  readonly name: string;
  readonly type: ArgType;
  readonly optional?: boolean;
  /** In place of its name where an example says more: `8h|off`. */
  readonly shown?: string;
  /** With type `choice`. */
  readonly choices?: readonly string[];
}

interface ValueOfType {
  text: string;
  /** Everything up to the end of the line, spaces kept. */
  rest: string;
  room: { readonly id: string; readonly name: SafeText };
  member: { readonly id: string; readonly name: SafeText };
  person: { readonly id: string; readonly name: SafeText };
  /** These two as they were written: who is blocked, and who was a member, only the core knows. */
  blocked: string;
  former: string;
  invite: string;
  count: number;
  hours: number;
  /** In ms; `off` is 0. */
  duration: number;
  command: string;
  setting: string;
  value: string;
  paths: string;
  file: string;
  /** As it was written: who is in the call, the call knows. */
  caller: string;
  microphone: string;
  speaker: string;
  choice: string;
}

type ValueOf<A extends Arg> = A extends { optional: true } ? ValueOfType[A["type"]] | null : ValueOfType[A["type"]];
export type ValuesOf<A extends readonly Arg[]> = { readonly [X in A[number] as X["name"]]: ValueOf<X> };

/** What should be on screen after a command; the command itself draws nothing. */
export type Wish =
  | { readonly show: "keys" | "go-to" | "words" | "members" }
  /** All of it, or what belongs to a topic. */
  | { readonly show: "help"; readonly topic?: Topic }
  | { readonly show: "usage"; readonly command: string }
  /** `more`: rows below those of the page, as they become known. */
  | { readonly show: "page"; readonly page: Page; readonly more?: AsyncIterable<Page["rows"]> }
  | { readonly show: "invite"; readonly invite: string }
  | { readonly notice: string; readonly hint?: string }
  /** `note` says what the answer means; `page` does where one line is too short for it. `about`: what is asked about. */
  | {
      readonly ask: string;
      readonly about?: MessageView;
      readonly page?: Page;
      readonly note?: string;
      readonly yes: () => Promise<Wish | undefined> | undefined;
    }
  | { readonly open: string; readonly notice?: string; readonly hint?: string }
  /** The line becomes an answer, a new text or a reaction, until Enter or Esc. */
  | { readonly write: "reply" | "edit" | "react"; readonly message: MessageView }
  | { readonly show: "search"; readonly words: string }
  | { readonly show: "pins" }
  | { readonly show: "files" }
  | { readonly show: "bare" }
  | { readonly show: "settings" }
  /** Of what was said so far. */
  | { readonly show: "nothing" }
  /** This text goes through the person's editor into the line. */
  | { readonly compose: string }
  | { readonly copy: string }
  | { readonly quit: true };

/** A page of facts: rows of a label and what is to be said of it. */
export interface Page {
  readonly title: SafeText;
  /** Without a label: a note, set apart. With an empty one it goes on under the text before. */
  readonly rows: readonly { readonly label?: SafeText; readonly text: SafeText; readonly isWarning?: boolean }[];
}

export type Group = "rooms" | "people" | "messages" | "files" | "calls" | "program";

export interface Command<C, A extends readonly Arg[] = readonly Arg[]> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: Group;
  /** Under 60 characters, in the person's words. */
  readonly summary: string;
  /** What the summary leaves out, as sentences. */
  readonly details?: string;
  /** What stands behind it opens a room or is somebody: such a line is never kept on the disk. */
  readonly isSecret?: true;
  readonly args: A;
  /** Does something with a message: the one selected, else the latest it can mean. Line mode takes `#3` for one. */
  readonly takesMessage?: true;
  /** Leads into another room. A script in which it is refused is not in the room that the next lines are meant for. */
  readonly opensRoom?: true;
  // A method, not a property: else commands with different arguments do not fit into one array.
  run(context: C, values: ValuesOf<A>): Promise<Wish | undefined> | Wish | undefined;
}

/** `defineCommand<CommandContext>()({ … })`: the context is written, the arguments are inferred. */
export function defineCommand<C>() {
  return <const A extends readonly Arg[]>(command: Command<C, A>): Command<C, A> => command;
}

/** `/create <name>`, `/invite [people] [hours]` */
export function usageOf(command: Command<never>): string {
  const args = command.args.map((arg) => {
    const name = arg.shown ?? (arg.choices ? arg.choices.join("|") : arg.name);
    return arg.optional ? `[${name}]` : `<${name}>`;
  });
  return [`/${command.name}`, ...args].join(" ");
}
