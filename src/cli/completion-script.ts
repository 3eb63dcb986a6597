import { basename } from "node:path";
import { KeetError } from "../errors.js";
import { isShell, SCRIPTS, SHELLS } from "./completion-shells.js";
import { defineCliCommand } from "./define.js";
import { printRaw } from "./output.js";

export const completionScript = defineCliCommand({
  path: ["completion"],
  summary: "Print the script by which a shell completes keet-tui at Tab",
  details:
    "It completes commands, options and their choices, and rooms while the background part runs: by name, or by id where a name could be misread.",
  positionals: [{ name: "shell", describe: "Which one (default: by SHELL)", optional: true, choices: SHELLS }],
  examples: [
    ["keet-tui completion bash >> ~/.bashrc", "then open a new shell"],
    ["keet-tui completion zsh >> ~/.zshrc", "the same for zsh"],
    ["keet-tui completion fish > ~/.config/fish/completions/keet-tui.fish", "and for fish"],
  ],
  async run(_shot, args) {
    const shell = args.optionalText("shell") ?? basename(process.env.SHELL ?? "");
    if (!isShell(shell)) {
      throw new KeetError("user", "USAGE", "SHELL names none of bash, zsh and fish", {
        hint: "Say which: keet-tui completion bash",
      });
    }
    printRaw(SCRIPTS[shell]);
    return 0;
  },
});
