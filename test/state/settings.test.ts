import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { keptFile } from "../../src/config.js";
import { SETTINGS, type SettingSpec, Settings } from "../../src/state/settings.js";

const fileIn = (folder: string) => keptFile(join(folder, "config", "default.json"), { isPrivate: false });

t.test("the table is sound", (t) => {
  t.equal(new Set(SETTINGS.map(({ name }) => name)).size, SETTINGS.length, "names are unique");
  for (const { name, values, help, isFolder, isSize, isFree } of SETTINGS as readonly SettingSpec[]) {
    t.match(name, /^[a-z]+$/);
    t.ok(
      (values.length > 1 || isFree || isFolder || isSize) && new Set(values).size === values.length,
      `${name} can be two things`,
    );
    t.ok(help.length < 60, `${name} is explained in under 60 characters`);
  }
  t.end();
});

t.test("what is set holds at once, and at the next start", (t) => {
  const file = fileIn(t.testdir());
  const settings = new Settings(file);
  t.equal(settings.get("theme"), "auto");
  settings.set("THEME", "Light");
  t.equal(settings.get("theme"), "light");
  t.equal(new Settings(file).get("theme"), "light");
  t.equal(new Settings(file).get("bell"), "on", "the others are as they were");
  t.equal(statSync(file.path).mode & 0o777, 0o600);
  t.end();
});

t.test("a size is a size, and 0 is none", (t) => {
  const settings = new Settings();
  t.equal(settings.get("autoget"), "off", "nothing comes by itself unless somebody says so");
  for (const [written, kept] of [
    ["10MB", "10MB"],
    ["10 mb", "10MB"],
    ["1.5g", "1.5G"],
    ["500000", "500000"],
    ["0", "off"],
    ["0 KB", "off"],
    ["OFF", "off"],
  ] as const) {
    settings.set("autoget", written);
    t.equal(settings.get("autoget"), kept, written);
  }
  for (const wrong of ["much", "-5", "10 apples", "1e9", "9".repeat(20), "5MBB", ""]) {
    const hint = "It can be off, or a size such as 10MB.";
    t.throws(() => settings.set("autoget", wrong), { code: "NO_SUCH_VALUE", hint }, wrong);
  }
  const file = fileIn(t.testdir());
  file.write('{"autoget": "everything"}');
  t.equal(new Settings(file).get("autoget"), "off", "what is no size in the file counts as not set");
  t.end();
});

t.test("turning goes through all there is to choose, and round", (t) => {
  const settings = new Settings(null, { more: { theme: () => ["mine"] } });
  const turned = Array.from({ length: 4 }, () => settings.turn(settings.named("theme")));
  t.same(turned, ["dark", "light", "mine", "auto"]);
  t.equal(settings.turn(settings.named("bell")), "off");
  t.end();
});

t.test("what can be anything is kept as it was written", (t) => {
  const file = fileIn(t.testdir());
  const specs = [...SETTINGS, { name: "folder", values: ["files"], isFree: true, help: "Where files go" }];
  const settings = new Settings(file, { specs });
  t.equal(settings.valueOf(settings.named("folder")), "files");
  settings.set("folder", "Ünter two words");
  const again = new Settings(file, { specs });
  t.equal(again.valueOf(again.named("folder")), "Ünter two words");
  t.end();
});

t.test("what another screen or a newer version has set stays", (t) => {
  const file = fileIn(t.testdir());
  const [one, other] = [new Settings(file), new Settings(file)];
  one.set("bell", "off");
  other.set("theme", "dark");
  file.write(JSON.stringify({ ...JSON.parse(file.read()!), wallpaper: "tiles", typing: "sometimes" }));
  one.set("title", "off");
  t.match(JSON.parse(file.read()!), {
    bell: "off",
    theme: "dark",
    title: "off",
    wallpaper: "tiles",
    typing: "sometimes",
  });
  t.equal(new Settings(file).get("typing"), "on", "a value nobody knows counts as not set");
  t.end();
});

t.test("C43 an empty or broken file is named, never replaced", (t) => {
  for (const content of ["", "{", "null", "[]", '"dark"', "\u0000"]) {
    const file = fileIn(t.testdir({ config: {} }));
    writeFileSync(file.path, content);
    const settings = new Settings(file);
    t.match(settings.problem, { code: "SETTINGS_UNREADABLE", hint: /Mend it or move it away/ });
    t.match(settings.problem?.message, file.path);
    t.equal(settings.get("theme"), "auto", "all is as if nothing were set");
    t.throws(() => settings.set("theme", "dark"), { code: "SETTINGS_UNREADABLE" });
    t.equal(settings.get("theme"), "auto");
    t.equal(readFileSync(file.path, "utf8"), content);
  }
  t.end();
});

t.test("a disk that takes nothing changes nothing", (t) => {
  const folder = t.testdir({ config: "a file where the folder should be" });
  const settings = new Settings({ ...fileIn(folder), read: () => null });
  t.throws(() => settings.set("theme", "dark"), { code: "STORE_UNUSABLE" });
  t.equal(settings.get("theme"), "auto");
  t.end();
});

t.test("a link into somebody's folder of settings stays a link", (t) => {
  const folder = t.testdir({ dotfiles: { "keet-tui.json": '{"theme":"dark"}' }, config: {} });
  const file = fileIn(folder);
  symlinkSync(join(folder, "dotfiles", "keet-tui.json"), file.path);
  const settings = new Settings(file);
  settings.set("bell", "off");
  t.same(JSON.parse(readFileSync(join(folder, "dotfiles", "keet-tui.json"), "utf8")), { theme: "dark", bell: "off" });
  t.end();
});

t.test("what cannot be set says what can", (t) => {
  const settings = new Settings();
  t.throws(() => settings.set("colour", "on"), { code: "NO_SUCH_SETTING", hint: /There are: theme, color/ });
  t.throws(() => settings.set("theme", "pink"), { code: "NO_SUCH_VALUE", hint: "It can be auto, dark or light." });
  t.end();
});

t.test("a level is a number of dB that a voice can have", (t) => {
  const settings = new Settings();
  for (const [written, kept] of [
    ["-45", "-45"],
    ["-45 dB", "-45"],
    ["auto", "auto"],
  ]) {
    settings.set("threshold", written!);
    t.equal(settings.get("threshold"), kept);
  }
  for (const wrong of ["45", "-5", "-99", "loud"]) {
    t.throws(() => settings.set("threshold", wrong), { code: "NO_SUCH_VALUE", hint: /dB from -80 to -10/ });
  }
  t.throws(() => settings.set("mic", "a\nb"), { code: "NO_SUCH_VALUE" });
  t.end();
});
