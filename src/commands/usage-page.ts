import { plainText, safe } from "../safe-text.js";
import { type Command, type Page, usageOf } from "./define.js";

/** `/help mute` */
export function usagePage(command: Command<never>): Page {
  const aliases = (command.aliases ?? []).map((alias) => `/${alias}`).join(" ");
  return {
    title: safe`${usageOf(command)}`,
    rows: [
      { text: safe`${command.summary}.` },
      // Backquotes mark code on the page docs/commands.md only.
      ...(command.details ? [{ text: safe`${command.details.replaceAll("`", "")}` }] : []),
      ...(aliases === "" ? [] : [{ text: plainText("") }, { label: plainText("also"), text: safe`${aliases}` }]),
    ],
  };
}
