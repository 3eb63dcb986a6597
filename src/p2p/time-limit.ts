/** Rejects with `makeError()` when the promise takes longer; the promise itself goes on, unheard. */
export async function within<T>(promise: Promise<T>, limitMs: number, makeError: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(makeError()), limitMs);
  });
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Made once: every read of a room passes here, and a new error costs its stack each time. */
const NOT_YET = new Error("not yet");

/**
 * Like `within`, and waits as long once more whenever `goesOn` says that it is only slow.
 * @param goesOn asked at each limit, with the ms waited so far
 */
export async function withinEach<T>(
  promise: Promise<T>,
  limitMs: number,
  goesOn: (waitedMs: number) => boolean,
  makeError: () => Error,
): Promise<T> {
  for (let waitedMs = limitMs; ; waitedMs += limitMs) {
    try {
      return await within(promise, limitMs, () => NOT_YET);
    } catch (error) {
      if (error !== NOT_YET) throw error;
      if (!goesOn(waitedMs)) throw makeError();
    }
  }
}

/** Waits for the promise, but not longer than that; what became of it does not matter. */
export async function atMost(limitMs: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([promise.catch(() => {}), late]);
  clearTimeout(timer);
}
