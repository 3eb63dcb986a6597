import t from "tap";
import { rangeIn } from "../../src/cli/byte-range.js";

t.test("what is asked for", async (t) => {
  for (const [header, size, range] of [
    [undefined, 100, "whole"],
    ["bytes=0-9", 100, { from: 0, to: 9 }],
    ["bytes=90-", 100, { from: 90, to: 99 }],
    ["bytes=-5", 100, { from: 95, to: 99 }],
    ["bytes=-500", 100, { from: 0, to: 99 }],
    ["bytes=99-1000", 100, { from: 99, to: 99 }],
    ["bytes=0-0", 100, { from: 0, to: 0 }],
    ["bytes=100-", 100, "none"],
    ["bytes=100-200", 100, "none"],
    ["bytes=-0", 100, "none"],
    ["bytes=0-", 0, "none"],
    ["bytes=-1", 0, "none"],
    ["bytes=9-0", 100, "whole"],
    ["bytes=0-1,5-6", 100, "whole"],
    ["bytes=-", 100, "whole"],
    ["bytes=a-b", 100, "whole"],
    ["lines=0-9", 100, "whole"],
    ["bytes=0x1-2", 100, "whole"],
    [`bytes=${"9".repeat(40)}-`, 100, "whole"],
    ["bytes=-1-2", 100, "whole"],
  ] as const) {
    t.same(rangeIn(header, size), range, `${header} of ${size}`);
  }
});
