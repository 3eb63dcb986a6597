import { KeetError } from "../errors.js";
import { plainText, safe } from "../safe-text.js";
import type { RightLevel, RoomView } from "../state/model.js";
import { RIGHT_LEVELS, RIGHT_NAMES, whoMay } from "../state/room-words.js";
import type { CommandContext } from "./context.js";
import { defineCommand, type Wish } from "./define.js";
import { roomPage } from "./room-page.js";
import { askToRenew } from "./room-renew.js";

export const room = defineCommand<CommandContext>()({
  name: "room",
  group: "rooms",
  summary: "What is known about this room; and to run it",
  details:
    "`/room renew` goes on in a new room with new keys, without those removed. `/room repair` opens a room that stopped " +
    "anew and compares it with the others'; nothing is deleted. `/room rights` says who may do what, `/room rights invite moderators` changes it.",
  args: [
    { name: "what", type: "choice", choices: ["rights", "renew", "repair"], optional: true },
    { name: "right", type: "choice", choices: RIGHT_NAMES, shown: "right", optional: true },
    { name: "level", type: "choice", choices: RIGHT_LEVELS, shown: "who", optional: true },
  ],
  async run(context, { what, right, level }) {
    const here = context.here();
    if (right !== null && what !== "rights") {
      throw new KeetError("user", "USAGE", `/room ${what} takes nothing after it`, { hint: `/room ${what}` });
    }
    if (what === "renew") return askToRenew(context, here);
    if (what === "repair") return await repair(context, here);
    if (what === "rights") return right === null ? rightsPage(here) : await setRight(context, here, right, level);
    return { show: "page", page: roomPage(await context.roomDetail(here.id), context.now()) };
  },
});

async function repair(context: CommandContext, here: RoomView): Promise<Wish> {
  const { done, room: repaired } = await context.running.repair(here.id);
  const isWell = repaired.state === "open";
  return {
    show: "page",
    page: {
      title: safe`Repaired ${repaired.name}`,
      rows: [
        ...done.map((text) => ({ text })),
        isWell
          ? { text: plainText("The room works again.") }
          : { text: safe`The room is ${repaired.state} still: ${repaired.reason ?? ""}`, isWarning: true },
      ],
    },
  };
}

function rightsPage(here: RoomView): Wish {
  const { post, invite, share, call } = here.rights;
  return {
    show: "page",
    page: {
      title: safe`Who may do what in ${here.name}`,
      rows: [
        { label: plainText("post"), text: safe`write: ${whoMay(post)}` },
        { label: plainText("invite"), text: safe`let people in: ${whoMay(invite)}` },
        { label: plainText("share"), text: safe`share files: ${whoMay(share)}` },
        { label: plainText("call"), text: safe`call: ${whoMay(call)}` },
        { text: plainText("An owner changes them: /room rights post moderators. /role says what each role may do.") },
      ],
    },
  };
}

async function setRight(context: CommandContext, here: RoomView, right: string, level: string | null): Promise<Wish> {
  const name = RIGHT_NAMES.find((one) => one === right)!;
  if (level === null) {
    const hint = `/room rights ${name} ${RIGHT_LEVELS.join("|")}`;
    return { notice: `${name}: ${whoMay(here.rights[name])}.`, hint };
  }
  const changed = await context.running.set(here.id, { [name]: level as RightLevel });
  return { notice: `${name}: ${whoMay(changed.rights[name])}.` };
}
