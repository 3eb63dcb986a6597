import { spawn } from "node:child_process";
import t from "tap";
import { BIN, OFFLINE } from "../helpers/program.js";
import { teaRoom } from "./tea-room.js";

t.test("C36: with text on the command line standard input is not touched, by a cold start either", async (t) => {
  const { home, texts } = await teaRoom(t);
  await home.run(["daemon", "stop"]);
  const line = `while read -r x; do ${process.execPath} ${BIN} --home ${home.dir} ${OFFLINE.join(" ")} send tea "$x"; done`;
  const shell = spawn("env", ["-i", `PATH=${process.env.PATH}`, `HOME=${home.dir}`, "sh", "-c", line], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  shell.stdin.end("a\nb\nc\n");
  t.equal(await new Promise((done) => shell.on("close", done)), 0);
  t.same(await texts(), ["a", "b", "c"]);
});

t.test("C37: text arrives as it was typed", async (t) => {
  const { home, texts } = await teaRoom(t);
  t.equal((await home.run(["send", "tea", "- milk"])).code, 0);
  t.equal((await home.run(["send", "tea", "--", "- milk", "now"])).code, 0);
  t.equal((await home.run(["send", "tea"], { input: "- milk" })).code, 0);
  t.equal((await home.run(["send", "tea", "hi", "--no-input"])).code, 0);
  t.equal((await home.run(["send", "tea", "007"])).code, 0);
  const refused = await home.run(["send", "tea", "-x"], { input: "from stdin" });
  t.equal(refused.code, 2);
  t.match(refused.stderr, /put -- in front/);
  t.equal(refused.stdout, "");
  t.same(await texts(), ["- milk", "- milk now", "- milk", "hi", "007"]);
});

t.test("C01: bytes in, the same bytes out", async (t) => {
  const { home, texts } = await teaRoom(t);
  const sent = [
    "see https://files.example/:v:/p/maya/Ab1?e=x",
    "/etc/hosts and //x",
    "  two  spaces \t tab  ",
    "Grüße 幅 👍🏽 e\u0301 \u202eabc\u202c \u2028 \x9b31m",
    "\x1b]0;title\x07 \x00-free",
    "a\r\nb\rc",
  ].map((text) => text.replaceAll("\x00", ""));
  for (const text of sent) t.equal((await home.run(["send", "tea", "--", text])).code, 0);
  const piped = "\ufefffirst\n\nlast\n\n";
  await home.run(["send", "tea"], { input: piped });
  t.same(await texts(), [...sent, piped.slice(0, -1)], "one line end at the end is dropped");
  const { stdout } = await home.run(["tail", "tea", "--json"]);
  t.notMatch(stdout, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]/, "and nothing in it works on a terminal");
  const plain = await home.run(["tail", "tea"]);
  t.notMatch(plain.stdout, /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
  t.equal(plain.stdout.trimEnd().split("\n").length, stdout.trimEnd().split("\n").length, "one message a line");
});

t.test("C33: a poor environment changes nothing", async (t) => {
  const { home, texts } = await teaRoom(t);
  const env = { LANG: "C", LC_ALL: "C", TERM: "dumb" };
  await home.run(["send", "tea", "Grüße 幅 👍"], { env });
  t.same(await texts(), ["Grüße 幅 👍"]);
  t.match((await home.run(["tail", "tea"], { env })).stdout, /Grüße 幅 👍\n$/);
});

t.test("C19: the same id twice is one message, and --json gives the promised shape", async (t) => {
  const { home, room, texts } = await teaRoom(t);
  const id = "00112233445566778899aabbccddeeff";
  const sent = await home.json(["send", "tea", "hi", "--id", id]);
  await home.json(["send", room.id.slice(0, 8), "hi", "--id", id]);
  t.same(await texts(), ["hi"]);
  t.match(sent, { id, room: room.id, type: "message", text: "hi", state: "sent", verified: true, mine: true });
  const shape = ["id", "room", "author", "sentAt", "receivedAt", "type", "text", "replyTo", "edited", "deleted"];
  t.same(Object.keys(sent).slice(0, 15), [...shape, "reactions", "file", "state", "verified", "mine"]);
  t.same(Object.keys(sent.author), ["id", "name"]);
  t.match(sent.sentAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  t.same(Object.keys(room).slice(0, 10), [
    "id",
    "name",
    "kind",
    "topic",
    "role",
    "members",
    "peers",
    "unread",
    "length",
    "behind",
  ]);
});
