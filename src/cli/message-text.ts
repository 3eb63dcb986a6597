/** What is to be said: the words of the command line, or standard input. */
import { readFileSync } from "node:fs";
import { MAX_MESSAGE_BYTES } from "../config.js";
import { KeetError } from "../errors.js";
import type { OneShot } from "./one-shot.js";
import { ask, readAll } from "./read-stdin.js";

const SPLIT_HINT = `A message holds ${MAX_MESSAGE_BYTES / 1024} KiB: send it in parts.`;

/**
 * The words with one space between; without any, standard input is one message (a last line end is dropped).
 * @throws USAGE where there is nothing, TOO_LONG, NOT_UTF8
 */
export async function messageText(shot: OneShot, words: readonly string[]): Promise<string> {
  const text = words.length > 0 ? wordsAsText(words) : await textFromStdin(shot);
  if (text === "") throw nothingToSend();
  if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES) {
    throw new KeetError("user", "TOO_LONG", `The message is longer than ${MAX_MESSAGE_BYTES / 1024} KiB`, {
      hint: SPLIT_HINT,
    });
  }
  return text;
}

function nothingToSend(): KeetError {
  return new KeetError("user", "USAGE", "There is nothing to send");
}

function wordsAsText(words: readonly string[]): string {
  const text = words.join(" ");
  if (text.includes("\ufffd") && hasBrokenArguments()) {
    throw new KeetError("user", "NOT_UTF8", "The message is no UTF-8 text", { hint: "Nothing was sent." });
  }
  return text;
}

/** Node has put U+FFFD in place of bytes that are no UTF-8; the system still has the bytes. */
function hasBrokenArguments(): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(readFileSync("/proc/self/cmdline"));
    return false;
  } catch (error) {
    return error instanceof TypeError;
  }
}

async function textFromStdin(shot: OneShot): Promise<string> {
  if (!process.stdin.isTTY) return readAll("The message", MAX_MESSAGE_BYTES, SPLIT_HINT);
  if (!shot.globals.input) throw nothingToSend();
  return ask("Message: ");
}
