/** One file from one side of the fixed talk to the other, looked at byte for byte where it comes out. */
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RpcClient } from "../rpc/client.js";
import type { CoreEvent, MessageInfo, TransferInfo } from "../rpc/methods.js";

const FILE_BYTES = 16 * 2 ** 20;

export interface FileReport {
  readonly type: "file";
  readonly from: string;
  readonly to: string;
  readonly bytes: number;
  /** From its sending until all of it lay on the other side's disk. */
  readonly ms: number;
  readonly bytesPerSecond: number;
}

export interface End {
  readonly name: string;
  readonly client: RpcClient;
  /** Of its own, gone with it. */
  readonly home: string;
}

export interface FileWay {
  readonly room: string;
  readonly from: End;
  readonly to: End;
  /** The other side does not take it by itself. */
  readonly isFetched: boolean;
}

/** @throws with what is wrong with what came */
export async function moveFile({ room, from, to, isFetched }: FileWay): Promise<FileReport> {
  const content = randomBytes(FILE_BYTES);
  const path = join(from.home, `from ${from.name}.bin`);
  writeFileSync(path, content, { mode: 0o600 });
  const coming = arrivalAt(to.client, room, `from ${from.name}.bin`);
  try {
    const begin = performance.now();
    const { message } = await from.client.request("file.send", { room, paths: [path] });
    if (isFetched) await fetchInto(join(to.home, "fetched"), to.client, message);
    const { path: where } = await coming.end;
    const ms = Math.max(1, Math.round(performance.now() - begin));
    if (where === null || !readFileSync(where).equals(content)) throw new Error("it is not what was sent");
    const [bytes, bytesPerSecond] = [FILE_BYTES, Math.round((FILE_BYTES / ms) * 1000)];
    return { type: "file", from: from.name, to: to.name, bytes, ms, bytesPerSecond };
  } finally {
    coming.undo();
  }
}

/** As soon as its row is there. */
async function fetchInto(folder: string, client: RpcClient, { room, id, writer }: MessageInfo): Promise<void> {
  for (;;) {
    const rows = await client.request("file.list", { room, limit: 20 });
    if (rows.some((row) => row.id === id)) break;
    await new Promise((next) => setTimeout(next, 20));
  }
  await client.request("file.get", { room, id, writer, folder });
}

function arrivalAt(client: RpcClient, room: string, name: string) {
  const { promise: end, resolve, reject } = Promise.withResolvers<TransferInfo>();
  end.catch(() => {});
  const onEvent = async (event: CoreEvent) => {
    if (event.type !== "transfers" || event.room !== room) return;
    for (const { id, writer, transfer } of event.transfers) {
      if (transfer?.state !== "here" && transfer?.state !== "failed") continue;
      const { file } = await client.request("message.get", { room, id, writer });
      if (file?.name !== name) continue;
      if (transfer.state === "here") resolve(transfer);
      else reject(new Error(transfer.reason ?? "it did not come"));
    }
  };
  const undo = client.onEvent((event) => void onEvent(event).catch(reject));
  return { end, undo };
}
