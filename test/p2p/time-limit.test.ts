import t from "tap";
import { withinEach } from "../../src/p2p/time-limit.js";

const LIMIT_MS = 20;
const tooLate = () => new Error("too late");

t.test("what is only slow is waited for, and asked about at each limit", async (t) => {
  const asked: number[] = [];
  let done = (_: string) => {};
  const slow = new Promise<string>((resolve) => {
    done = resolve;
  });
  const goesOn = (waitedMs: number) => {
    asked.push(waitedMs);
    if (asked.length === 3) done("came");
    return true;
  };
  t.equal(await withinEach(slow, LIMIT_MS, goesOn, tooLate), "came");
  t.same(asked, [LIMIT_MS, 2 * LIMIT_MS, 3 * LIMIT_MS]);
});

t.test("what stands still is given up at the first limit at which that is so", async (t) => {
  let asked = 0;
  const never = new Promise<never>(() => {});
  const goesOn = () => {
    asked += 1;
    return asked < 3;
  };
  await t.rejects(withinEach(never, LIMIT_MS, goesOn, tooLate), { message: "too late" });
  t.equal(asked, 3);
});

t.test("its own failure is told as it is", async (t) => {
  const failing = Promise.reject(new Error("its own"));
  await t.rejects(
    withinEach(failing, LIMIT_MS, () => true, tooLate),
    { message: "its own" },
  );
});
