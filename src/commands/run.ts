import { KeetError } from "../errors.js";
import type { CommandContext } from "./context.js";
import type { Command, ValuesOf, Wish } from "./define.js";

/** What the room refuses is said of the command that was refused: `/role: only owners can do that.` */
export async function runCommand<C extends CommandContext>(
  command: Command<C>,
  context: C,
  values: Readonly<Record<string, unknown>>,
): Promise<Wish | undefined> {
  try {
    return await command.run(context, values as ValuesOf<Command<C>["args"]>);
  } catch (error) {
    if (!(error instanceof KeetError) || error.code !== "NOT_ALLOWED") throw error;
    const { family, code, message, hint, data } = error;
    const said = `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
    throw new KeetError(family, code, `/${command.name}: ${said}`, { ...(hint ? { hint } : {}), cause: error, data });
  }
}
