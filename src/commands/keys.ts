import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const keys = defineCommand<CommandContext>()({
  name: "keys",
  group: "program",
  summary: "Every key",
  args: [],
  run: () => ({ show: "keys" }),
});
