import { useSyncExternalStore } from "react";
import type { Readable } from "../state/store.js";

/** What `select` takes from a store. It must return a stored reference, never something made anew. */
export function useStore<T, S>(store: Readable<T>, select: (value: T) => S): S {
  return useSyncExternalStore(store.subscribe, () => select(store.getSnapshot()));
}

export function useWhole<T>(store: Readable<T>): T {
  return useSyncExternalStore(store.subscribe, store.getSnapshot);
}
