import type { KeyId } from "../keys.js";
import { plainText, type SafeText } from "../safe-text.js";
import type { FileView, MessageView, RoomView } from "../state/model.js";
import { isHere } from "../state/sharing.js";

/** Keys of a selected message that are commands as well: the command knows what it may be done to. */
const COMMANDS: Readonly<Partial<Record<KeyId, string>>> = {
  reply: "reply",
  edit: "edit",
  react: "react",
  delete: "delete",
  "undo-selected": "undo",
  copy: "copy",
  verify: "verify",
};

/** What Enter and o do with a file: what is here is opened, anything else is fetched. */
function fileCommand(file: FileView): string {
  return isHere(file) ? "open" : "get";
}

/** The command behind a key of the selected message; null where the key is no such key. */
export function commandOf(id: KeyId | null, message: MessageView | null): string | null {
  if (id === "file-get") return "get";
  if (id === "open" && message?.file?.voiceMs) return "play";
  if (id === "file-open" || (id === "open" && message?.file)) return message?.file ? fileCommand(message.file) : "open";
  if (id === "pin") return message?.pinned ? "unpin" : "pin";
  return (id !== null && COMMANDS[id]) || null;
}

/** What can be done with a message, as the status row says it. */
export function selectionHints(message: MessageView, room: RoomView | null): readonly SafeText[] {
  const isSent = message.writer !== "" && message.state !== "pending" && message.state !== "failed";
  const isThere = isSent && !message.deleted;
  const canWrite = room?.canWrite === true;
  const leads = room !== null && room.role !== null && room.role !== "member";
  const isVoice = message.file?.voiceMs != null;
  const hints: [boolean, SafeText][] = [
    [
      isThere && isVoice,
      message.file?.playing?.isPaused === false ? plainText("Enter pause") : plainText("Enter play"),
    ],
    [isThere && message.file !== null, message.file && isHere(message.file) ? plainText("o open") : plainText("g get")],
    [isThere && canWrite, plainText("r reply")],
    [isThere && canWrite && message.mine && message.type === "message", plainText("e edit")],
    [isThere && room?.state === "open", plainText("+ react")],
    [!message.deleted, plainText("y copy")],
    [isThere && (message.mine || leads), plainText("d delete")],
    [isThere && leads, message.pinned ? plainText("p unpin") : plainText("p pin")],
    [message.writer !== "", plainText("v verify")],
    [message.reply?.found === true, plainText("Enter original")],
  ];
  return hints.filter(([isPossible]) => isPossible).map(([, hint]) => hint);
}
