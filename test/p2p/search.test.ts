// Searching: what is the same word, what is found and what not any more, page by page, over restarts.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { Search } from "../../src/daemon/search.js";
import type { RoomMessage } from "../../src/p2p/messages.js";
import { PAGE_ROWS } from "../../src/p2p/search-index.js";
import { matches, parseQuery, searchable } from "../../src/p2p/search-text.js";
import { eventually, Town } from "../helpers/cores.js";

t.setTimeout(300_000);

const refOf = ({ writer, id }: RoomMessage) => ({ writer, id });

t.test("accents, case and width make no difference; phrases stay together", async (t) => {
  const found = (query: string, text: string) => matches(parseQuery(query)!, searchable(text));
  for (const [query, text] of [
    ["cafe", "Am Café CAFÉ"],
    ["CAFÉ", "cafe"],
    ["strasse", "in der Straße"],
    ["straße", "STRASSE"],
    ["istanbul", "İSTANBUL"],
    ["oe", "œuvre"],
    ["abc", "ＡＢＣ"],
    ["é", "e\u0301"],
    ["tea green", "green tea"],
    ['"green tea"', "more green   tea"],
    ['"green tea"', "green\ntea"],
    ["日本", "日本語"],
    ["👍", "well 👍 done"],
  ] as const) {
    t.ok(found(query, text), `${query} in ${text}`);
  }
  for (const [query, text] of [
    ['"green tea"', "tea green"],
    ["tea coffee", "tea"],
    ["teas", "tea"],
  ] as const) {
    t.notOk(found(query, text), `${query} not in ${text}`);
  }
  for (const empty of ["", "   ", '""', '"', '" "', "\u0301"]) t.equal(parseQuery(empty), null, JSON.stringify(empty));
  t.same(parseQuery('from:@Zoë "one two" three'), { terms: ["one two", "three"], from: "zoe" });
  t.same(parseQuery('"from:ann"'), { terms: ["from:ann"], from: null }, "words in quotes are words");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      // No assertion of its own for each: a text that is one's name may mean something to who reads the results.
      const folded = searchable(text);
      return searchable(folded) === folded && matches({ terms: [folded], from: null }, folded);
    }),
    { numRuns: 1_000 },
  );
});

