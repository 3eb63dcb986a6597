import { safeName } from "../safe-text.js";
import { type CliCommand, defineCliCommand, type OptionSpec } from "./define.js";
import { PERSON_ARGUMENT } from "./find-person.js";
import { personIn } from "./msg.js";
import { printJson, printTable, talk } from "./output.js";
import { personJson } from "./shapes.js";

const ROOM_OPTION: OptionSpec = {
  type: "text",
  describe: "The room you know them from, where a name alone is not clear",
};

export const block = blocking({
  path: ["block"],
  summary: "Hide all that a person writes, everywhere",
  details:
    "For you alone: the others go on seeing them, and they are not told. In rooms they can still read what you write.",
  examples: [["keet-tui block eve", "unblock takes it back"]],
  isBlocked: true,
});

export const unblock = blocking({
  path: ["unblock"],
  summary: "Show again what a person writes",
  details: "Also what they wrote meanwhile.",
  examples: [["keet-tui unblock eve", "as before"]],
  isBlocked: false,
});

function blocking({
  isBlocked,
  ...texts
}: Pick<CliCommand, "path" | "summary" | "details" | "examples"> & { readonly isBlocked: boolean }): CliCommand {
  return defineCliCommand({
    ...texts,
    positionals: [PERSON_ARGUMENT],
    options: { room: ROOM_OPTION },
    async run(shot, args) {
      const core = await shot.person();
      const asked = await personIn(core, args.text("person"), args.option("room"));
      const person = await core.request("person.block", { ...asked, blocked: isBlocked });
      if (shot.globals.json) printJson({ ...personJson(person), blocked: isBlocked });
      else {
        const name = safeName(person.name);
        talk(isBlocked ? `You see nothing of ${name} any more.` : `You see what ${name} writes again.`);
      }
      return 0;
    },
  });
}

export const blocked = defineCliCommand({
  path: ["blocked"],
  summary: "Whom you have blocked",
  examples: [["keet-tui blocked", "name and id"]],
  async run(shot) {
    const core = await shot.person();
    const people = await core.request("person.blocked", {});
    if (shot.globals.json) printJson(people.map(personJson));
    else {
      await printTable(people.map(({ id, name }) => [name, id.slice(0, 16)]));
      if (people.length === 0) talk("Nobody.");
    }
    return 0;
  },
});
