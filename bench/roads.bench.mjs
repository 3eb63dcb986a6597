import { table } from "./harness.mjs";
import { streamRows } from "./streams.mjs";

export const title = "256 MiB from one process to another, by each road";

export async function run() {
  table(await streamRows({ bytes: 256 * 1024 * 1024, rounds: 3 }), { ratioOf: "MB/s" });
}
