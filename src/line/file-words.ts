/** What becomes of a file on its way, as a sentence. Pure. */
import { type SafeText, safe, safeLine } from "../safe-text.js";
import type { FileNewsItem } from "../state/file-news.js";
import { nameWord } from "./message-words.js";

export function fileNewsWords({ name, mine, step }: FileNewsItem): SafeText {
  const word = nameWord({ name });
  switch (step.kind) {
    case "quarter":
      return mine ? safe`${word}: ${step.percent} % read in` : safe`${word}: ${step.percent} % here`;
    case "waits":
      return safe`${word} waits: ${step.reason}`;
    case "here":
      return step.path === null ? safe`${word} is here` : safe`${word} is here: ${safeLine(step.path)}`;
    case "shared":
      return safe`${word} is read in: others can get all of it`;
    case "failed":
      return mine ? safe`${word} is not shared from here: ${step.reason}` : safe`${word} did not come: ${step.reason}`;
  }
}
