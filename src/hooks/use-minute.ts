import { useEffect, useState } from "react";

const MINUTE_MS = 60_000;

/** Now, to the minute; drawn again when the minute is over and at no other time. */
export function useMinute(now: () => number): number {
  const [minute, setMinute] = useState(() => Math.floor(now() / MINUTE_MS));
  useEffect(() => {
    let timer: NodeJS.Timeout;
    const wait = () => {
      timer = setTimeout(
        () => {
          setMinute(Math.floor(now() / MINUTE_MS));
          wait();
        },
        MINUTE_MS - (now() % MINUTE_MS) + 1,
      );
    };
    wait();
    return () => clearTimeout(timer);
  }, [now]);
  return minute * MINUTE_MS;
}
