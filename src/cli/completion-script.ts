import yargs from "yargs";
import { defineCliCommand } from "./define.js";

export const completionScript = defineCliCommand({
  path: ["completion"],
  summary: "Print a completion script for bash or zsh, by SHELL",
  examples: [
    ["keet-tui completion >> ~/.bashrc", "then open a new shell"],
    ["SHELL=zsh keet-tui completion", "the one for zsh"],
  ],
  async run() {
    yargs([]).scriptName("keet-tui").showCompletionScript();
    return 0;
  },
});
