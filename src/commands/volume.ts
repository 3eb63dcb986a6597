import { KeetError } from "../errors.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";
import { memberNamed } from "./named.js";

export const volume = defineCommand<CommandContext>()({
  name: "volume",
  group: "calls",
  summary: "How loud you hear somebody in the call",
  details: "In percent: 100 is as it comes, 0 is silence, 200 is the most. For this call, and for you alone.",
  args: [
    { name: "who", type: "caller" },
    { name: "percent", type: "text", shown: "0-200" },
  ],
  run({ calls }, { who, percent }) {
    const people = calls.own.getSnapshot()?.people;
    if (!people) {
      throw new KeetError("user", "NO_CALL", "You are in no call", {
        hint: "/call begins one, or comes into the one here.",
      });
    }
    if (!/^\d{1,3} ?%?$/.test(percent)) {
      throw new KeetError("user", "USAGE", `${percent} is no volume`, {
        hint: "/volume alice 150: percent, from 0 to 200",
      });
    }
    const each = [...new Map(people.map((one) => [one.id, one])).values()];
    const person = memberNamed(who, each, "one in this call");
    const loudness = Number.parseInt(percent, 10);
    calls.setVolume(person, loudness);
    return { notice: `You hear ${person.name} at ${loudness} % now.` };
  },
});
