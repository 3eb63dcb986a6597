import t from "tap";
import { KeetError } from "../../src/errors.js";
import { RoomPages } from "../../src/export/room-pages.js";
import type { MessageInfo, Page } from "../../src/rpc/methods.js";
import { message, pageOf } from "./talk.js";

const talk = (count: number) => Array.from({ length: count }, (_, n) => message(String(n)));

async function textsOf(pages: RoomPages): Promise<string[]> {
  const texts: string[] = [];
  for await (const { messages } of pages) {
    t.ok(messages.length > 0 && messages.length <= 200);
    texts.push(...messages.map(({ text }) => text));
  }
  return texts;
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => String(from + n));

for (const count of [0, 1, 2, 199, 200, 201, 399, 1_000]) {
  t.test(`${count} rows come each once, in order`, async (t) => {
    const all = talk(count);
    let asked = 0;
    const pages = new RoomPages(async ({ from, limit }) => {
      asked += 1;
      t.ok(limit >= 1 && limit <= 200 && from >= 0);
      return pageOf(all, from, limit);
    });
    t.same(await textsOf(pages), numbers(0, count));
    t.match(pages, { given: count, total: count, missing: 0 });
    t.ok(asked <= count / 199 + 4, `${asked} requests`);
  });
}

t.test("what is written meanwhile comes too, and what has no place yet comes last", async (t) => {
  const all = talk(350);
  const pages = new RoomPages(async ({ from, limit }) => {
    const page = pageOf(all, from, limit);
    if (all.length < 360) all.push(message(String(all.length)));
    if (from + limit < page.total) return page;
    return {
      ...page,
      messages: [...page.messages, { ...message("waiting", { id: "ff".repeat(16) }), position: null }],
    };
  });
  const texts = await textsOf(pages);
  t.same(texts.slice(0, 350), numbers(0, 350));
  t.equal(texts.at(-1), "waiting");
  t.equal(new Set(texts).size, texts.length, "once each");
  t.same(texts.slice(350, -1), numbers(350, 350 + texts.length - 351));
});

t.test(
  "one that gets its place as the end is reached is given once, and what comes after the end is not missing",
  async (t) => {
    const all = talk(150);
    const pages = new RoomPages(async ({ from, limit }) => {
      const page = pageOf(all, from, limit);
      const isWaiting = all.length === 150;
      // From now on it has its place, and more has come.
      if (limit > 1) all.push(message("waiting", { id: "ff".repeat(16) }), ...talk(64));
      return isWaiting
        ? { ...page, messages: [...page.messages, { ...message("waiting", { id: "ff".repeat(16) }), position: null }] }
        : page;
    });
    const texts = await textsOf(pages);
    t.same(texts, [...numbers(0, 150), "waiting"]);
    t.match(pages, { missing: 0, total: 150 });
  },
);

t.test("rows that come in above what was given are given late, and none is given twice", async (t) => {
  const all = talk(700);
  let reads = 0;
  const pages = new RoomPages(async ({ from, limit }) => {
    reads += 1;
    if (reads === 4) all.splice(150, 0, message("late 1"), message("late 2"));
    return pageOf(all, from, limit);
  });
  const texts = await textsOf(pages);
  t.same([...texts].sort(), [...numbers(0, 700), "late 1", "late 2"].sort());
  t.ok(texts.indexOf("late 1") > 150);
  t.equal(pages.missing, 0);
});

/** A core that has not everything: reading a stretch with a hole in it gives nothing. */
function withHole(all: readonly MessageInfo[], isMissing: (position: number) => boolean) {
  let inVain = 0;
  const read = async ({ from, limit }: { from: number; limit: number }): Promise<Page> => {
    const page = pageOf(all, from, limit);
    if (!page.messages.some(({ position }) => isMissing(position ?? -1))) return page;
    inVain += 1;
    return { messages: [], total: all.length, incomplete: true };
  };
  return { read, inVain: () => inVain };
}

t.test("what is not here is gone round, to the row, and counted", async (t) => {
  const all = talk(1_000);
  const { read, inVain } = withHole(all, (at) => at >= 250 && at < 650);
  const pages = new RoomPages(read);
  t.same(await textsOf(pages), [...numbers(0, 250), ...numbers(650, 1_000)]);
  t.equal(pages.missing, 400);
  t.ok(inVain() <= 50, `${inVain()} of them in vain, which take seconds each`);
  const holes = [10, 300, 301, 550];
  const scattered = new RoomPages(withHole(all, (at) => holes.includes(at)).read);
  t.same(
    await textsOf(scattered),
    numbers(0, 1_000).filter((text) => !holes.includes(Number(text))),
  );
  t.equal(scattered.missing, 4);
  const nothing = new RoomPages(withHole(all, () => true).read);
  t.same(await textsOf(nothing), []);
  t.equal(nothing.missing, 1_000);
});

t.test("texts too long for one answer are asked for in smaller parts; other errors go through", async (t) => {
  const all = talk(450);
  const pages = new RoomPages(async ({ from, limit }) => {
    if (limit > 60) throw new KeetError("user", "TOO_LONG", "too long");
    return pageOf(all, from, limit);
  });
  t.same(await textsOf(pages), numbers(0, 450));
  const broken = new RoomPages(async ({ from, limit }) => {
    if (from > 0) throw new KeetError("peer", "CORE_GONE", "gone");
    return pageOf(all, from, limit);
  });
  await t.rejects(textsOf(broken), { code: "CORE_GONE" });
});

t.test("100,000 rows are gone through with little held", async (t) => {
  const total = 100_000;
  let most = 0;
  const names = new Set<string>();
  const pages = new RoomPages(async ({ from, limit }) => ({
    messages: Array.from({ length: Math.min(limit, total - from) }, (_, n) =>
      message("", { id: (from + n).toString(16).padStart(32, "0"), position: from + n }),
    ),
    total,
    incomplete: false,
  }));
  let count = 0;
  for await (const { messages } of pages) {
    count += messages.length;
    most = Math.max(most, messages.length);
    for (const { id } of messages) names.add(id);
  }
  t.equal(count, total);
  t.equal(names.size, total);
  t.ok(most <= 200);
});
