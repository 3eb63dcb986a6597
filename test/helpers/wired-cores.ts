/** Whole cores: met over the local network of this machine, or on wires that the test makes and cuts. */
import { mkdirSync } from "node:fs";
import { type Core, openCore } from "../../src/p2p/index.js";
import { until } from "./rooms.js";

const LIMIT_MS = 60_000;

/** @param lan false: alone, until it is wired */
export async function openNamed(folder: string, name: string, lan = true): Promise<Core> {
  mkdirSync(`${folder}/${name}`, { recursive: true, mode: 0o700 });
  const core = await openCore({ folder: `${folder}/${name}`, bootstrap: [], lan });
  if (!core.identity) await core.createIdentity(name);
  return core;
}

/** Founds a room and lets the others in over the local network; all are closed again. @returns the room's id */
export async function gather(folder: string, names: readonly string[]): Promise<string> {
  const cores = await Promise.all(names.map((name) => openNamed(folder, name)));
  const [first, ...others] = cores as [Core, ...Core[]];
  const { id } = await first.createRoom("tea", "", "group");
  const { link } = await first.makeInvite(id, { uses: others.length });
  for (const other of others) await other.joinRoom(link!);
  await until(() => cores.every((core) => core.room(id)?.waitsFor === null), LIMIT_MS);
  const isKnown = () => cores.every((core) => core.room(id)!.member!.room.writers.size === cores.length);
  await until(isKnown, LIMIT_MS);
  await Promise.all(cores.map((core) => core.close()));
  return id;
}
