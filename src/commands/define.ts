import type { SafeText } from "../safe-text.js";

/** What an argument is; completion and checks belong to the type, not to the command. */
export type ArgType = "text" | "rest" | "room" | "member" | "invite" | "count" | "hours" | "command" | "choice";

export interface Arg {
  readonly name: string;
  readonly type: ArgType;
  readonly optional?: boolean;
  /** With type `choice`. */
  readonly choices?: readonly string[];
}

interface ValueOfType {
  text: string;
  /** Everything up to the end of the line, spaces kept. */
  rest: string;
  room: { readonly id: string; readonly name: SafeText };
  member: { readonly id: string; readonly name: SafeText };
  invite: string;
  count: number;
  hours: number;
  command: string;
  choice: string;
}

type ValueOf<A extends Arg> = A extends { optional: true } ? ValueOfType[A["type"]] | null : ValueOfType[A["type"]];
export type ValuesOf<A extends readonly Arg[]> = { readonly [X in A[number] as X["name"]]: ValueOf<X> };

/** What should be on screen after a command; the command itself draws nothing. */
export type Wish =
  | { readonly show: "help" | "keys" | "go-to" | "words" | "members" }
  | { readonly show: "usage"; readonly command: string }
  | { readonly show: "page"; readonly page: Page }
  | { readonly show: "invite"; readonly invite: string }
  | { readonly notice: string; readonly hint?: string }
  | { readonly ask: string; readonly yes: () => Promise<Wish | undefined> | undefined }
  | { readonly open: string; readonly notice?: string }
  | { readonly quit: true };

/** A page of facts: rows of a label and what is to be said of it. */
export interface Page {
  readonly title: SafeText;
  readonly rows: readonly { readonly label?: SafeText; readonly text: SafeText; readonly isWarning?: boolean }[];
}

export type Group = "rooms" | "people" | "messages" | "program";

export interface Command<C, A extends readonly Arg[] = readonly Arg[]> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: Group;
  /** Under 60 characters, in the person's words. */
  readonly summary: string;
  readonly args: A;
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
    const name = arg.choices ? arg.choices.join("|") : arg.name;
    return arg.optional ? `[${name}]` : `<${name}>`;
  });
  return [`/${command.name}`, ...args].join(" ");
}
