// Files over the command line, between two people with real cores.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import crypto from "hypercore-crypto";
import t from "tap";
import { filePeople } from "./file-people.js";

t.setTimeout(58_000);

const MIB = 2 ** 20;

t.test("files between two people", async (t) => {
  const { maya, bob, folder, write } = await filePeople(t);

  await t.test("sent, listed, shown, fetched, printed, forgotten", async (t) => {
    const content = crypto.randomBytes(MIB + 5);
    const sent = await maya.run("file", "send", "tea", write("tea.bin", content));
    t.match(sent, { code: 0, stdout: /^[0-9a-f]{32}\n$/, stderr: "" });
    const id = sent.stdout.trim();
    await bob.knows("tea.bin");
    t.match(await bob.json("file", "list", "tea"), [{ id, type: "file", file: { name: "tea.bin", bytes: MIB + 5 } }]);
    t.match((await bob.run("file", "list", "tea")).stdout, /^[0-9a-f]{8}\ttea\.bin\t1\.0 MB\tnot fetched\tmaya\n$/);
    const [here, there] = await Promise.all([
      bob.json("file", "show", "tea", "tea.bin"),
      maya.json("file", "show", "tea", id.slice(0, 6)),
    ]);
    t.match(here, { id, key: /^[0-9a-f]{64}$/, blobs: /^[0-9a-f]{64}$/, encryptionKey: /^[0-9a-f]{64}$/ });
    t.same([there.key, there.encryptionKey], [here.key, here.encryptionKey]);

    const { code, stdout, stderr } = await bob.run("file", "get", "tea", "tea.bin", "--json");
    t.equal(code, 0, stderr);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const path = join(bob.downloads, "tea.bin");
    t.same(lines.at(-1), { path, bytes: MIB + 5 });
    for (const { progress } of lines.slice(0, -1)) t.match(progress, { state: String, bytes: Number, of: MIB + 5 });
    t.ok(readFileSync(path).equals(content));
    t.match((await bob.run("file", "list", "tea")).stdout, /\there\tmaya\n$/);
    t.match((await maya.run("file", "list", "tea")).stdout, /\tshared from here\tmaya\n$/);
    t.ok((await bob.bytesOf("tea.bin")).equals(content), "to standard output, what is here");
    t.ok((await maya.bytesOf("tea.bin")).equals(content), "and what one shared oneself");
    t.equal((await bob.run("file", "cancel", "tea", "tea.bin")).code, 0);
    t.ok(readFileSync(path).equals(content), "what is whole stays");
    t.match(await bob.run("file", "get", "tea", "nothing"), { code: 1, stdout: "", stderr: /no file "nothing"/ });
  });

  await t.test("a folder is listed, and got in part", async (t) => {
    const trip = join(folder, "trip");
    const files: { [path: string]: Buffer } = {
      "map.txt": Buffer.from("a map"),
      "one/a.bin": crypto.randomBytes(MIB),
      "one/notes/b.txt": Buffer.from("bb"),
    };
    for (const [path, bytes] of Object.entries(files)) {
      mkdirSync(join(trip, path, ".."), { recursive: true });
      writeFileSync(join(trip, path), bytes);
    }
    await maya.run("file", "send", "tea", trip);
    await bob.knows("trip");
    const lines = (await bob.run("file", "list", "tea", "trip")).stdout.trim().split("\n").sort();
    t.same(lines, ["trip/map.txt\t5 bytes", "trip/one/a.bin\t1.0 MB", "trip/one/notes/b.txt\t2 bytes"]);
    t.same((await bob.json("file", "list", "tea", "trip/one/notes/")) as unknown, [
      { path: "trip/one/notes/b.txt", bytes: 2 },
    ]);
    t.match((await bob.run("file", "list", "tea")).stdout, /\ttrip\/\t1\.0 MB\tnot fetched\t/);
    const got = await bob.run("file", "get", "tea", "trip/one/notes");
    t.match(got, { code: 0, stdout: `${join(bob.downloads, "notes")}\n` });
    t.equal(readFileSync(join(bob.downloads, "notes/b.txt"), "utf8"), "bb");
    t.ok((await bob.bytesOf("trip/one/a.bin")).equals(files["one/a.bin"]!), "one file of it to standard output");
    t.match(await bob.run("file", "get", "tea", "trip/one", "-"), { code: 2, stdout: "", stderr: /is a folder/ });
    t.match(await bob.run("file", "get", "tea", "trip/two"), { code: 1, stderr: /no "two" in "trip"\.\n.*file list/ });
    t.match(await bob.run("file", "get", "tea", "tea.bin/x"), { code: 1, stderr: /no "x" in "tea\.bin"/ });
    t.equal((await bob.run("file", "get", "tea", "trip")).code, 0);
    t.equal(readFileSync(join(bob.downloads, "trip/map.txt"), "utf8"), "a map");
    t.match(await bob.run("file", "get", "tea", "trip/map.txt"), {
      stdout: `${join(bob.downloads, "trip/map.txt")}\n`,
    });
    t.equal((await bob.bytesOf("trip/map.txt")).toString(), "a map");
  });

  await t.test("C22: what is no plain file is named and left out, or refused at once", async (t) => {
    const d = join(folder, "d");
    mkdirSync(d);
    writeFileSync(join(d, "a"), "x\n");
    spawnSync("mkfifo", [join(d, "p")]);
    symlinkSync("/etc/hostname", join(d, "l"));
    const socket = createServer().listen(join(d, "s"));
    t.teardown(() => socket.close());
    const sent = await maya.run("file", "send", "tea", d);
    t.equal(sent.code, 0, sent.stderr);
    t.same(sent.stderr.trim().split("\n"), [
      "left out: l (it is a link)",
      "left out: p (it is a pipe)",
      "left out: s (it is a socket)",
    ]);
    for (const odd of [join(d, "p"), join(d, "s"), "/dev/zero"]) {
      const begin = performance.now();
      const asked = maya.core.request("file.send", { room: "tea", paths: [odd] });
      await t.rejects(asked, { code: "NOT_A_FILE" });
      t.ok(performance.now() - begin < 1_000, odd);
    }
    t.match(await maya.run("file", "send", "tea", "/dev/zero"), {
      code: 1,
      stdout: "",
      stderr: /\/dev\/zero cannot be shared: it is a device\nOnly files and folders/,
    });
    await bob.knows("d");
    t.match(await bob.run("file", "get", "tea", "d", "-"), { code: 2, stdout: "", stderr: /is a folder/ });
    t.equal(await bob.transfer("d"), null, "and is not begun");
    t.match(await bob.run("file", "get", "tea", "d"), { code: 0, stdout: `${join(bob.downloads, "d")}\n` });
    t.same(readdirSync(join(bob.downloads, "d")), ["a"]);
  });

  await t.test("C23: what is there already is never touched", async (t) => {
    const old = crypto.randomBytes(20 * MIB);
    const path = join(bob.downloads, "potato");
    writeFileSync(path, old);
    const before = statSync(path);
    const content = crypto.randomBytes(MIB);
    await maya.run("file", "send", "tea", write("potato", content));
    await bob.knows("potato");
    for (const name of ["potato (1)", "potato (2)"]) {
      const got = await bob.run("file", "get", "tea", "potato");
      t.match(got, { code: 0, stdout: `${join(bob.downloads, name)}\n` }, got.stderr);
      t.ok(readFileSync(join(bob.downloads, name)).equals(content), name);
    }
    const refused = await bob.run("file", "get", "tea", "potato", path);
    t.match(refused, { code: 1, stdout: "", stderr: /is there already; nothing was written/ });
    const named = join(folder, "mine");
    t.match(await bob.run("file", "get", "tea", "potato", named), { code: 0, stdout: `${named}\n` });
    t.ok(readFileSync(named).equals(content), "a new path is where it goes, though it is here already");
    const { ino, mtimeMs } = statSync(path);
    t.same([ino, mtimeMs], [before.ino, before.mtimeMs]);
    t.ok(readFileSync(path).equals(old));
    t.same(
      readdirSync(bob.downloads).filter((name) => /potato|^\./.test(name)),
      ["potato", "potato (1)", "potato (2)"],
    );
    t.same(
      readdirSync(folder).filter((name) => name.startsWith(".")),
      [],
    );
  });

  await t.test("C25: long names arrive as they are", async (t) => {
    for (const name of [`${"堡".repeat(83)}.txt`, `${"a".repeat(251)}.txt`]) {
      await maya.core.request("file.send", { room: "tea", paths: [write(name, name)] });
      await bob.knows(name);
      const got = await bob.run("file", "get", "tea", name);
      t.match(got, { code: 0, stdout: `${join(bob.downloads, name)}\n` }, got.stderr);
      t.equal(readFileSync(join(bob.downloads, name), "utf8"), name);
    }
  });
});
