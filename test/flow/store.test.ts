// A store that is in use, damaged, copied, moved, shut or full: one clear sentence, exit 3, and not one byte changed.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { BIN } from "../helpers/program.js";
import { Desk, KEY, NEARBY, until } from "./desks.js";

t.setTimeout(110_000);

const LINUX = { skip: process.platform !== "linux" && "needs /proc" };
const MOUNTS = {
  skip:
    process.platform !== "linux" || spawnSync("unshare", ["-m", "true"]).status !== 0
      ? "needs mounts of its own: run as root, with util-linux's unshare"
      : false,
};
/** What tells how it went: logs of ours and of the database, the lock and its holder. */
const TALK = /(^|\/)(core\.log|screen\.log|lock|owner\.json|core-options\.json|LOG(\.old\.\d+)?|LOCK)$/;

/** Profile with a name, a room and a line in it; its core has closed. */
async function used(t: Test): Promise<Desk> {
  const desk = new Desk(t, join(t.testdir({}), "home"));
  await desk.json(["room", "create", "tea"]);
  await desk.run(["send", "tea", "first"]);
  await desk.run(["daemon", "stop"]);
  return desk;
}

const profileOf = (desk: Desk) => join(desk.home.dir, "data/default");

/** Names, modes and bytes of everything, but for what is talk. */
function treeOf(folder: string, except: RegExp = /^$/): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (TALK.test(entry) || except.test(entry)) continue;
    const path = join(folder, entry);
    const stats = statSync(path);
    const hash = stats.isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 16) : "folder";
    tree[entry] = `${(stats.mode & 0o777).toString(8)} ${hash}`;
  }
  return tree;
}

async function showsWhy(t: Test, desk: Desk, says: RegExp): Promise<void> {
  const json = await desk.run(["room", "list", "--json"]);
  t.equal(json.code, 3);
  t.match(JSON.parse(json.stderr), { error: { code: /^[A-Z_]+$/, message: says } });
  const pty = desk.open();
  await pty.waitFor(/This cannot be opened/, { timeoutMs: 15_000 });
  await pty.waitFor((screen) =>
    says.test(
      screen
        .text()
        .map((line) => line.trim())
        .join(" "),
    ),
  );
  t.match(pty.screen().join("\n"), "Nothing was deleted. Any key closes this.");
  t.notMatch(pty.screen().join("\n"), /^\s+at |node:internal/m);
  t.notMatch(pty.screen().join("\n"), "What should people call you?", "never the first run");
  pty.write(KEY.enter);
  t.match(await pty.exited, { exitCode: 3 });
}

/** The one-shot and the screen say the same, and leave everything as it was. */
async function refuses(
  t: Test,
  desk: Desk,
  says: RegExp,
  { hint = /./, except, looks = true }: { hint?: RegExp; except?: RegExp; looks?: boolean } = {},
): Promise<void> {
  const before = treeOf(desk.home.dir, except);
  const outcome = await desk.run(["room", "list"]);
  t.equal(outcome.code, 3, outcome.stderr);
  t.match(outcome.stderr, says);
  t.match(outcome.stderr.split("\n").slice(1).join("\n"), hint, "and what to do");
  t.notMatch(outcome.stderr, /^\s+at |node:internal|\.js:\d+/m, "no stack");
  t.equal(outcome.stdout, "");
  if (looks) await showsWhy(t, desk, says);
  t.same(treeOf(desk.home.dir, except), before, "nothing on the disk is different");
  t.same(desk.home.cores(), [], "no core is left");
}

