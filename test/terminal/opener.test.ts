import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { openPath } from "../../src/terminal/opener.js";
import { shortFolder, until } from "../helpers/program.js";

const onUnix = { skip: process.platform === "win32" && "its openers are shell scripts" };

/** A program of that name, in the one folder where programs are looked for. */
function opener(t: Test, name: string, script: string) {
  const folder = shortFolder(t);
  const log = join(folder, "log");
  writeFileSync(join(folder, name), `#!/bin/sh\n${script.replaceAll("LOG", log)}\n`);
  chmodSync(join(folder, name), 0o700);
  return { env: { PATH: folder }, said: () => (existsSync(log) ? readFileSync(log, "utf8") : "") };
}

t.test("the path comes as one word, whatever is in it", onUnix, async (t) => {
  const { env, said } = opener(t, "xdg-open", 'printf \'%s|\' "$#" "$@" >> LOG');
  for (const name of ["tea.pdf", "a b; rm -rf ~", "$(id)`id`", "-n", "a\nb", 'it\'s "tea" & more', "%00.txt"]) {
    await openPath(`/srv/${name}`, { env, platform: "linux" });
  }
  t.same(said().split("|").slice(0, -1), [
    ...["1", "/srv/tea.pdf", "1", "/srv/a b; rm -rf ~", "1", "/srv/$(id)`id`", "1", "/srv/-n", "1", "/srv/a\nb"],
    ...["1", '/srv/it\'s "tea" & more', "1", "/srv/%00.txt"],
  ]);
});

t.test("each system has its own, and what Explorer says of itself means nothing", onUnix, async (t) => {
  for (const [platform, name] of [
    ["linux", "xdg-open"],
    ["freebsd", "xdg-open"],
    ["darwin", "open"],
    ["win32", "explorer.exe"],
  ] as const) {
    const { env, said } = opener(t, name, `echo "$1" > LOG; exit ${platform === "win32" ? 1 : 0}`);
    await openPath("/srv/tea.pdf", { env, platform });
    t.equal(said(), "/srv/tea.pdf\n", platform);
  }
});

t.test("where it cannot be opened the error says why and where the file is", onUnix, async (t) => {
  const { env } = opener(t, "xdg-open", "exit 3");
  await t.rejects(openPath("/srv/tea\x1b[2J.pdf", { env, platform: "linux" }), {
    code: "NO_OPENER",
    message: "It was not opened: xdg-open found no program",
    hint: /^It is \/srv\/tea[^\x1b]*\.pdf$/,
  });
  await t.rejects(openPath("/srv/tea.pdf", { env, platform: "darwin" }), { message: /open is not there/ });
});

t.test("a program that stays open is not waited for, and has neither our terminal nor our end", onUnix, async (t) => {
  const { env, said } = opener(t, "xdg-open", "echo $$ > LOG; exec /bin/sleep 30");
  await openPath("/srv/tea.pdf", { env, platform: "linux" });
  await until(() => said().endsWith("\n"));
  const pid = Number(said());
  t.teardown(() => process.kill(pid, "SIGKILL"));
  if (process.platform !== "linux") return;
  const [, , , , , session] = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/\(.*\)/, "x")
    .split(" ");
  t.equal(Number(session), pid, "a session of its own");
});
