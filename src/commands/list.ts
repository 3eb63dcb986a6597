import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const list = defineCommand<CommandContext>()({
  name: "list",
  group: "rooms",
  summary: "All rooms, to choose one",
  args: [],
  run: () => ({ show: "go-to" }),
});
