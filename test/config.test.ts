import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import t from "tap";
import { checkProfileName, privateFolder, replaceFile, resolvePaths } from "../src/config.js";

const uid = process.getuid?.();
const linux = (env: NodeJS.ProcessEnv, more: { home?: string; profile?: string } = {}) =>
  resolvePaths({ env, platform: "linux", ...more });

t.test("folders are those of the XDG specification, one below another by profile", async (t) => {
  const run = t.testdir();
  const paths = linux({
    HOME: "/home/ann",
    XDG_DATA_HOME: "/data",
    XDG_CONFIG_HOME: "not/absolute",
    XDG_RUNTIME_DIR: run,
  });
  t.equal(paths.data, "/data/keet-tui/default");
  t.equal(paths.config, "/home/ann/.config/keet-tui", "a path that is not absolute is as if it were not set");
  t.equal(paths.cache, "/home/ann/.cache/keet-tui");
});

t.test("--home replaces them all, and wins over the environment", async (t) => {
  const env = { HOME: "/home/ann", XDG_DATA_HOME: "/data", KEET_TUI_HOME: "/other", KEET_TUI_PROFILE: "work" };
  const paths = linux(env, { home: "/h" });
  t.match(paths, { data: "/h/data/work", config: "/h/config", cache: "/h/cache", socket: "/h/run/work.sock" });
  t.equal(linux(env).data, "/other/data/work");
  t.equal(linux(env, { profile: "play" }).profile, "play");
});

t.test("without HOME the system says whose folders they are", async (t) => {
  t.equal(linux({}).data, join(userInfo().homedir, ".local/share/keet-tui/default"));
});

t.test("a profile's name is a safe file name", async (t) => {
  for (const name of ["default", "a", "a.b-c_9", "x".repeat(64)]) t.equal(checkProfileName(name), name);
  for (const name of [".hidden", "..", "a/b", "Ann", "ä", "x".repeat(65), "a b", "a\n"]) {
    t.throws(() => checkProfileName(name), { code: "USAGE" }, JSON.stringify(name));
  }
});

t.test("C40: a socket's path never goes over 100 bytes, and two homes never share one", async (t) => {
  const deep = `/${"d".repeat(99)}`;
  const one = linux({ HOME: "/x" }, { home: `${deep}a` });
  const two = linux({ HOME: "/x" }, { home: `${deep}b` });
  t.match(one.socket, new RegExp(`^/tmp/keet-tui-${uid}/[0-9a-f]{16}\\.sock$`));
  t.not(one.socket, two.socket);
  t.equal(linux({ HOME: "/x" }, { home: `${deep}a` }).socket, one.socket, "found by both sides alike");
  const fits = linux({ HOME: "/x" }, { home: `/${"d".repeat(82)}` }).socket;
  t.equal(Buffer.byteLength(fits), 100);
  t.match(fits, /\/run\/default\.sock$/);
  t.match(linux({ HOME: "/x" }, { home: `/${"d".repeat(83)}` }).socket, /^\/tmp\//);
});

t.test("C42: a runtime folder that is unset or gone gives the short place", async (t) => {
  const here = t.testdir();
  t.equal(linux({ HOME: "/x", XDG_RUNTIME_DIR: "/run/user/gone-now" }).socket, linux({ HOME: "/x" }).socket);
  const there = linux({ HOME: "/x", XDG_RUNTIME_DIR: here }).socket;
  if (Buffer.byteLength(join(here, "keet-tui/default.sock")) <= 100)
    t.equal(there, join(here, "keet-tui/default.sock"));
  t.match(
    resolvePaths({ env: { HOME: "/x", LOCALAPPDATA: "C:\\l" }, platform: "win32" }).socket,
    /^\\\\\.\\pipe\\keet-tui-/,
  );
});

t.test("a folder of ours is made closed, and one that is open is refused with what mends it", async (t) => {
  const dir = t.testdir({ open: {}, file: "x" });
  privateFolder(join(dir, "new/er"));
  t.equal(statSync(join(dir, "new/er")).mode & 0o777, 0o700);
  chmodSync(join(dir, "open"), 0o750);
  t.throws(() => privateFolder(join(dir, "open")), { code: "FOLDER_NOT_PRIVATE", hint: /chmod 700/ });
  chmodSync(join(dir, "open"), 0o700);
  privateFolder(join(dir, "open"));
  symlinkSync(join(dir, "open"), join(dir, "link"));
  privateFolder(join(dir, "link"));
  t.throws(() => privateFolder(join(dir, "link"), { link: false }), { code: "FOLDER_NOT_PRIVATE" });
  t.throws(() => privateFolder(join(dir, "file/below")), { code: "STORE_UNUSABLE" });
  if (process.platform === "linux") t.throws(() => privateFolder("/proc/tea/cup"), { code: "STORE_UNUSABLE" });
});

t.test("a file is replaced in one step: what fails leaves the old one and no litter", async (t) => {
  const dir = t.testdir({ kept: "old" });
  replaceFile(join(dir, "kept"), "new");
  t.equal(readFileSync(join(dir, "kept"), "utf8"), "new");
  t.equal(statSync(join(dir, "kept")).mode & 0o777, 0o600);
  mkdirSync(join(dir, "busy"));
  writeFileSync(join(dir, "busy/x"), "");
  t.throws(() => replaceFile(join(dir, "busy"), "never"), { code: "STORE_UNUSABLE" });
  t.same(readdirSync(dir).sort(), ["busy", "kept"]);
});
