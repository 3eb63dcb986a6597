import { findCommand } from "./index.js";
import { inviteIn, readLine } from "./parse.js";

/** A command whose arguments are nobody's business: in no draft and no history on the disk. */
export function isSecretCommand(text: string): boolean {
  const line = readLine(text);
  return line.kind === "command" && findCommand(line.name)?.isSecret === true;
}

/** Whoever reads an invite can use it, so a line with one is not kept either. */
export function holdsSecret(text: string): boolean {
  return isSecretCommand(text) || inviteIn(text) !== null;
}
