import type { RpcClient } from "../rpc/client.js";
import { mentionsIn } from "../state/mentions.js";
import { memberView } from "../state/views.js";

/** Who is named in a text behind an `@`, as `message.send` and `message.edit` want it; as on the screen. */
export async function mentionsOf(core: RpcClient, room: string, text: string): Promise<{ mentions?: string[] }> {
  if (!text.includes("@")) return {};
  const members = await core.request("room.members", { room });
  const mentions = mentionsIn(text, members.map(memberView));
  return mentions.length > 0 ? { mentions: [...mentions] } : {};
}
