import { KeetError } from "../errors.js";
import type { CommandContext } from "./context.js";
import type { ValuesOf, Wish } from "./define.js";
import type { AnyCommand } from "./index.js";

/** What the room refuses is said of the command that was refused: `/role: only owners can do that.` */
export async function runCommand(
  command: AnyCommand,
  context: CommandContext,
  values: Readonly<Record<string, unknown>>,
): Promise<Wish | undefined> {
  try {
    return await command.run(context, values as ValuesOf<AnyCommand["args"]>);
  } catch (error) {
    if (!(error instanceof KeetError) || error.code !== "NOT_ALLOWED") throw error;
    const { family, code, message, hint, data } = error;
    const said = `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
    throw new KeetError(family, code, `/${command.name}: ${said}`, { ...(hint ? { hint } : {}), cause: error, data });
  }
}
