import type { MessageInfo } from "../../src/rpc/methods.js";
import { BOB, MAYA, message, room, ScriptedCore } from "./scripted-core.js";

export const UP = "\x1b[A";
export const ESC = "\x1b";

/** A core with these rows in `tea`, and other rooms with nothing in them. */
export function coreWith(rows: readonly MessageInfo[], ...others: string[]): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = ["tea", ...others].map((name) => room(name));
  core.messages.set("tea", [...rows]);
  return core;
}

export function three(): MessageInfo[] {
  return [
    message(0, { text: "who is in?" }),
    message(1, { author: BOB, text: "I am, *surely*" }),
    message(2, { author: MAYA, text: "me too" }),
  ];
}

export function asked(core: ScriptedCore, method: string): Record<string, unknown>[] {
  return core.asked.filter((one) => one.method === method).map(({ params }) => params);
}
