import { KeetError } from "../errors.js";
import { defineCliCommand } from "./define.js";
import { talk } from "./output.js";

export const demo = defineCliCommand({
  path: ["demo"],
  summary: "Try it alone: an echo friend on this machine answers",
  examples: [["keet-tui demo", "on a terminal the screen; else a fixed talk that checks itself"]],
  async run(shot) {
    const page = new URL("../demo/main.js", import.meta.url).href;
    let runDemo: (options: object) => Promise<number>;
    try {
      ({ runDemo } = await import(page));
    } catch (cause) {
      throw new KeetError("user", "NOT_SUPPORTED_YET", "The echo friend is not part of this build", { cause });
    }
    return runDemo({ paths: shot.paths, globals: shot.globals, talk });
  },
});
