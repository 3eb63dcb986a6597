import { safeName } from "../safe-text.js";
import { defineCliCommand, type OptionSpec } from "./define.js";
import { PERSON_ARGUMENT } from "./find-person.js";
import { personIn } from "./msg.js";
import type { OneShot } from "./one-shot.js";
import { printJson, printTable, talk } from "./output.js";
import { personJson } from "./shapes.js";

const ROOM_OPTION: OptionSpec = {
  type: "text",
  describe: "The room you know them from, where a name alone is not clear",
};

export const block = defineCliCommand({
  path: ["block"],
  summary: "Hide all that a person writes, everywhere; without one, whom you have blocked",
  details:
    "For you alone: the others go on seeing them, and they are not told. In rooms they can still read what you write.",
  positionals: [{ ...PERSON_ARGUMENT, optional: true }],
  options: { room: ROOM_OPTION },
  examples: [
    ["keet-tui block eve", "unblock takes it back"],
    ["keet-tui block --json", "whom you have blocked"],
  ],
  async run(shot, args) {
    const said = args.optionalText("person");
    return said === null ? list(shot) : put(shot, said, args.option("room"), true);
  },
});

export const unblock = defineCliCommand({
  path: ["unblock"],
  summary: "Show again what a person writes",
  details: "Also what they wrote meanwhile.",
  positionals: [PERSON_ARGUMENT],
  options: { room: ROOM_OPTION },
  examples: [["keet-tui unblock eve", "as before"]],
  run: (shot, args) => put(shot, args.text("person"), args.option("room"), false),
});

async function put(shot: OneShot, said: string, room: string | null, blocked: boolean): Promise<number> {
  const core = await shot.person();
  const person = await core.request("person.block", { ...(await personIn(core, said, room)), blocked });
  if (shot.globals.json) printJson({ ...personJson(person), blocked });
  else {
    const name = safeName(person.name);
    talk(blocked ? `You see nothing of ${name} any more.` : `You see what ${name} writes again.`);
  }
  return 0;
}

async function list(shot: OneShot): Promise<number> {
  const core = await shot.person();
  const people = await core.request("person.blocked", {});
  if (shot.globals.json) printJson(people.map(personJson));
  else {
    await printTable(people.map(({ id, name }) => [name, id.slice(0, 16)]));
    if (people.length === 0) talk("Nobody is blocked.");
  }
  return 0;
}
