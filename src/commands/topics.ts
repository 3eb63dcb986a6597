import type { Group } from "./define.js";

/** What `/help` and a word tells of, beside the single commands: the groups of the table, and these. */
export const TOPICS: Readonly<Record<Group | "writing" | "selecting" | "keys", string>> = {
  rooms: "Commands for rooms and invites",
  people: "Commands for people",
  messages: "Commands for messages",
  files: "Commands for files",
  calls: "Commands for calls, microphones and speakers",
  program: "Commands for the program itself",
  writing: "The line: several lines, pasting, completion, what was sent",
  selecting: "What can be done with a message, by keys",
  keys: "Every key",
};

export type Topic = keyof typeof TOPICS;

export function topicNamed(word: string): Topic | null {
  const name = word.toLowerCase();
  return Object.hasOwn(TOPICS, name) ? (name as Topic) : null;
}
