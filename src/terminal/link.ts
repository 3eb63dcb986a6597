/** Longer ones are refused by some terminals, and cost their length on every row they take. */
const MAX_LINK_LENGTH = 2000;

/**
 * `text` as a link (OSC 8) for the terminal to open; as it is where `target` is no whole http or https address. Each
 * row that a link takes has it again, under one id, so that a terminal takes the rows for one link.
 */
export function linkTo(target: string, text: string): string {
  const address = addressOf(target);
  return address === null ? text : `\x1b]8;id=${idOf(address)};${address}\x1b\\${text}\x1b]8;;\x1b\\`;
}

/** In ASCII without controls or blanks, as the sequence has it; null for what is none. */
function addressOf(target: string): string | null {
  if (!URL.canParse(target)) return null;
  const { href, protocol } = new URL(target);
  const isWeb = protocol === "http:" || protocol === "https:";
  return isWeb && href.length <= MAX_LINK_LENGTH && /^[\x21-\x7e]+$/.test(href) ? href : null;
}

/** The same for the same address (FNV-1a). */
function idOf(address: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < address.length; at += 1) hash = Math.imul(hash ^ address.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}
