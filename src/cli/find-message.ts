/** Which message is meant: its id, or the first digits of one of the latest. */
import { KeetError } from "../errors.js";
import type { RpcClient } from "../rpc/client.js";
import type { MessageInfo } from "../rpc/methods.js";
import type { OptionSpec, PositionalSpec } from "./define.js";

const MIN_ID_CHARS = 4;
const ID_CHARS = 32;
const WRITER_CHARS = 64;

export const MESSAGE_ARGUMENT: PositionalSpec = {
  name: "id",
  describe: `Id of the message, or the first ${MIN_ID_CHARS} or more digits of one of the latest`,
};

export const WRITER_OPTION: OptionSpec = {
  type: "text",
  describe: "Which one, where two people chose the same id: its writer, as --json prints it",
};

/** @throws USAGE for what is no id, NO_SUCH_MESSAGE where none fits, or more than one */
export async function findMessage(
  core: RpcClient,
  room: string,
  said: string,
  writer: string | null,
): Promise<MessageInfo> {
  const id = said.toLowerCase();
  if (!/^[0-9a-f]+$/.test(id) || id.length < MIN_ID_CHARS || id.length > ID_CHARS) {
    throw new KeetError("user", "USAGE", `A message is named by its id, or its first ${MIN_ID_CHARS} or more digits`, {
      hint: "keet-tui tail <room> --json and keet-tui search print ids.",
    });
  }
  if (writer !== null && !new RegExp(`^[0-9a-f]{${WRITER_CHARS}}$`).test(writer)) {
    throw new KeetError("user", "USAGE", `--writer takes ${WRITER_CHARS} hex digits, in small letters`);
  }
  return core.request("message.get", { room, id, ...(writer === null ? {} : { writer }) });
}
