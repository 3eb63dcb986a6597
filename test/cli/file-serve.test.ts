// A file for players while it comes: real cores, real requests.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { join } from "node:path";
import crypto from "hypercore-crypto";
import t, { type Test } from "tap";
import { type Started, until } from "../helpers/program.js";
import { type FilePerson, filePeople } from "./file-people.js";

t.setTimeout(110_000);

const MIB = 2 ** 20;

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function ask(url: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((done, failed) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk)).on("error", failed);
      response.on("end", () =>
        done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on("error", failed).end();
  });
}

async function serve(t: Test, person: FilePerson, name: string): Promise<{ url: string; started: Started }> {
  const started = person.home.start(["file", "get", "tea", name, "--serve"], { ...person.options, timeoutMs: 100_000 });
  await until(() => started.stdout().endsWith("\n"));
  t.teardown(() => started.child.kill("SIGKILL"));
  return { url: started.stdout().trim(), started };
}

t.test("a file is played while it comes", async (t) => {
  const { maya, bob, write, folder } = await filePeople(t);
  const film = crypto.randomBytes(160 * MIB);
  /** @returns the name as it is told over there */
  const share = async (name: string, content: Uint8Array): Promise<string> => {
    const { message } = await maya.core.request("file.send", { room: "tea", paths: [write(name, content)] });
    return (await bob.knows(message.file!.name)).file!.name;
  };
  await share("film.mkv", film);
  const { url, started } = await serve(t, bob, "film.mkv");

  await t.test("what is asked for comes first, long before all of it is here", async (t) => {
    const at = film.length - 3 * MIB - 7;
    const [end, start] = await Promise.all([
      ask(url, { Range: `bytes=${at}-${at + MIB}` }),
      ask(url, { Range: "bytes=0-99999" }),
    ]);
    const { state, bytes, of } = (await bob.transfer("film.mkv"))!;
    t.match({ state, of }, { state: "fetching", of: film.length });
    t.comment(`the end was here when ${Math.round((100 * bytes) / of)} % were`);
    t.ok(bytes < of, "not all of it was here then");
    t.match(end, { status: 206, headers: { "content-range": `bytes ${at}-${at + MIB}/${film.length}` } });
    t.ok(end.body.equals(film.subarray(at, at + MIB + 1)), "byte for byte");
    t.ok(start.body.equals(film.subarray(0, 100_000)));
  });

  await t.test("all of it, several times at once", async (t) => {
    const all = await Promise.all([ask(url), ask(url), ask(url, { Range: `bytes=${80 * MIB}-` })]);
    t.same(
      all.map(({ status }) => status),
      [200, 200, 206],
    );
    t.ok(all[0].body.equals(film) && all[1].body.equals(film));
    t.ok(all[2].body.equals(film.subarray(80 * MIB)));
    const path = join(bob.downloads, "film.mkv");
    await until(() => started.stderr().includes(`It is here: ${path}`), 20_000);
    t.ok(readFileSync(path).equals(film), "and it stays");
  });

  await t.test("HEAD and ranges, as players know them", async (t) => {
    const head = await ask(url, {}, "HEAD");
    t.match(head, { status: 200, headers: { "content-length": `${film.length}`, "accept-ranges": "bytes" } });
    t.match(head.headers, { "content-type": "video/x-matroska", "x-content-type-options": "nosniff" });
    t.equal(head.body.length, 0);
    t.match(await ask(url, { Range: "bytes=5-9" }, "HEAD"), { status: 206, headers: { "content-length": "5" } });
    const last = await ask(url, { Range: "bytes=-5" });
    t.ok(last.body.equals(film.subarray(-5)));
    const beyond = await ask(url, { Range: `bytes=${film.length}-` });
    t.match(beyond, { status: 416, headers: { "content-range": `bytes */${film.length}` } });
    const tag = String(head.headers.etag);
    t.equal((await ask(url, { Range: "bytes=0-0", "If-Range": tag })).status, 206);
    t.equal((await ask(url, { Range: "bytes=0-0", "If-Range": '"another"' }, "HEAD")).status, 200);
  });

  await t.test("for this machine alone, and for nobody who does not know its path", async (t) => {
    const { port, pathname, host } = new URL(url);
    t.match(pathname, /^\/[0-9a-f]{32}\/file\.mkv$/);
    for (const name of ["evil.example", `evil.example:${port}`, `localhost:${port}`, "127.0.0.1", "127.0.0.1:1"]) {
      t.match(await ask(url, { Host: name }), { status: 403, body: { length: 0 } }, name);
    }
    for (const path of [
      "/",
      pathname.slice(0, 33),
      `${pathname}/`,
      `${pathname}?a`,
      pathname.replace(/\w{4}/, "0000"),
    ]) {
      t.match(await ask(`http://${host}${path}`), { status: 404, body: { length: 0 } }, path);
    }
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      t.match(await ask(url, {}, method), { status: 405, headers: { allow: "GET, HEAD" } }, method);
    }
    t.equal((await ask(url, {}, "HEAD")).headers["access-control-allow-origin"], undefined);
    if (process.platform !== "linux") return;
    const listening = (file: string) =>
      readFileSync(file, "utf8")
        .split("\n")
        .map((line) => line.trim().split(/\s+/))
        .filter(
          ([, local, , state]) => state === "0A" && local?.endsWith(`:${Number(port).toString(16).toUpperCase()}`),
        )
        .map(([, local]) => local?.split(":")[0]);
    t.same([...listening("/proc/net/tcp"), ...listening("/proc/net/tcp6")], ["0100007F"]);
  });

  await t.test("whoever goes away in the middle takes nothing along", async (t) => {
    await new Promise<void>((done) => {
      const asked = request(url, { agent: false }, (response) => {
        response.once("data", () => asked.destroy());
        response.on("error", () => {}).on("close", done);
      });
      asked.on("error", () => {}).end();
    });
    t.equal((await ask(url, { Range: "bytes=0-9" })).status, 206);
  });

  await t.test("Ctrl-C ends it", async (t) => {
    started.child.kill("SIGINT");
    t.match(await started.done, { code: 0 });
    await t.rejects(ask(url), { code: "ECONNREFUSED" });
  });

  await t.test("a name from elsewhere makes no page of a file, nor breaks a line", async (t) => {
    const page = "<script>alert(1)</script>";
    for (const name of ["page.html", "pic.svg", "a\r\nSet-Cookie: x.xml", "empty"]) {
      const content = name === "empty" ? "" : page;
      const told = await share(name, Buffer.from(content));
      const served = await serve(t, bob, told);
      t.match(new URL(served.url).pathname, /^\/[0-9a-f]{32}\/file$/);
      const { status, headers, body } = await ask(served.url);
      t.match({ status, body: body.toString() }, { status: 200, body: content }, name);
      t.match(headers, { "content-type": "application/octet-stream", "content-length": `${content.length}` });
      t.match(headers["content-security-policy"], "sandbox");
      t.equal(headers["set-cookie"], undefined);
      served.started.child.kill("SIGINT");
      await served.started.done;
    }
  });

  await t.test("one file of a shared folder", async (t) => {
    const trip = join(folder, "trip");
    mkdirSync(join(trip, "day1"), { recursive: true });
    writeFileSync(join(trip, "first.txt"), "not this");
    const day = film.subarray(0, 3 * MIB + 5);
    writeFileSync(join(trip, "day1", "sea.mp4"), day);
    await maya.core.request("file.send", { room: "tea", paths: [trip] });
    await bob.knows("trip");
    t.match(await bob.run("file", "get", "tea", "trip", "--serve"), { code: 2, stdout: "", stderr: /is a folder/ });
    const served = await serve(t, bob, "trip/day1/sea.mp4");
    t.match(served.url, /\/file\.mp4$/);
    const { status, headers, body } = await ask(served.url);
    t.match({ status, type: headers["content-type"] }, { status: 200, type: "video/mp4" });
    t.ok(body.equals(day));
    const end = await ask(served.url, { Range: "bytes=-10" });
    t.ok(end.body.equals(day.subarray(-10)));
    served.started.child.kill("SIGINT");
    t.match(await served.started.done, { code: 0 });
  });

  await t.test("what cannot be served is refused", async (t) => {
    t.match(await bob.run("file", "get", "tea", "film.mkv", "-", "--serve"), {
      code: 2,
      stdout: "",
      stderr: /leave out/,
    });
  });
});
