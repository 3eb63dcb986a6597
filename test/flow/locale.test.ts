// C33: ssh often brings no locale along, and a terminal is UTF-8 all the same.
import t from "tap";
import { Desk, KEY, sees, until } from "./desks.js";

t.setTimeout(110_000);

const TEXT = "Grüße 幅 👍";
const NONE = { LANG: undefined, LC_ALL: undefined, LC_CTYPE: undefined };

for (const [what, env] of [
  ["none at all", NONE],
  ["C", { ...NONE, LANG: "C", LC_ALL: "C" }],
  ["one that is not installed", { ...NONE, LC_ALL: "de_DE.UTF-8" }],
  ["another character set, which is said", { ...NONE, LC_ALL: "de_DE.ISO-8859-1" }],
] as const) {
  t.test(`typed and shown as UTF-8 with a locale of ${what}`, async (t) => {
    const one = new Desk(t);
    await one.json(["room", "create", "tea"]);
    const pty = one.open([], { env });
    await pty.waitFor("made this room");
    if (what.startsWith("another")) {
      await sees(t, pty, "Your locale names ISO-8859-1", "said in one line");
    } else t.notOk(pty.screen().join().includes("Your locale"));
    // In one read, as an input method sends it, and its bytes cut apart.
    const bytes = Buffer.from(TEXT);
    for (const byte of bytes.subarray(0, 8)) pty.write(Buffer.from([byte]));
    pty.write(bytes.subarray(8));
    await sees(t, pty, `> ${TEXT}`, "on the line");
    pty.write(KEY.enter);
    await until(async () => (await one.run(["tail", "tea"])).stdout.includes(TEXT));
    await sees(
      t,
      pty,
      (screen) => screen.text().some((row) => row.includes(TEXT) && !row.includes(">")),
      "in the talk",
    );
  });
}