t.test("damage: what is broken is named, and mended it works again", LINUX, async (t) => {
  const desk = await used(t);
  const store = join(profileOf(desk), "store");
  const db = join(store, "db");
  const file = (pattern: RegExp) => join(db, readdirSync(db).find((name) => pattern.test(name))!);
  const manifest = file(/^MANIFEST/);
  const garbage = Buffer.from("garbage of a bad disk ".repeat(40));
  const middle = (bytes: Buffer) => {
    const copy = Buffer.from(bytes);
    copy.fill(0xa5, Math.floor(copy.length / 3), Math.floor((copy.length * 2) / 3));
    return copy;
  };
  const damages: [string, string, (bytes: Buffer) => Buffer | string, RegExp][] = [
    ["CURRENT empty", join(db, "CURRENT"), () => "", /store.*(cannot be opened|damaged)/],
    ["CURRENT garbled", join(db, "CURRENT"), () => garbage, /store.*(cannot be opened|damaged)/],
    ["the manifest empty", manifest, () => "", /store.*(cannot be opened|damaged)/],
    ["the manifest garbled", manifest, middle, /store.*(cannot be opened|damaged)/],
    [
      "the manifest half there",
      manifest,
      (bytes) => bytes.subarray(0, bytes.length / 2),
      /store.*(cannot be opened|damaged)/,
    ],
    ["identity empty", join(profileOf(desk), "identity"), () => "", /identity/],
    ["identity garbled", join(profileOf(desk), "identity"), () => garbage, /identity/],
    ["identity of JSON, but none", join(profileOf(desk), "identity"), () => "{}", /identity/],
    [
      "identity half there",
      join(profileOf(desk), "identity"),
      (bytes) => bytes.subarray(0, bytes.length / 2),
      /identity/,
    ],
  ];
  for (const [name, path, damage, says] of damages) {
    await t.test(name, async (t) => {
      const whole = readFileSync(path);
      writeFileSync(path, damage(whole));
      // The database is opened before the identity is looked at, and puts its own files in order.
      const looks = /empty$/.test(name);
      await refuses(t, desk, says, path.endsWith("identity") ? { except: /store\/db/, looks } : { looks });
      writeFileSync(path, whole);
    });
  }
  for (const path of readdirSync(db)
    .filter((name) => name.endsWith(".sst"))
    .map((name) => join(db, name))) {
    await t.test("a table of the database garbled", async (t) => {
      const whole = readFileSync(path);
      writeFileSync(path, middle(whole));
      const before = treeOf(desk.home.dir);
      const outcome = await desk.run(["tail", "tea"]);
      t.equal(outcome.code, 3, outcome.stderr);
      t.notMatch(outcome.stderr, /^\s+at |node:internal|\.js:\d+/m, "no stack");
      await until(() => desk.home.cores().length === 0);
      t.match(treeOf(desk.home.dir), { "data/default/identity": before["data/default/identity"] });
      writeFileSync(path, whole);
    });
  }
  const tail = await desk.run(["tail", "tea"]);
  t.equal(tail.code, 0, tail.stderr);
  t.match(tail.stdout, /: first/, "mended, all of it is there");
  await desk.run(["daemon", "stop"]);

  // What tells a store from its copy knows its own file; a new one with the same bytes would not do.
  for (const content of [garbage, ""]) {
    await t.test(content === "" ? "CORESTORE empty" : "CORESTORE garbled", async (t) => {
      writeFileSync(join(store, "CORESTORE"), content);
      await refuses(t, desk, /store (is a copy of another store|cannot be opened)/, { hint: /24 words/ });
    });
  }
});

t.test("a copy is refused; the folder under another name is not", LINUX, async (t) => {
  const desk = await used(t);
  const copy = new Desk(t, join(dirname(desk.home.dir), "copy"));
  execFileSync("cp", ["-a", desk.home.dir, copy.home.dir]);
  await refuses(t, copy, /is a copy of another store/, { hint: /24 words/ });
  const moved = new Desk(t, join(dirname(desk.home.dir), "moved"));
  renameSync(desk.home.dir, moved.home.dir);
  const tail = await moved.run(["tail", "tea"]);
  t.equal(tail.code, 0, tail.stderr);
  t.match(tail.stdout, /: first/);
});

t.test("one that others may read is refused, with the command that mends it", LINUX, async (t) => {
  const desk = await used(t);
  for (const [path, mode, mend] of [
    [join(profileOf(desk), "store"), 0o750, /chmod (700|-R go=)/],
    [profileOf(desk), 0o755, /chmod 700/],
  ] as const) {
    const was = statSync(path).mode & 0o777;
    chmodSync(path, mode);
    const outcome = await desk.run(["room", "list"]);
    t.equal(outcome.code, 3, outcome.stderr);
    t.match(outcome.stderr, path, "which");
    t.match(outcome.stderr, mend, "and how");
    t.equal(statSync(path).mode & 0o777, mode, "it is not changed by itself");
    const pty = desk.open();
    await pty.waitFor(
      (screen) =>
        mend.test(
          screen
            .text()
            .map((line) => line.trim())
            .join(" "),
        ),
      { timeoutMs: 15_000 },
    );
    pty.write("q");
    t.match(await pty.exited, { exitCode: 3 });
    chmodSync(path, was);
  }
  t.equal((await desk.run(["room", "list"])).code, 0);
});

