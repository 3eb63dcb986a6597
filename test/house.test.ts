import { readFile } from "node:fs/promises";
import t from "tap";

t.test("the lockfile names no download address, so any registry serves it", async (t) => {
  const lock = await readFile(new URL("../../package-lock.json", import.meta.url), "utf8");
  t.notMatch(lock, /"resolved": "http/);
});

t.test("versions in package.json are exact", async (t) => {
  const pack = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  for (const group of ["dependencies", "devDependencies", "optionalDependencies"]) {
    for (const [name, version] of Object.entries(pack[group])) t.match(version, /^\d/, `${name} is pinned`);
  }
});