t.test(
  "found as it is now: edited, taken back, by whom, blocked; on disk unreadable, and nothing lost without it",
  async (t) => {
    const town = new Town(t);
    const id = await town.room(["ann", "zoe"]);
    const ann = () => town.member("ann", id);
    const texts = async (query: string) => {
      const { messages } = await new Search(town.core("ann")).find({ text: query, room: id, limit: 100 });
      return messages.map(({ text }) => text);
    };
    const wrong = await ann().send("the password is swordfish");
    const gone = await ann().send("swordfish again");
    const hers = await town.member("zoe", id).send("my swordfish");
    await eventually(async () => (await texts("swordfish")).length === 3);
    t.same(await texts("swordfish"), ["my swordfish", "swordfish again", "the password is swordfish"], "newest first");
    await town.close("zoe");
    // More than a page, so that the words are on disk.
    for (let i = 0; i < PAGE_ROWS; i += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, j) => ann().send(`filler ${i + j}`)));
    }
    const folder = join(town.folder, "ann", "search", id);
    await eventually(() => existsSync(join(folder, "0")));
    t.equal((await texts("swordfish")).length, 3);

    await ann().act({ type: "edit-message", target: refOf(wrong), text: "the password is tröut" });
    await eventually(async () => (await texts("swordfish")).length === 2);
    t.same(await texts("trout"), ["the password is tröut"]);
    await ann().act({ type: "delete-message", target: refOf(gone) });
    await eventually(async () => (await texts("swordfish")).length === 1);
    t.same(await texts("from:zoe"), ["my swordfish"]);
    t.same(await texts("from:ann swordfish"), []);
    await town.core("ann").block(town.identity("zoe"), "zoe");
    t.same(await texts("swordfish"), [], "a blocked person's words are not found");
    await town.core("ann").block(town.identity("zoe"), null);
    t.same(await texts("swordfish"), ["my swordfish"]);

    await eventually(() => existsSync(join(folder, "0")));
    const bytes = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
    t.ok(bytes.byteLength > 5_000);
    for (const word of ["swordfish", "trout", "filler"]) t.equal(bytes.indexOf(word), -1, `${word} is not to be read`);
    for (const name of readdirSync(folder)) t.equal(statSync(join(folder, name)).mode & 0o077, 0);
    t.equal(statSync(folder).mode & 0o077, 0);

    const before = readFileSync(join(folder, "0"));
    await town.close("ann");
    await town.open("ann");
    t.same(await texts("trout"), ["the password is tröut"]);
    t.ok(readFileSync(join(folder, "0")).equals(before), "what was made once is used again");
    // Damaged, exchanged, gone: it is made anew.
    const damaged = Buffer.from(before);
    damaged[100]! ^= 1;
    await town.close("ann");
    writeFileSync(join(folder, "0"), damaged);
    await town.open("ann");
    t.same(await texts("trout"), ["the password is tröut"]);
    await town.close("ann");
    rmSync(join(town.folder, "ann", "search"), { recursive: true });
    await town.open("ann");
    t.same(await texts("trout"), ["the password is tröut"]);
    t.equal((await texts("filler 4")).length, 100, "a page of an answer");
    // Edited while the file is there and nobody looks.
    await eventually(() => existsSync(join(folder, "0")));
    await town.open("zoe");
    await town.member("zoe", id).act({ type: "edit-message", target: refOf(hers), text: "my pike" });
    await eventually(async () => (await texts("pike")).length === 1);
    t.same(await texts("swordfish"), []);

    // A page that is older than its rows, as a kill in between leaves it: told apart by the run that did not end.
    await eventually(() => existsSync(join(folder, "0")));
    await town.close("ann");
    writeFileSync(join(folder, "0"), before);
    await town.open("ann");
    t.same(await texts("pike"), [], "a page of a run that ended is believed");
    await town.close("ann");
    t.notOk(existsSync(`${folder}.in-use`));
    writeFileSync(`${folder}.in-use`, "");
    await town.open("ann");
    t.same(await texts("pike"), ["my pike"], "one of a run that was killed is not");
    t.ok(existsSync(`${folder}.in-use`));
  },
);

t.test("over several rooms page by page: each once, none missing, while others are written", async (t) => {
  let at = 1_700_000_000_000;
  const town = new Town(t, { now: () => at });
  const core = await town.open("ann");
  const rooms = await Promise.all(["one", "two", "three"].map((name) => core.createRoom(name, "", "group")));
  const words: string[] = [];
  for (let i = 0; i < 60; i++) {
    // Several at one moment, and clocks that go back now and then.
    at += [0, 1, 1_000, -500][i % 4]!;
    const text = i % 3 ? `match ${i}` : `other ${i}`;
    if (i % 3) words.push(text);
    await rooms[Math.floor(i / 2) % 3]!.member!.send(text);
  }
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), async (limits) => {
      const search = new Search(core);
      const found: string[] = [];
      let after: string | undefined;
      for (let page = 0; ; page++) {
        const limit = limits[page % limits.length]!;
        const { messages, more, incomplete } = await search.find({ text: "match", limit, ...(after ? { after } : {}) });
        if (messages.length > limit || incomplete.length > 0) throw new Error("too many, or incomplete");
        found.push(...messages.map(({ text }) => text));
        if (page === 1 && found.length > 0) await rooms[page % 3]!.member!.send("a match that is too new");
        if (more === null) break;
        after = more;
      }
      const old = found.filter((text) => !text.includes("too new"));
      if (old.length !== new Set(old).size) throw new Error(`twice: ${old.join()}`);
      if ([...old].sort().join() !== [...words].sort().join()) throw new Error(`not all: ${old.join()}`);
      runs += 1;
    }),
    { numRuns: 12 },
  );
  t.ok(runs >= 12);
  const search = new Search(core);
  const oneRoom = await search.find({ text: "match", limit: 100, room: rooms[0]!.id });
  t.ok(oneRoom.messages.length > 0 && oneRoom.messages.every(({ room }) => room === rooms[0]!.id));
  await t.rejects(search.find({ text: "match", limit: 5, after: "no such" }), { code: "BAD_ARGUMENT" });
  await t.rejects(search.find({ text: ' "" ', limit: 5 }), { code: "BAD_ARGUMENT" });
});
