// What goes on beside a call: a storm of messages, and a file that comes as fast as it can, again and again.
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { sleep } from "./harness.mjs";

const MIB = 1024 * 1024;
const FILE_MIB = Number(process.env.MIB ?? 512);
const STORM_PER_SECOND = 100;
const STORM_TICK_MS = 10;
/** One that is whole comes no second time. */
const ENOUGH = 0.9;
const SHARE_MS = 600_000;

/** Messages into the room until it is told to stop, which answers how many a second it was. */
export function startStorm({ client }, room) {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  let sent = 0;
  const timer = setInterval(() => {
    for (; sent < seconds() * STORM_PER_SECOND; sent += 1) {
      client.request("message.send", { room, text: `meanwhile, number ${sent}` }).catch(() => {});
    }
  }, STORM_TICK_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return sent / seconds();
    },
  };
}

export async function share({ client }, room, folder, name) {
  const path = join(folder, name);
  const file = createWriteStream(path);
  for (let at = 0; at < FILE_MIB; at += 1) {
    if (!file.write(randomFillSync(Buffer.allocUnsafe(MIB)))) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
  const { message } = await client.request("file.send", { room, paths: [path] }, { timeoutMs: SHARE_MS });
  for (;;) {
    const { state, reason } = (await transferOf(client, message)) ?? {};
    if (state === "shared") return message;
    if (state === "failed") throw new Error(reason);
    await sleep(50);
  }
}

async function transferOf(client, { room, id, writer }) {
  return (await client.request("message.get", { room, id, writer }).catch(() => null))?.file?.transfer ?? null;
}

/** The file, until it is told to stop, which answers how many MB came a second. */
export function startFetching({ client }, message, folder) {
  const { room, id, writer } = message;
  const began = performance.now();
  let isOver = false;
  let bytes = 0;
  const fetching = (async () => {
    for (let turn = 0; !isOver; turn += 1) {
      await client.request("file.get", { room, id, writer, folder, to: join(folder, `got ${began} ${turn}`) });
      bytes += await untilEnough();
      await client.request("file.cancel", { room, id, writer });
      while ((await transferOf(client, message)) !== null) await sleep(20);
    }
  })();
  async function untilEnough() {
    for (;;) {
      const { bytes: got = 0, state } = (await transferOf(client, message)) ?? {};
      if (state === "here")
        throw new Error("the whole file came before it could be stopped: MIB=2048 for a larger one");
      if (isOver || got > ENOUGH * FILE_MIB * MIB) return got;
      await sleep(20);
    }
  }
  return {
    stop: async () => {
      isOver = true;
      await fetching;
      return bytes / 1e6 / ((performance.now() - began) / 1_000);
    },
  };
}
