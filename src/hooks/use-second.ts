import { useEffect, useReducer } from "react";

/** Draws again whenever a whole second of something that began then is over. */
export function useSecondsSince(startedAt: number | null, now: () => number): number {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  const seconds = startedAt === null ? 0 : Math.max(0, Math.floor((now() - startedAt) / 1000));
  useEffect(() => {
    if (startedAt === null) return;
    const timer = setTimeout(tick, startedAt + (seconds + 1) * 1000 - now());
    return () => clearTimeout(timer);
  });
  return seconds;
}
