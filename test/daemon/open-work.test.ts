// What a core says that it stays for.
import { writeFileSync } from "node:fs";
import crypto from "hypercore-crypto";
import t from "tap";
import { openWorkOf } from "../../src/daemon/open-work.js";
import { hex } from "../../src/p2p/hex.js";
import { eventually, Town } from "../helpers/cores.js";

t.setTimeout(120_000);

t.test("files that nobody else has are named by room, however many they are; alone, none is", async (t) => {
  const town = new Town(t);
  const id = await town.room(["ann", "bob"]);
  const ann = town.core("ann");
  const own = await ann.createRoom("diary", "", "group");
  const share = async (room: string, name: string) => {
    const path = `${town.folder}/${name}`;
    writeFileSync(path, crypto.randomBytes(100));
    const { message } = await ann.files.share(ann.room(room)!.member!, [path]);
    await eventually(() => ann.files.transfer(hex(message.id))?.state === "shared");
  };
  const aboutFiles = () => openWorkOf(ann).filter((work) => /device|fetched|read in/.test(work));
  await share(own.id, "thoughts.txt");
  t.same(aboutFiles(), [], "nobody is there who could want it");
  await share(id, "film.mkv");
  t.same(aboutFiles(), ["tea: film.mkv is on no other device yet"]);
  for (const name of ["one", "two"]) await share(id, name);
  t.same(aboutFiles(), ["tea: film.mkv and 2 more are on no other device yet"]);
});