t.test("a second core on one store leaves the first alone", LINUX, async (t) => {
  const desk = await used(t);
  await desk.run(["daemon", "--detach"]);
  const core = desk.core();
  const second = await desk.run(["daemon"]);
  t.equal(second.code, 3);
  t.match(second.stderr, new RegExp(`Already running \\(process ${core}\\)`));
  // The same store by another way: another home whose profile is a link to this one.
  const other = new Desk(t, join(dirname(desk.home.dir), "other"));
  mkdirSync(join(other.home.dir, "data"), { recursive: true, mode: 0o700 });
  execFileSync("ln", ["-s", profileOf(desk), join(other.home.dir, "data/default")]);
  const listed = await other.json(["room", "list"]);
  t.match(listed, [{ name: "tea" }], "it finds the same core");
  t.same(desk.home.cores(), [core]);
  t.equal((await desk.run(["send", "tea", "second"])).code, 0, "unharmed");
});

t.test("C43: an empty or broken owner record, or none, keeps nobody out", LINUX, async (t) => {
  const desk = await used(t);
  for (const content of ["", "garbage", "{}", '{"host":1}']) {
    writeFileSync(join(profileOf(desk), "owner.json"), content, { mode: 0o600 });
    t.match(await desk.json(["room", "list"]), [{ name: "tea" }], JSON.stringify(content));
    await desk.run(["daemon", "stop"]);
  }
});

/** A shell with mounts of its own, at whose end they are gone. */
function inMounts(script: string) {
  return spawnSync("unshare", ["-m", "--propagation", "private", "sh", "-ec", script], {
    encoding: "utf8",
    timeout: 50_000,
    env: { PATH: process.env.PATH, HOME: "/nonexistent", TERM: "xterm-256color", LANG: "C.UTF-8" },
  });
}

const line = (desk: Desk, ...args: string[]) =>
  [process.execPath, BIN, ...desk.globals, ...args].map((word) => `'${word}'`).join(" ");

t.test("a disk that cannot be written is said to be that", MOUNTS, async (t) => {
  const desk = await used(t);
  const before = treeOf(desk.home.dir);
  const { stdout, stderr } = inMounts(
    `mount --bind '${desk.home.dir}' '${desk.home.dir}'; mount -o remount,bind,ro '${desk.home.dir}'
     ${line(desk, "room", "list")} && echo code=0 || echo code=$?`,
  );
  t.match(stdout, "code=3", stderr);
  t.match(stderr, /cannot be written/);
  t.match(stderr, desk.home.dir);
  t.match(stderr, /--home/, "and what to do");
  t.notMatch(stderr, /^\s+at |EROFS: /m);
  t.same(treeOf(desk.home.dir), before);
});

t.test("C43: a full disk is said to be full; nothing is lost, and with space it goes on", MOUNTS, async (t) => {
  const check = "cat data/default/identity | sha256sum";
  const { stdout, stderr } = inMounts(
    `mkdir -p /tmp/keet-full.$$; trap 'cd /; umount -l /tmp/keet-full.$$; rmdir /tmp/keet-full.$$' EXIT
     mount -t tmpfs -o size=64m,mode=700 none /tmp/keet-full.$$
     cd /tmp/keet-full.$$
     run() { '${process.execPath}' '${BIN}' --home /tmp/keet-full.$$ ${NEARBY.join(" ")} "$@"; }
     run room create tea >/dev/null; run send tea first; run daemon stop
     ${check}
     set +e
     dd if=/dev/zero of=fill bs=1k 2>/dev/null || true
     (run room list; echo full code=$?) 2>&1
     (run send tea second; echo send code=$?) 2>&1
     ${check}
     rm fill
     run daemon stop 2>/dev/null || true
     (run tail tea; echo free code=$?) 2>&1
     run daemon stop
     ${check}`,
  );
  t.match(stdout, /full code=3/, stderr);
  t.match(stdout, /full/i);
  t.match(stdout, /: first\nfree code=0/, "with space it is as it was");
  const hashes = stdout.match(/^[0-9a-f]{64}/gm) ?? [];
  t.equal(hashes.length, 3);
  t.equal(new Set(hashes).size, 1, "the identity is the same byte for byte");
  t.notMatch(stdout, /^\s+at |node:internal/m);
});
