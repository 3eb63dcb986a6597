/** What a notice in the talk says. Pure. */
import { lengthOf } from "../amounts.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import type { MessageView } from "./model.js";

const ROLES: Readonly<Record<string, SafeText>> = {
  owner: plainText("an owner"),
  moderator: plainText("a moderator"),
  member: plainText("a member"),
};

/** `who` is the author as shown, with what tells them from somebody of the same looks. */
export function noticeText(message: MessageView, who: SafeText): SafeText {
  const { notice, about } = message;
  const text = message.text.replaceAll("\n", " ") as SafeText;
  const whom = about ?? plainText("somebody");
  switch (notice) {
    case "joined":
      return safe`${who} joined`;
    case "created":
      return safe`${who} made this room`;
    case "newer":
      return safe`${who} sent something that only a newer keet-tui can show`;
    case "renamed":
      return message.author === text ? safe`${who} took this name` : safe`${who} is now called ${text}`;
    case "room-name":
      return safe`${who} named this room ${text}`;
    case "topic":
      return text === "" ? safe`${who} removed the topic` : safe`${who} set the topic: ${text}`;
    case "rights":
      return text === "" ? safe`${who} changed who may do what here` : safe`${who} changed who may do what: ${text}`;
    case "role":
      return safe`${who} made ${whom} ${Object.hasOwn(ROLES, text) ? ROLES[text]! : text}`;
    case "removed":
      return safe`${who} removed ${whom}`;
    case "renewed":
      return safe`${who} went on in a new room; this one stays to be read`;
    case "call-began":
      return safe`${who} started a call`;
    case "call-ended":
      return safe`the call ended after ${lengthOf(Number(text))}`;
    default:
      return text;
  }
}
