/** What a core that nobody looks at stays for, as sentences. */
import type { Core, OpenFileWork, OpenRoom } from "../p2p/index.js";

const FILE_WORK: { readonly [W in OpenFileWork["what"]]: { readonly one: string; readonly more: string } } = {
  reading: { one: "is still being read in", more: "are still being read in" },
  fetching: { one: "is still being fetched", more: "are still being fetched" },
  "only-here": { one: "is on no other device yet", more: "are on no other device yet" },
  "going-out": { one: "is being fetched by somebody", more: "are being fetched by somebody" },
};

export function openWorkOf(core: Core): string[] {
  return core.rooms().flatMap((room) => {
    const name = room.name || room.id.slice(0, 8);
    return [...roomWork(room), ...fileWork(core, room)].map((work) => `${name}: ${work}`);
  });
}

function roomWork({ waitsFor, doorUntil, member }: OpenRoom): string[] {
  const work: string[] = [];
  if (waitsFor) work.push(`still joining (${waitsFor})`);
  if (doorUntil !== null) work.push("an invite can still be used");
  if (member?.hasUndelivered) work.push("something you sent has reached nobody yet");
  return work;
}

/** However many files there are, a sentence of each kind. */
function fileWork(core: Core, { id, member }: OpenRoom): string[] {
  const open = core.identity && member ? core.files.openWork(id) : [];
  return Object.entries(FILE_WORK).flatMap(([what, { one, more }]) => {
    const [first, ...others] = open.filter((work) => work.what === what);
    // Where nobody else is, nobody is waited for.
    if (!first || (what === "only-here" && member?.isAlone)) return [];
    return [others.length === 0 ? `${first.name} ${one}` : `${first.name} and ${others.length} more ${more}`];
  });
}
