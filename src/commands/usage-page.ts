import { plainText, safe } from "../safe-text.js";
import { type Command, type Page, usageOf } from "./define.js";

/** `/help mute` */
export function usagePage(command: Command<never>): Page {
  const aliases = (command.aliases ?? []).map((alias) => `/${alias}`).join(" ");
  return {
    title: safe`${usageOf(command)}`,
    rows: [
      { text: safe`${command.summary}.` },
      ...(command.details ? [{ text: safe`${plainDetails(command)}` }] : []),
      ...(aliases === "" ? [] : [{ label: plainText("also"), text: safe`${aliases}` }]),
    ],
  };
}

/** Backquotes mark code on the page docs/commands.md only. */
export function plainDetails(command: Command<never>): string {
  return (command.details ?? "").replaceAll("`", "");
}
