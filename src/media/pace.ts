/** What has no clock of its own, a file, goes by ours. */
import { CHUNK_MS } from "./samples.js";

/** After a standstill of the machine nobody wants to hear all of it at once. */
const MAX_BEHIND = 20;

/** Calls `chunk` once for each 10 ms that pass, until the undo it returns. */
export function everyChunk(chunk: () => void, now: () => number = () => performance.now()): () => void {
  let doneUntil = now();
  const timer = setInterval(() => {
    const due = Math.floor((now() - doneUntil) / CHUNK_MS);
    doneUntil += due * CHUNK_MS;
    for (let done = 0; done < Math.min(due, MAX_BEHIND); done += 1) chunk();
  }, CHUNK_MS);
  return () => clearInterval(timer);
}
