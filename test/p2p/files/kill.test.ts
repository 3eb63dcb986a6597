// The short version of test/soak/file-kill.soak.ts.
import t from "tap";
import { fileKills } from "../../helpers/file-kills.js";

t.setTimeout(120_000);

t.test("getter and sender killed twice each while a file comes", (t) =>
  fileKills(t, { kills: 2, mebibytes: 10, maxBlocks: 3, slowMs: 25 }),
);
