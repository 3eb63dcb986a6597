import t from "tap";
import { optionKeyAdvice } from "../../src/cli/option-key.js";

t.test("on a Mac the terminal's setting is named, and elsewhere nothing", async (t) => {
  t.match(optionKeyAdvice("darwin", { TERM_PROGRAM: "Apple_Terminal" }), "Use Option as Meta Key");
  t.match(optionKeyAdvice("darwin", { TERM_PROGRAM: "iTerm.app" }), "Esc+");
  t.match(optionKeyAdvice("darwin", { TERM: "xterm-kitty" }), "macos_option_as_alt");
  t.match(optionKeyAdvice("darwin", {}), 'makes Option "Meta"');
  for (const platform of ["linux", "win32"] as const) t.equal(optionKeyAdvice(platform, {}), null);
});
