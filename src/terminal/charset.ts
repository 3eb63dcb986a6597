/**
 * The character set that this person's locale names, where it is another than UTF-8; null for UTF-8, and for a locale
 * that names none (`C`, `POSIX`, nothing): over SSH that says nothing of the terminal.
 */
export function otherCharset({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): string | null {
  // The first one that is set, as setlocale takes them.
  const charset = /\.([\w-]+)/.exec(LC_ALL || LC_CTYPE || LANG || "")?.[1];
  if (charset === undefined || /^utf-?8$/i.test(charset)) return null;
  return charset;
}
