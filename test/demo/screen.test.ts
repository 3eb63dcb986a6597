import t from "tap";
import { BIN } from "../helpers/program.js";
import { openPty } from "../helpers/pty.js";
import { NEARBY, temporaryFolder } from "./surroundings.js";

t.test("on a terminal: the screen, and somebody who answers", { skip: process.platform !== "linux" }, async (t) => {
  const { env, folder, empty } = temporaryFolder(t);
  const pty = openPty(process.execPath, [BIN, ...NEARBY, "demo"], { env: { ...env, HOME: folder } });
  t.teardown(() => pty.kill());
  await pty.waitFor("I am the echo friend");
  for (const key of "hello you") pty.write(key);
  await pty.waitFor("> hello you");
  pty.write("\r");
  await pty.waitFor("I hear you");
  await pty.waitFor("✓✓");
  pty.write("\x03");
  await pty.waitFor("Quit?");
  pty.write("\r");
  t.match(await pty.exited, { exitCode: 0 });
  t.match(pty.screen().join("\n"), "nothing of it is left");
  await empty();
});
