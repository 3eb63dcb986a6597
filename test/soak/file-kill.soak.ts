import t from "tap";
import { fileKills } from "../helpers/file-kills.js";

t.test("getter and sender killed ten times each while a file comes", (t) =>
  fileKills(t, { kills: 10, mebibytes: 384, maxBlocks: 8, slowMs: 0 }),
);
