import { KeetError } from "../errors.js";
import type { RoomView } from "../state/model.js";
import type { CommandContext } from "./context.js";

/** The one named; else the room on screen; else the only one there is. @throws KeetError NO_REQUEST */
export function requestAmong(context: CommandContext, named: { readonly id: string } | null): RoomView {
  const asking = context.rooms().filter((room) => room.state === "request");
  const wanted = named?.id ?? context.where();
  const found = asking.find(({ id }) => id === wanted);
  if (found) return found;
  if (named === null && asking.length === 1) return asking[0]!;
  const names = asking.map(({ name }) => name).join(", ");
  if (asking.length === 0) throw new KeetError("user", "NO_REQUEST", "Nobody waits for an answer from you");
  throw new KeetError("user", "NO_REQUEST", "Say whom you mean", { hint: `Waiting for an answer: ${names}` });
}
