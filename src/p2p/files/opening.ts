/** The cores of a share that this device has something of, with their blocks where they lie. */
import b4a from "b4a";
import type Corestore from "corestore";
import type { MemberRoom } from "../member-room.js";
import { type GiveWay, givingWay } from "./give-way.js";
import type { Held } from "./held.js";
import { ShareCores, shareKey } from "./share-cores.js";
import { SourceFiles } from "./source.js";

export interface Opening {
  readonly onChanged: () => void;
  /** Somebody has more of it than anybody had. */
  readonly onMore: () => void;
  readonly giveWay: GiveWay;
}

export async function openCores(
  store: Corestore,
  held: Held,
  member: MemberRoom,
  { onChanged, onMore, giveWay }: Opening,
): Promise<ShareCores> {
  const { ours, at, drive, blobs, state } = held.kept;
  const cores = await ShareCores.open({
    store,
    id: held.id,
    encryptionKey: shareKey(member.room.base.encryptionKey, held.id),
    theirs: ours ? null : { drive: b4a.from(drive, "hex"), blobs: b4a.from(blobs, "hex") },
  });
  if (at && state !== "fetching") {
    const source = new SourceFiles(at);
    source.on("changed", onChanged);
    held.source = source;
    const read = (block: number, pad: number) => source.read(block, pad);
    cores.keepBlocksIn(givingWay({ read, write: null }, giveWay));
  }
  held.watch(cores, { isMember: (key) => member.peers.standing(key) === "member", onMore });
  return cores;
}
