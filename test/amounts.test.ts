import t from "tap";
import { bytesIn, filesOf, lengthOf, rateOf, sizeOf, timeLeft } from "../src/amounts.js";

t.test("a size is as a person would say it, and never a thousand of a smaller unit", (t) => {
  for (const [bytes, words] of [
    [0, "0 bytes"],
    [1, "1 byte"],
    [12, "12 bytes"],
    [999, "999 bytes"],
    [1_000, "1 KB"],
    [812_000, "812 KB"],
    [999_499, "999 KB"],
    [999_500, "1.0 MB"],
    [4_200_000, "4.2 MB"],
    [99_940_000, "99.9 MB"],
    [99_960_000, "100 MB"],
    [999_999_999, "1.0 GB"],
    [18_200_000_000, "18.2 GB"],
    [Number.MAX_SAFE_INTEGER, "9.0 PB"],
  ] as const) {
    t.equal(sizeOf(bytes), words, String(bytes));
  }
  t.equal(rateOf(3_400_000), "3.4 MB/s");
  t.end();
});

t.test("the time left is rounded up, and nothing is left in no time", (t) => {
  for (const [seconds, words] of [
    [0, "1 s"],
    [1.2, "2 s"],
    [99, "99 s"],
    [100, "2 min"],
    [99 * 60 + 1, "100 min"],
    [100 * 60, "2 h"],
    [100 * 3600, "5 days"],
  ] as const) {
    t.equal(timeLeft(seconds), words, String(seconds));
  }
  t.end();
});

t.test("files are counted with commas", (t) => {
  t.same([0, 1, 999, 5_000, 100_000].map(filesOf), ["0 files", "1 file", "999 files", "5,000 files", "100,000 files"]);
  t.end();
});

t.test("a size as people write it is bytes", (t) => {
  for (const [written, bytes] of [
    ["0", 0],
    ["12", 12],
    ["1 byte", 1],
    ["500k", 500_000],
    ["10MB", 10_000_000],
    ["1,5 gb", 1_500_000_000],
    ["2T", 2e12],
    ["", null],
    ["MB", null],
    ["10 MiB", null],
    ["-1", null],
  ] as const) {
    t.equal(bytesIn(written), bytes, written);
  }
  t.end();
});

t.test("how long something was", (t) => {
  for (const [seconds, words] of [
    [0, "0 s"],
    [59.4, "59 s"],
    [192, "3 min"],
    [3_600, "1 h"],
    [3_900, "1 h 5 min"],
    [Number.NaN, "0 s"],
  ] as const) {
    t.equal(lengthOf(seconds), words);
  }
  t.end();
});
