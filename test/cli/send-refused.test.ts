import t from "tap";
import { teaRoom } from "./tea-room.js";

t.test("what cannot be sent is refused before anything is", async (t) => {
  const { home, texts } = await teaRoom(t);
  const cases: [string, string[], { input?: Buffer | string }, number, RegExp][] = [
    ["no UTF-8", ["send", "tea"], { input: Buffer.from([0x61, 0xff, 0x62]) }, 1, /no UTF-8/],
    ["nothing", ["send", "tea"], { input: "" }, 2, /nothing to send/],
    ["nothing but a line end", ["send", "tea"], { input: "\n" }, 2, /nothing to send/],
    ["too long on stdin", ["send", "tea"], { input: "x".repeat(8 * 1024 + 1) }, 1, /8 KiB.*in parts/s],
    ["far too long on stdin", ["send", "tea"], { input: "x".repeat(3_000_000) }, 1, /8 KiB/],
    ["too long in words", ["send", "tea", "é".repeat(4_097)], {}, 1, /8 KiB/],
    ["no such room", ["send", "te", "hi"], {}, 4, /Near it: "tea"/],
    ["another case", ["send", "TEA", "hi"], {}, 4, /"tea"/],
    ["a bad id", ["send", "tea", "hi", "--id", "xyz"], {}, 2, /32 hex/],
  ];
  for (const [name, args, options, code, words] of cases) {
    const outcome = await home.run(args, options);
    t.equal(outcome.code, code, name);
    t.match(outcome.stderr, words, name);
    t.equal(outcome.stdout, "", name);
  }
  t.same(await texts(), []);
  t.equal((await home.run(["send", "tea"], { input: `${"x".repeat(8 * 1024)}\n` })).code, 0, "exactly 8 KiB fits");
  t.equal((await texts())[0]?.length, 8 * 1024);
});
